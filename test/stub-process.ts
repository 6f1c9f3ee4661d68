import { setImmediate } from "node:timers/promises";
import type { ProcessExit, SpawnedProcess, StopVerdict } from "../src/ports/process-spawner.js";

/**
 * A process of which a test plays every part. Nothing but promises lies between it and whoever reads it, so one turn of the event loop
 * is enough for everything a control sets off: the controls resolve after it.
 */
export class StubProcess implements SpawnedProcess {
  readonly locality = "local";
  readonly exited: Promise<ProcessExit>;
  readonly output: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => this.#next() }) };
  readonly #resolveExited: (exit: ProcessExit) => void;
  readonly #written: string[] = [];
  readonly #unread: Uint8Array[] = [];
  #outputEnded = false;
  #reader: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #inputBroken = false;
  readonly #onWrite: ((text: string) => void) | undefined;

  /** `onWrite` is called within each write. */
  constructor(options: { readonly onWrite?: (text: string) => void } = {}) {
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.exited = promise;
    this.#resolveExited = resolve;
    this.#onWrite = options.onWrite;
  }

  /** What was written to its input, one entry per write. */
  get written(): readonly string[] {
    return this.#written;
  }

  /** How many chunks of its output nobody has asked for yet. */
  get unreadChunks(): number {
    return this.#unread.length;
  }

  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.#inputBroken) throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString();
    this.#written.push(text);
    this.#onWrite?.(text);
  }

  closeInput(): void {}

  errorTail(): string {
    return "";
  }

  async stop(): Promise<StopVerdict> {
    return { exit: await this.exited, forced: false, descendantsKilled: 0, survivors: [] };
  }

  // ------------------------------------------------------------------------------------------------------------- the controls

  async print(chunk: string | Uint8Array): Promise<void> {
    this.#unread.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    this.#serve();
    await setImmediate();
  }

  async endOutput(): Promise<void> {
    this.#outputEnded = true;
    this.#serve();
    await setImmediate();
  }

  async exit(exit: ProcessExit): Promise<void> {
    this.#resolveExited(exit);
    await setImmediate();
  }

  breakInput(): void {
    this.#inputBroken = true;
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    const { promise, resolve } = Promise.withResolvers<IteratorResult<Uint8Array>>();
    this.#reader = resolve;
    this.#serve();
    return promise;
  }

  #serve(): void {
    if (this.#reader === undefined) return;
    const chunk = this.#unread.shift();
    if (chunk === undefined && !this.#outputEnded) return;
    this.#reader(chunk === undefined ? { done: true, value: undefined } : { done: false, value: chunk });
    this.#reader = undefined;
  }
}
