import type { Clock } from "../../ports/clock.js";
import type { NativeRecord, Telemetry } from "../../ports/telemetry.js";
import { redactedRecord } from "../redacted-record.js";
import { LogFolder } from "./log-folder.js";
import { SystemClock } from "./system-clock.js";
import { threadLogName } from "./thread-log-names.js";

export interface NativeRecordLogOptions {
  /** Made with the first record, for this user alone. */
  readonly folder: string;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** `false` writes records as they crossed the wire: prompts, answers, commands, the content of files. Default: true. */
  readonly redact?: boolean | undefined;
  /** A larger record is left out. Default 4 MiB. */
  readonly maxFileBytes?: number | undefined;
  /** The file that is written, and the older ones. Default 4. */
  readonly maxFilesPerThread?: number | undefined;
  /** Of all threads; the oldest go first. Default 200. */
  readonly maxFiles?: number | undefined;
  /** Characters that may wait for the disk; what comes on top is left out. Default 8 Mi. */
  readonly maxWaiting?: number | undefined;
}

/**
 * Writes native records down, one log a thread, one line a record: `{ "at": …, "direction": …, "record": … }`. For a host that has no
 * such log of its own; it goes beside other telemetry by `CombinedTelemetry`.
 *
 * No session waits for it or fails with it. What cannot be written is left out and counted, and the next line that can be says how
 * many records, of whatever threads, are missing: `{ "at": …, "lost": … }`.
 */
export class NativeRecordLog implements Pick<Telemetry, "nativeRecord">, AsyncDisposable {
  readonly #clock: Clock;
  readonly #redact: boolean;
  readonly #maxFileBytes: number;
  readonly #maxWaiting: number;
  readonly #folder: LogFolder;
  /** Lines by their thread. */
  #waiting = new Map<string, string[]>();
  #waitingCharacters = 0;
  #lost = 0;
  /** Of those, how many no line speaks of. */
  #untold = 0;
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor({ folder, clock = new SystemClock(), redact = true, maxFileBytes = 4 * mebi, maxFilesPerThread = 4, maxFiles = 200, maxWaiting = 8 * mebi }: NativeRecordLogOptions) {
    this.#clock = clock;
    this.#redact = redact;
    this.#maxFileBytes = maxFileBytes;
    this.#maxWaiting = maxWaiting;
    this.#folder = new LogFolder({ folder, maxFileBytes, maxFilesPerLog: maxFilesPerThread, maxFiles });
  }

  /** How many records were left out so far. */
  get lost(): number {
    return this.#lost;
  }

  nativeRecord(record: NativeRecord): void {
    const line = this.#closed ? undefined : this.#lineOf(record);
    if (line === undefined || this.#waitingCharacters + line.length > this.#maxWaiting) return this.#lose(1);
    const lines = this.#waiting.get(record.threadId);
    if (lines === undefined) this.#waiting.set(record.threadId, [line]);
    else lines.push(line);
    this.#waitingCharacters += line.length;
    this.#writing ??= this.#write();
  }

  /** Resolves when everything that was taken so far is written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Takes nothing more, and resolves when nothing waits any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  /** `undefined` for a record that no file can hold, or that has no form in JSON. */
  #lineOf({ direction, record }: NativeRecord): string | undefined {
    try {
      const line = this.#line({ direction, record: this.#redact ? redactedRecord(record) : record });
      return Buffer.byteLength(line) > this.#maxFileBytes ? undefined : line;
    } catch {
      return undefined;
    }
  }

  #line(fields: object): string {
    return `${JSON.stringify({ at: new Date(this.#clock.now()).toISOString(), ...fields })}\n`;
  }

  async #write(): Promise<void> {
    // Whoever tells of a record goes on first, and may have more to tell.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const taken = this.#waiting;
      this.#waiting = new Map();
      for (const [threadId, lines] of taken) await this.#append(threadId, lines);
    }
    this.#writing = undefined;
  }

  async #append(threadId: string, lines: readonly string[]): Promise<void> {
    const told = this.#untold;
    const gap = told === 0 ? [] : [this.#line({ lost: told })];
    const written = await this.#folder.append(threadLogName(threadId), [...gap, ...lines]);
    if (written > 0) this.#untold -= told;
    this.#lose(lines.length - Math.max(0, written - gap.length));
    for (const line of lines) this.#waitingCharacters -= line.length;
  }

  #lose(count: number): void {
    this.#lost += count;
    this.#untold += count;
  }
}

const mebi = 1024 * 1024;
