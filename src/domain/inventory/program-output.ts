import type { LocatedBinary } from "../../ports/binary-locator.js";
import type { Clock } from "../../ports/clock.js";
import type { ProcessSpawner } from "../../ports/process-spawner.js";
import type { SpanOutcome, TelemetrySpan } from "../../ports/telemetry.js";

export interface ShortRun {
  readonly binary: LocatedBinary;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Ends with the run. */
  readonly span?: TelemetrySpan;
}

/** How a run ended: by itself, with what it wrote on both outputs; not at all in the time it had; or before it began. */
export type ShortRunEnd =
  | { readonly type: "ended"; readonly text: string; readonly exitCode: number | null }
  | { readonly type: "late"; readonly afterMs: number }
  | { readonly type: "called off" }
  | { readonly type: "not started"; readonly cause: unknown };

interface Deps {
  readonly spawner: ProcessSpawner;
  readonly clock: Clock;
  /** How long a run may take. */
  readonly probeMs: number;
  /** Where it runs: a folder that is no project, on a disk that answers. */
  readonly neutralFolder: string | undefined;
}

const maxOutput = 8 * 1024;

const outcomes: Readonly<Record<ShortRunEnd["type"], SpanOutcome>> = { ended: "ok", late: "error", "called off": "cancelled", "not started": "error" };

/** Runs the agent's program to its end for what it prints. Nothing of it is left when the promise resolves; it never rejects. */
export class ProgramOutputs {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async of(run: ShortRun): Promise<ShortRunEnd> {
    const end = await this.#run(run);
    run.span?.end(outcomes[end.type], end.type === "ended" ? { exitCode: end.exitCode ?? -1 } : { problem: end.type });
    return end;
  }

  async #run({ binary, args, environment, signal }: ShortRun): Promise<ShortRunEnd> {
    const { spawner, clock, probeMs, neutralFolder } = this.#deps;
    let process;
    try {
      process = await spawner.spawn({ command: binary.command, args: [...binary.leadingArgs, ...args], cwd: neutralFolder, environment, signal });
    } catch (cause) {
      return { type: "not started", cause };
    }
    const deadline = Promise.withResolvers<"late" | "called off">();
    const timer = clock.schedule(probeMs, () => deadline.resolve("late"));
    const callOff = (): void => deadline.resolve("called off");
    signal.addEventListener("abort", callOff, { once: true });
    if (signal.aborted) callOff();
    process.closeInput();
    const reading = readText(process.output);
    const ended = await Promise.race([process.exited, deadline.promise]);
    timer.cancel();
    signal.removeEventListener("abort", callOff);
    await process.stop({ graceMs: 0 });
    const text = `${await reading}\n${process.errorTail()}`;
    if (ended === "late") return { type: "late", afterMs: probeMs };
    return ended === "called off" ? { type: "called off" } : { type: "ended", text, exitCode: ended.code };
  }
}

async function readText(output: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    if (text.length < maxOutput) text += decoder.decode(chunk, { stream: true });
  }
  return text.slice(0, maxOutput);
}
