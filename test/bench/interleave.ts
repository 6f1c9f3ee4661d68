import type { Sample } from "./stopwatch.js";

/** What is to be measured: does its thing once and tells how long that took. */
export type Contender = () => Promise<Sample>;

export type Round<Name extends string> = Readonly<Record<Name, Sample>>;

/**
 * Measures contenders in turn, A B C A B C, so that whatever else the machine does meets all of them alike. One round before the
 * first that counts warms them up.
 */
export async function interleave<Name extends string>(contenders: Readonly<Record<Name, Contender>>, options: { readonly rounds: number }): Promise<readonly Round<Name>[]> {
  const rounds: Round<Name>[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const samples: Partial<Record<Name, Sample>> = {};
    for (const [name, contender] of Object.entries<Contender>(contenders)) samples[name as Name] = await contender();
    if (round > 0) rounds.push(samples as Round<Name>);
  }
  return rounds;
}
