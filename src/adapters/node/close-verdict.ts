import type { Clock, Timer } from "../../ports/clock.js";
import type { ProcessExit } from "../../ports/process-spawner.js";
import type { RpcClose } from "../../ports/rpc-transport.js";

export interface CloseVerdictOptions {
  readonly clock: Clock;
  /** How long a symptom waits for the exit, and an exit for silence on the output. */
  readonly waitMs: number;
  readonly onVerdict: (close: RpcClose) => void;
}

/**
 * Decides once, from signs that come in any order, why a connection ended.
 *
 * A dying program is seen first as a broken pipe or as the end of its output, and its exit code, the only sign that explains anything,
 * comes a moment later: the symptoms wait for it. The exit in turn waits until the output has ended or fallen silent, because
 * what the program said last is still in the pipe.
 */
export class CloseVerdict {
  readonly #options: CloseVerdictOptions;
  #symptom: "output-ended" | "write-failed" | undefined;
  #exit: ProcessExit | undefined;
  #outputEnded = false;
  #outputBusy = false;
  #decided = false;
  #timer: Timer | undefined;

  constructor(options: CloseVerdictOptions) {
    this.#options = options;
  }

  /** The program has ended. */
  exited(exit: ProcessExit): void {
    this.#exit = exit;
    if (this.#outputEnded) this.#decide();
    else if (this.#outputBusy) this.#timer?.cancel();
    else this.#wait();
  }

  /** Output has come and is being handled; silence does not begin before it is. */
  outputBusy(): void {
    this.#outputBusy = true;
    if (this.#exit !== undefined) this.#timer?.cancel();
  }

  /** All output so far is handled. */
  outputQuiet(): void {
    this.#outputBusy = false;
    if (this.#exit !== undefined) this.#wait();
  }

  outputEnded(): void {
    this.#outputEnded = true;
    if (this.#exit === undefined) this.#suspect("output-ended");
    else this.#decide();
  }

  writeFailed(): void {
    if (this.#exit === undefined) this.#suspect("write-failed");
  }

  /** Nobody wants a verdict any more. */
  cancel(): void {
    this.#decided = true;
    this.#timer?.cancel();
  }

  #suspect(symptom: "output-ended" | "write-failed"): void {
    if (this.#symptom !== undefined) return;
    this.#symptom = symptom;
    this.#wait();
  }

  #wait(): void {
    this.#timer?.cancel();
    if (this.#decided) return;
    const { clock, waitMs } = this.#options;
    // Two timers: a host that was blocked runs the timers that fell due before it reads anything. The second one gives way to what has
    // arrived meanwhile.
    this.#timer = clock.schedule(waitMs, () => {
      this.#timer = clock.schedule(0, () => {
        this.#decide();
      });
    });
  }

  #decide(): void {
    if (this.#decided) return;
    this.cancel();
    const { onVerdict } = this.#options;
    if (this.#exit !== undefined) onVerdict({ cause: "exited", exit: this.#exit });
    else if (this.#symptom !== undefined) onVerdict({ cause: this.#symptom });
  }
}
