import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A run of the agent in a file, for `recorded-agent.ts` to play. */
export interface RecordedRun extends RunFacts {
  readonly file: string;
  /** What the agent says its version is. */
  readonly version: string;
  /** How many characters of text and thoughts the run streams: a reader that shows fewer has lost some. */
  readonly streamed: number;
}

export interface RunFacts {
  /** What it is made of. */
  readonly source: string;
  readonly bytes: number;
  readonly records: number;
  /** The part of the records that are updates of a message. */
  readonly updates: number;
}

interface WireRecord {
  readonly type: string;
  readonly __truncated?: unknown;
  readonly assistantMessageEvent?: { readonly type: string; readonly delta?: string };
}

/** What Pi calls a turn, from its start to its end. */
type Step = readonly WireRecord[];

const recordings = new URL("../fixtures/recordings/", import.meta.url);

/** An answer that came in at least this many pieces is a streamed one; most recorded answers are one short sentence. */
const fewestUpdates = 20;

/**
 * One long run made of the streamed answers that real Pis of these versions were recorded giving, one after another and over again, up
 * to so many records. Nothing of a record is changed; only the beginning and the end of the run are not recorded ones. Left out are the
 * answers to the recorder's own requests, which nobody here made.
 */
export async function recordRun(input: { readonly versions: readonly [string, ...string[]]; readonly records: number; readonly file: string }): Promise<RecordedRun> {
  const { versions, records: wanted, file } = input;
  const steps = (await Promise.all(versions.map(recordedSteps))).flat().filter((step) => step.filter(isUpdate).length >= fewestUpdates);
  if (steps.length === 0) throw new Error(`The recordings of ${versions.join(" and ")} hold no streamed answer.`);
  const end: readonly WireRecord[] = [{ type: "agent_end" }, { type: "agent_settled" }];
  const run: WireRecord[] = [{ type: "agent_start" }];
  for (let index = 0; run.length < wanted - end.length; index += 1) run.push(...(steps[index % steps.length] ?? []));
  run.splice(wanted - end.length, run.length, ...end);
  await writeFile(file, run.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return {
    file,
    version: versions[0],
    streamed: run.reduce((characters, record) => characters + streamedBy(record), 0),
    source: `${steps.length} streamed answers of ${versions.join(" and ")}, repeated`,
    bytes: (await stat(file)).size,
    records: run.length,
    updates: run.filter(isUpdate).length / run.length,
  };
}

/** A run of one recorded answer whose text is repeated until its record is this long. */
export async function recordLongAnswer(input: { readonly version: string; readonly bytes: number; readonly file: string }): Promise<RecordedRun> {
  const { version, bytes, file } = input;
  const answer = (await recordedSteps(version)).flat().find(isAnswer);
  const [, before, text, after] = /^(.*?"text":")((?:[^"\\]|\\.)+)(".*)$/.exec(JSON.stringify(answer)) ?? [];
  if (before === undefined || text === undefined || after === undefined) throw new Error(`The recordings of ${version} hold no answer.`);
  const repetitions = Math.ceil((bytes - before.length - after.length) / text.length);
  await writeFile(file, `${before}${text.repeat(repetitions)}${after}\n`);
  return { file, version, streamed: 0, source: `an answer of ${version}, its text repeated`, bytes: (await stat(file)).size, records: 1, updates: 0 };
}

async function recordedSteps(version: string): Promise<readonly Step[]> {
  const folder = new URL(`${version}/`, recordings).pathname;
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.flatMap((text) => stepsOf(writtenRecords(text)));
}

function writtenRecords(recording: string): readonly WireRecord[] {
  return recording
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly dir: string; readonly data: WireRecord })
    .filter(({ dir, data }) => dir === "out" && data.type !== "response" && data.__truncated === undefined)
    .map(({ data }) => data);
}

function stepsOf(records: readonly WireRecord[]): readonly Step[] {
  const steps: Step[] = [];
  let step: WireRecord[] | undefined;
  for (const record of records) {
    if (record.type === "turn_start") step = [];
    step?.push(record);
    if (record.type !== "turn_end" || step === undefined) continue;
    steps.push(step);
    step = undefined;
  }
  return steps;
}

function isUpdate(record: WireRecord): boolean {
  return record.type === "message_update";
}

function isAnswer(record: WireRecord): boolean {
  return record.type === "message_end" && JSON.stringify(record).includes('"role":"assistant","content":[{"type":"text"');
}

function streamedBy({ assistantMessageEvent: update }: WireRecord): number {
  return update?.type === "text_delta" || update?.type === "thinking_delta" ? (update.delta?.length ?? 0) : 0;
}
