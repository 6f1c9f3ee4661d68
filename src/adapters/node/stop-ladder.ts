import { setTimeout as delay } from "node:timers/promises";
import type { ProcessExit, StopLadder, StopVerdict } from "../../ports/process-spawner.js";
import type { ProcessEntry } from "./process-table.js";
import { killProcess, type ProcessTree } from "./process-tree.js";

/** The program at the top of the tree that is to be stopped. */
export interface StoppableProgram {
  readonly pid: number;
  /** Set once it has ended; from then on its id must not be signalled. */
  readonly exit: ProcessExit | undefined;
  /** Resolves when {@link exit} is set. */
  readonly ended: Promise<unknown>;
  closeInput(): void;
  /** Sends the polite signal. */
  terminate(): void;
  kill(): void;
}

export interface StopRequest extends StopLadder {
  readonly program: StoppableProgram;
  readonly tree: ProcessTree;
}

/** How long killed processes may take to be gone. Only one stuck inside the kernel needs more than a moment. */
const verifyMs = 2_000;
const lookAgainMs = 20;

/**
 * Ends a program and everything it started. The end of input comes first and alone, for half of the grace: it is an RPC agent's own
 * signal to exit, and agents take a signal that arrives while they clean up as the order to drop it (and with it, say, credentials
 * that were just refreshed). A program that does not listen gets the polite signal and the other half.
 */
export async function stopProcessTree({ program, tree, graceMs }: StopRequest): Promise<StopVerdict> {
  // Looked at while the program lives: afterwards its orphans no longer lead back to it.
  if (program.exit === undefined) await tree.descendants();
  program.closeInput();
  if (graceMs > 0 && !(await endsWithin(program, graceMs / 2))) {
    program.terminate();
    await endsWithin(program, graceMs / 2);
  }
  const forced = program.exit === undefined;
  const { killed, survivors } = await killAll({ program, tree });
  return { exit: program.exit ?? { code: null, signal: null }, forced, descendantsKilled: killed, survivors };
}

/** Kills until a look finds nobody: what is killed may have started others in the meantime. */
async function killAll({ program, tree }: Omit<StopRequest, "graceMs">): Promise<{ killed: number; survivors: readonly number[] }> {
  const killed = new Set<string>();
  const deadline = performance.now() + verifyMs;
  for (let first = true; ; first = false) {
    const descendants = await tree.descendants();
    const survivors = [...(program.exit === undefined ? [program.pid] : []), ...descendants.map((entry) => entry.pid)];
    if (survivors.length === 0 || performance.now() > deadline) return { killed: killed.size, survivors };
    // The program first, so that it does not react to the end of its tools.
    if (first && program.exit === undefined) program.kill();
    for (const entry of descendants) {
      killProcess(entry);
      killed.add(identityOf(entry));
    }
    await (program.exit === undefined ? endsWithin(program, lookAgainMs) : delay(lookAgainMs));
  }
}

async function endsWithin(program: StoppableProgram, ms: number): Promise<boolean> {
  const timer = new AbortController();
  // The timer keeps the host alive on purpose: a stop that was begun is carried through.
  await Promise.race([program.ended, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
  return program.exit !== undefined;
}

function identityOf({ pid, startedAt }: ProcessEntry): string {
  return `${pid}@${startedAt}`;
}
