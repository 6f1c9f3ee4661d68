import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { RecordExchange } from "../../../src/adapters/rpc/record-exchange.js";
import { RpcLog, sampleFraming } from "../../rpc-log.js";

function start(): { readonly exchange: RecordExchange; readonly log: RpcLog } {
  const log = new RpcLog();
  return { exchange: new RecordExchange({ framing: sampleFraming, listener: log.listener, clock: new ManualClock() }), log };
}

/** The rest of its behaviour is the contract of every transport: see `contract/rpc-transport.ts`. */
describe("RecordExchange", () => {
  it("closes to the end although one request's settle throws, and passes the error on", () => {
    const { exchange, log } = start();
    exchange.expect({
      ...log.request("a"),
      settle: () => {
        throw new Error("planted");
      },
    });
    exchange.expect(log.request("b"));
    expect(() => {
      exchange.close({ cause: "output-ended" });
    }).toThrow("planted");
    expect(log.take()).toEqual([
      { settled: "b", outcome: { type: "closed", close: { cause: "output-ended" } } },
      { close: { cause: "output-ended" } },
    ]);
    expect(exchange.pending).toBe(0);
  });

  it("counts only the first close", () => {
    const { exchange, log } = start();
    expect(exchange.open).toBe(true);
    exchange.close({ cause: "output-ended" });
    exchange.close({ cause: "write-failed" });
    expect(exchange.open).toBe(false);
    expect(log.take()).toEqual([{ close: { cause: "output-ended" } }]);
  });
});
