import type { Clock } from "../../ports/clock.js";
import type { SpawnedProcess } from "../../ports/process-spawner.js";
import type {
  RecordFraming,
  RpcClose,
  RpcConnectRequest,
  RpcListener,
  RpcRecord,
  RpcRequest,
  RpcTransport,
} from "../../ports/rpc-transport.js";
import { RecordExchange } from "../rpc/record-exchange.js";
import { CloseVerdict } from "./close-verdict.js";
import { JsonlLines, OversizedLine, type JsonlLine } from "./jsonl-lines.js";

export interface JsonlRpcTransportOptions extends RpcConnectRequest {
  readonly clock: Clock;
  readonly verdictWaitMs: number;
}

/**
 * JSON lines over one process.
 *
 * Reading costs one promise per chunk and none per record. A listener must not throw: one that does has lost its place in the
 * stream, so the connection closes rather than going on beside a listener that missed a record.
 */
export class JsonlRpcTransport implements RpcTransport {
  readonly #process: SpawnedProcess;
  readonly #framing: RecordFraming;
  readonly #listener: RpcListener;
  readonly #lines: JsonlLines;
  readonly #exchange: RecordExchange;
  readonly #verdict: CloseVerdict;
  /** Ends the wait for a listener that is not ready. */
  #stopWaiting: (() => void) | undefined;

  constructor(options: JsonlRpcTransportOptions) {
    this.#process = options.process;
    this.#framing = options.framing;
    this.#listener = options.listener;
    this.#lines = new JsonlLines({ maxLineBytes: options.framing.maxRecordBytes });
    this.#exchange = new RecordExchange(options);
    this.#verdict = new CloseVerdict({
      clock: options.clock,
      waitMs: options.verdictWaitMs,
      onVerdict: (close) => {
        this.#close(close);
      },
    });
    void this.#read();
    void this.#awaitExit();
  }

  get pending(): number {
    return this.#exchange.pending;
  }

  send(request: RpcRequest): void {
    // A record that is no JSON throws here, before anybody waits for its reply.
    const line = lineOf(this.#framing.address(request.record, request.id));
    this.#exchange.expect(request);
    this.#write(line);
  }

  post(record: RpcRecord): void {
    this.#write(lineOf(record));
  }

  detach(): void {
    this.#verdict.cancel();
    this.#stopWaiting?.();
    this.#exchange.detach();
  }

  #close(close: RpcClose): void {
    this.#verdict.cancel();
    this.#stopWaiting?.();
    this.#exchange.close(close);
  }

  #write(line: string): void {
    if (!this.#exchange.open) return;
    this.#process.write(line).catch(() => {
      this.#verdict.writeFailed();
    });
  }

  async #awaitExit(): Promise<void> {
    this.#verdict.exited(await this.#process.exited);
  }

  async #read(): Promise<void> {
    try {
      // After the end it only reads on, so that a full pipe cannot keep the program from ending.
      for await (const chunk of this.#process.output) {
        if (!this.#exchange.open) continue;
        this.#verdict.outputBusy();
        this.#deliver(this.#lines.push(chunk));
        if (this.#exchange.open) await this.#listenerReady();
        this.#verdict.outputQuiet();
      }
      this.#deliver(this.#lines.end());
      this.#verdict.outputEnded();
    } catch {
      this.#close({ cause: "listener-failed" });
    }
  }

  /** A host that cannot keep up stops the reading and thereby, once the pipe is full, the program. */
  async #listenerReady(): Promise<void> {
    const ready = this.#listener.ready?.();
    if (ready === undefined) return;
    this.#exchange.hold();
    await new Promise<void>((resolve, reject) => {
      this.#stopWaiting = resolve;
      ready.then(resolve, reject);
    });
    this.#exchange.release();
  }

  #deliver(lines: readonly JsonlLine[]): void {
    for (const line of lines) {
      if (!this.#exchange.open) return;
      if (line instanceof OversizedLine) this.#listener.onDropped({ reason: "too-large", bytes: line.bytes });
      else this.#deliverLine(line);
    }
  }

  #deliverLine(line: Uint8Array): void {
    let parsed: unknown;
    try {
      parsed = this.#framing.parse(line);
    } catch {
      this.#listener.onDropped({ reason: "not-json", bytes: line.length });
      return;
    }
    if (isRecord(parsed)) this.#exchange.receive(parsed);
    else this.#listener.onDropped({ reason: "not-an-object", bytes: line.length });
  }
}

/** Needs no care for lone surrogates: `JSON.stringify` escapes them, so the line is always valid UTF-8. */
function lineOf(record: RpcRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function isRecord(value: unknown): value is RpcRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
