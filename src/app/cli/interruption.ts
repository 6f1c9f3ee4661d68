import { exitCode, exitCodeOf } from "./exit-code.js";

type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What tells of the system's signals; `process` does. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
}

/**
 * How a person, the system or a closed pipe ends the program early. The first Ctrl-C asks: what is under way is interrupted and still
 * told to its end. A second one, a signal to terminate and a reader that went away demand: everything stops now, cleanly.
 */
export class Interruption implements Disposable {
  readonly #signals: SignalSource;
  readonly #interrupted = new AbortController();
  readonly #stopped = new AbortController();
  readonly #listeners: readonly (readonly [StopSignal, () => void])[] = [
    ["SIGINT", () => this.interrupt()],
    ["SIGTERM", () => this.#stop(exitCodeOf("SIGTERM"))],
    ["SIGHUP", () => this.#stop(exitCodeOf("SIGHUP"))],
  ];
  #exitCode: number | undefined;

  constructor(signals: SignalSource) {
    this.#signals = signals;
    for (const [signal, listener] of this.#listeners) signals.on(signal, listener);
  }

  /** Aborted by the first request to end, whatever its kind. */
  get interrupted(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Aborted when nothing may be waited for any more but the clean-up itself. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** The program's exit code once it was interrupted; the first reason counts. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** What Ctrl-C does, for a prompt that reads it as a key. */
  interrupt(): void {
    const again = this.#interrupted.signal.aborted;
    this.#exitCode ??= exitCodeOf("SIGINT");
    this.#interrupted.abort();
    if (again) this.#stopped.abort();
  }

  /** Nobody reads the output any more. */
  loseReader(): void {
    this.#stop(exitCodeOf("SIGPIPE"));
  }

  /** The output cannot be written. */
  loseOutput(): void {
    this.#stop(exitCode.failed);
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) this.#signals.off(signal, listener);
  }

  #stop(code: number): void {
    this.#exitCode ??= code;
    this.#interrupted.abort();
    this.#stopped.abort();
  }
}
