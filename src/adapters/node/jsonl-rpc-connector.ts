import type { Clock } from "../../ports/clock.js";
import type { RpcConnector, RpcConnectRequest, RpcTransport } from "../../ports/rpc-transport.js";
import { JsonlRpcTransport } from "./jsonl-rpc-transport.js";

export interface JsonlRpcConnectorOptions {
  readonly clock: Clock;
  /** How long a broken pipe waits for the program's exit code, and an exit for the rest of the output. */
  readonly verdictWaitMs?: number;
}

/** Connects by JSON lines over the process's standard input and output. */
export class JsonlRpcConnector implements RpcConnector {
  readonly #clock: Clock;
  readonly #verdictWaitMs: number;

  constructor(options: JsonlRpcConnectorOptions) {
    this.#clock = options.clock;
    this.#verdictWaitMs = options.verdictWaitMs ?? 500;
  }

  connect(request: RpcConnectRequest): RpcTransport {
    return new JsonlRpcTransport({ ...request, clock: this.#clock, verdictWaitMs: this.#verdictWaitMs });
  }
}
