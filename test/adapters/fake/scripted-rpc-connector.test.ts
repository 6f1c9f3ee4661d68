import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { ScriptedRpcConnector, type RpcScript } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import type { RpcTransport } from "../../../src/ports/rpc-transport.js";
import { describeRpcTransport } from "../../contract/rpc-transport.js";
import { RpcLog, sampleFraming } from "../../rpc-log.js";
import { StubProcess } from "../../stub-process.js";

describeRpcTransport({
  name: "ScriptedRpcConnector",
  connect: ({ listener, answer }) => {
    const clock = new ManualClock();
    const process = new StubProcess();
    const connector = new ScriptedRpcConnector({
      clock,
      ...(answer === undefined
        ? {}
        : {
            script: ({ record, emit }) => {
              emit(answer(record));
            },
          }),
    });
    const transport = connector.connect({ process, framing: sampleFraming, listener });
    const connection = connector.connections[0]!;
    return {
      transport,
      clock,
      sent: () => connection.sent,
      emit: async (record) => {
        await setImmediate();
        connection.emit(record);
      },
      exit: (exit) => process.exit(exit),
    };
  },
});

function connect(script: RpcScript): { readonly transport: RpcTransport; readonly log: RpcLog } {
  const log = new RpcLog();
  const connector = new ScriptedRpcConnector({ clock: new ManualClock(), script });
  return { transport: connector.connect({ process: new StubProcess(), framing: sampleFraming, listener: log.listener }), log };
}

describe("ScriptedRpcConnector", () => {
  it("lets a script answer under the request's id, speak by itself, and close", async () => {
    const heard: unknown[] = [];
    const { transport, log } = connect(({ record, id, reply, emit, close }) => {
      heard.push(record);
      if (record.command === "quit") {
        close({ cause: "write-failed" });
        return;
      }
      emit({ event: heard.length });
      if (id !== undefined) reply({ ok: true });
    });
    transport.send(log.request("a"));
    transport.post({ note: 1 });
    transport.send(log.request("b", { command: "quit" }));
    transport.post({ note: "never heard" });
    await setImmediate();
    expect(heard).toEqual([{ command: "get", id: "a" }, { note: 1 }, { command: "quit", id: "b" }]);
    expect(log.take()).toEqual([
      { record: { event: 1 } },
      { settled: "a", outcome: { type: "reply", record: { ok: true, re: "a" } } },
      { record: { event: 2 } },
      { settled: "b", outcome: { type: "closed", close: { cause: "write-failed" } } },
      { close: { cause: "write-failed" } },
    ]);
  });

  it("keeps every connection apart", () => {
    const connector = new ScriptedRpcConnector({ clock: new ManualClock() });
    const log = new RpcLog();
    const request = { process: new StubProcess(), framing: sampleFraming, listener: log.listener };
    connector.connect(request).post({ to: "first" });
    connector.connect(request).post({ to: "second" });
    expect(connector.connections.map(({ sent }) => sent)).toEqual([[{ to: "first" }], [{ to: "second" }]]);
  });
});
