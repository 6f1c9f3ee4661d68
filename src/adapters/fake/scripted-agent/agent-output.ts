import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { AgentIo } from "../agent-io.js";

/** Standard output, whole line after whole line although several scripts write at a time. */
export class AgentOutput {
  readonly #io: AgentIo;
  #last: Promise<void> = Promise.resolve();

  constructor(io: AgentIo) {
    this.#io = io;
  }

  /** One line. With `pieceBytes` it is written in pieces of that size. */
  async record(record: RpcRecord, pieceBytes?: number): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const size = pieceBytes ?? line.length;
    await this.#inTurn(async () => {
      for (let start = 0; start < line.length; start += size) await this.#io.write(line.subarray(start, start + size));
    });
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    await this.#inTurn(() => this.#io.write(bytes));
  }

  async #inTurn(write: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(write);
    await this.#last;
  }
}
