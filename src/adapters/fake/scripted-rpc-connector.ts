import type { Clock } from "../../ports/clock.js";
import type { RpcClose, RpcConnector, RpcConnectRequest, RpcRecord, RpcRequest, RpcTransport } from "../../ports/rpc-transport.js";
import { RecordExchange } from "../rpc/record-exchange.js";

/** What the agent of a script does with one record it is sent. Called in the order of sending, never within `send` or `post`. */
export type RpcScript = (call: ScriptedCall) => void;

export interface ScriptedCall {
  /** As it would stand on the wire. */
  readonly record: RpcRecord;
  /** The request's id; absent for a record that was posted. */
  readonly id: string | undefined;
  /** Answers this call: emits the record under the call's id. */
  readonly reply: (record: RpcRecord) => void;
  readonly emit: (record: RpcRecord) => void;
  readonly close: (close: RpcClose) => void;
}

export interface ScriptedRpcConnectorOptions {
  readonly clock: Clock;
  /** Without one the agent answers nothing; a test then speaks through {@link ScriptedConnection.emit}. */
  readonly script?: RpcScript;
}

/** Connects to a script in place of a program: of the process, only its exit counts. */
export class ScriptedRpcConnector implements RpcConnector {
  readonly #options: ScriptedRpcConnectorOptions;
  readonly #connections: ScriptedConnection[] = [];

  constructor(options: ScriptedRpcConnectorOptions) {
    this.#options = options;
  }

  /** Every connection so far, oldest first. */
  get connections(): readonly ScriptedConnection[] {
    return this.#connections;
  }

  connect(request: RpcConnectRequest): RpcTransport {
    const connection = new ScriptedConnection({ ...request, ...this.#options });
    this.#connections.push(connection);
    return connection;
  }
}

/**
 * Both ends of one connection: the transport, and what its agent says and was sent. The agent speaks at its own pace: it never asks
 * whether the listener is ready.
 */
export class ScriptedConnection implements RpcTransport {
  readonly #options: RpcConnectRequest & ScriptedRpcConnectorOptions;
  readonly #exchange: RecordExchange;
  readonly #sent: RpcRecord[] = [];

  constructor(options: RpcConnectRequest & ScriptedRpcConnectorOptions) {
    this.#options = options;
    this.#exchange = new RecordExchange(options);
    void this.#awaitExit();
  }

  get pending(): number {
    return this.#exchange.pending;
  }

  /** Everything that was sent and posted, as it would stand on the wire. */
  get sent(): readonly RpcRecord[] {
    return this.#sent;
  }

  send(request: RpcRequest): void {
    this.#exchange.expect(request);
    this.#pass(this.#options.framing.address(request.record, request.id), request.id);
  }

  post(record: RpcRecord): void {
    this.#pass(record, undefined);
  }

  detach(): void {
    this.#exchange.detach();
  }

  /** The agent writes a record. It is reported before this returns. */
  emit(record: RpcRecord): void {
    if (this.#exchange.open) this.#exchange.receive(record);
  }

  /** The connection ends. */
  close(close: RpcClose): void {
    this.#exchange.close(close);
  }

  async #awaitExit(): Promise<void> {
    this.close({ cause: "exited", exit: await this.#options.process.exited });
  }

  #pass(record: RpcRecord, id: string | undefined): void {
    if (!this.#exchange.open) return;
    this.#sent.push(record);
    const { script, framing } = this.#options;
    if (script === undefined) return;
    const emit = (spoken: RpcRecord): void => {
      this.emit(spoken);
    };
    queueMicrotask(() => {
      if (!this.#exchange.open) return;
      script({
        record,
        id,
        emit,
        reply: (reply) => {
          emit(id === undefined ? reply : framing.address(reply, id));
        },
        close: (close) => {
          this.close(close);
        },
      });
    });
  }
}
