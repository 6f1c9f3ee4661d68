import { describe, expect, it } from "vitest";
import { RecordRelay } from "../../../src/domain/session/record-relay.js";
import type { RpcListener } from "../../../src/ports/rpc-transport.js";

/** A holder that keeps what it is told, in order. */
function holder(ready?: RpcListener["ready"]): RpcListener & { readonly told: unknown[] } {
  const told: unknown[] = [];
  return {
    told,
    onRecord: (record) => void told.push(record),
    onDropped: (dropped) => void told.push(dropped),
    onClose: (close) => void told.push(close),
    ...(ready === undefined ? {} : { ready }),
  };
}

const dropped = { reason: "not-json", bytes: 7 } as const;
const close = { cause: "exited", exit: { code: 0, signal: null } } as const;

describe("a connection that changes hands", () => {
  it("tells everything to whoever holds it, in the order of the wire, and nothing twice", () => {
    const [first, second] = [holder(), holder()];
    const relay = new RecordRelay(first);
    relay.onRecord({ line: 1 });
    relay.onDropped(dropped);
    relay.handTo(second);
    relay.onRecord({ line: 2 });
    relay.onDropped(dropped);
    relay.onClose(close);
    expect([first.told, second.told]).toEqual([[{ line: 1 }, dropped], [{ line: 2 }, dropped, close]]);
  });

  it("may be handed on from within a report: what comes next goes to the new holder", () => {
    const second = holder();
    const relay = new RecordRelay({ ...holder(), onRecord: () => relay.handTo(second) });
    relay.onRecord({ line: 1 });
    relay.onRecord({ line: 2 });
    expect(second.told).toEqual([{ line: 2 }]);
  });

  it("tells a new holder also of an end that came before it, though not within the call", async () => {
    const second = holder();
    const relay = new RecordRelay(holder());
    relay.onClose(close);
    relay.handTo(second);
    expect(second.told).toEqual([]);
    await Promise.resolve();
    expect(second.told).toEqual([close]);
  });

  it("tells its functions apart from itself, for a transport calls them as they are", () => {
    const first = holder();
    const { onRecord, onDropped, onClose, ready } = new RecordRelay(first);
    onRecord({ line: 1 });
    onDropped(dropped);
    onClose(close);
    expect([first.told, ready()]).toEqual([[{ line: 1 }, dropped, close], undefined]);
  });

  it("is held back by whoever holds it, and by nobody where that one never is", () => {
    const waiting = Promise.resolve();
    const relay = new RecordRelay(holder());
    expect(relay.ready()).toBeUndefined();
    relay.handTo(holder(() => waiting));
    expect(relay.ready()).toBe(waiting);
    relay.handTo(holder());
    expect(relay.ready()).toBeUndefined();
  });
});
