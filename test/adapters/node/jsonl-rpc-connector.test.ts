import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { JsonlRpcConnector } from "../../../src/adapters/node/jsonl-rpc-connector.js";
import type { RpcListener, RpcRecord, RpcTransport } from "../../../src/ports/rpc-transport.js";
import { describeRpcTransport } from "../../contract/rpc-transport.js";
import { RpcLog, sampleFraming } from "../../rpc-log.js";
import { StubProcess } from "../../stub-process.js";

describeRpcTransport({
  name: "JsonlRpcConnector",
  connect: ({ listener, answer }) => {
    const clock = new ManualClock();
    const process: StubProcess = new StubProcess({
      onWrite: (text) => {
        if (answer !== undefined) void process.print(lineOf(answer(JSON.parse(text) as RpcRecord)));
      },
    });
    return {
      transport: new JsonlRpcConnector({ clock }).connect({ process, framing: sampleFraming, listener }),
      clock,
      sent: () => process.written.map((text) => JSON.parse(text) as RpcRecord),
      emit: (record) => process.print(lineOf(record)),
      exit: async (exit) => {
        await process.endOutput();
        await process.exit(exit);
      },
    };
  },
});

function lineOf(record: unknown): string {
  return `${JSON.stringify(record)}\n`;
}

interface Connected {
  readonly process: StubProcess;
  readonly clock: ManualClock;
  readonly log: RpcLog;
  readonly transport: RpcTransport;
}

function connect(options: { readonly verdictWaitMs?: number; readonly listener?: Partial<RpcListener> } = {}): Connected {
  const { listener, ...connectorOptions } = options;
  const clock = new ManualClock();
  const process = new StubProcess();
  const log = new RpcLog();
  const connector = new JsonlRpcConnector({ clock, ...connectorOptions });
  const transport = connector.connect({ process, framing: sampleFraming, listener: { ...log.listener, ...listener } });
  return { process, clock, log, transport };
}

const exit = { code: 1, signal: null };

describe("JsonlRpcConnector: lines", () => {
  it("writes each record as one line of valid UTF-8, whatever its strings hold", () => {
    const { transport, process } = connect();
    transport.post({ text: "two\nlines \u2028\u2029 \u0000 \u{1F600} \uD800 \uDC00" });
    const [line] = process.written;
    expect(line?.indexOf("\n")).toBe(line!.length - 1);
    expect(line?.isWellFormed()).toBe(true);
    expect(JSON.parse(line!)).toEqual({ text: "two\nlines \u2028\u2029 \u0000 \u{1F600} \uD800 \uDC00" });
  });

  it("refuses a record that is no JSON without waiting for its reply", () => {
    const { transport, process, log } = connect();
    expect(() => {
      transport.send({ ...log.request("a"), record: { command: "get", size: 1n } });
    }).toThrow(TypeError);
    expect(transport.pending).toBe(0);
    expect(process.written).toEqual([]);
  });

  it("reports lines that are no records by their size only, in their place, and goes on", async () => {
    const { process, log } = connect();
    await process.print('{"event":1}\nsecret words\nnull\n42\n"s"\n[{}]\n\r\n\n{"event":2}\n');
    expect(log.take()).toEqual([
      { record: { event: 1 } },
      { dropped: { reason: "not-json", bytes: 12 } },
      { dropped: { reason: "not-an-object", bytes: 4 } },
      { dropped: { reason: "not-an-object", bytes: 2 } },
      { dropped: { reason: "not-an-object", bytes: 3 } },
      { dropped: { reason: "not-an-object", bytes: 4 } },
      { record: { event: 2 } },
    ]);
  });

  it("drops a line above the framing's bound and goes on", async () => {
    const { process, log } = connect();
    const fitting = { event: "x".repeat(sampleFraming.maxRecordBytes - '{"event":""}'.length) };
    await process.print(`{"event":1}\n${"x".repeat(2000)}`);
    await process.print(`${"x".repeat(2000)}\n${lineOf(fitting)}`);
    expect(log.take()).toEqual([{ record: { event: 1 } }, { dropped: { reason: "too-large", bytes: 4000 } }, { record: fitting }]);
  });

  it("delivers a last line without a line feed", async () => {
    const { process, log } = connect();
    await process.print('{"event":1}\n{"event":2}');
    expect(log.take()).toEqual([{ record: { event: 1 } }]);
    await process.endOutput();
    expect(log.take()).toEqual([{ record: { event: 2 } }]);
  });

  it("drops half a record at the end", async () => {
    const { process, log } = connect();
    await process.print('{"event":');
    await process.endOutput();
    expect(log.take()).toEqual([{ dropped: { reason: "not-json", bytes: 9 } }]);
  });

  it("reports nothing of a chunk after its listener detached", async () => {
    const seen: unknown[] = [];
    const { process, transport, log } = connect({
      listener: {
        onRecord: (record) => {
          seen.push(record);
          transport.detach();
        },
        ready: () => {
          seen.push("asked whether it is ready");
          return undefined;
        },
      },
    });
    await process.print('{"event":1}\n{"event":2}\nnoise\n');
    expect(seen).toEqual([{ event: 1 }]);
    expect(log.take()).toEqual([]);
  });
});

describe("JsonlRpcConnector: the verdict on the end", () => {
  it("prefers the exit code to a broken pipe", async () => {
    const { process, clock, log, transport } = connect();
    process.breakInput();
    transport.send(log.request("a"));
    await clock.advance(499);
    expect(log.take()).toEqual([]);
    await process.endOutput();
    await process.exit(exit);
    expect(log.take()).toEqual([
      { settled: "a", outcome: { type: "closed", close: { cause: "exited", exit } } },
      { close: { cause: "exited", exit } },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("prefers the exit code to the end of the output", async () => {
    const { process, clock, log } = connect();
    await process.endOutput();
    await clock.advance(499);
    expect(log.take()).toEqual([]);
    await process.exit(exit);
    expect(log.take()).toEqual([{ close: { cause: "exited", exit } }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("waits a bounded time for the exit code after a broken pipe", async () => {
    const { process, clock, log, transport } = connect({ verdictWaitMs: 80 });
    process.breakInput();
    transport.post({ answer: 1 });
    await clock.advance(79);
    expect(log.take()).toEqual([]);
    await clock.advance(1);
    expect(log.take()).toEqual([{ close: { cause: "write-failed" } }]);
    expect(clock.pendingTimers).toBe(0);
    await process.exit(exit);
    expect(log.take()).toEqual([]);
  });

  it("still reads what the program said while a broken pipe waits for its exit", async () => {
    const { process, clock, log, transport } = connect();
    process.breakInput();
    transport.send(log.request("a"));
    await clock.advance(100);
    await process.print('{"re":"a"}\n');
    expect(log.take()).toEqual([{ settled: "a", outcome: { type: "reply", record: { re: "a" } } }]);
  });

  it("delivers what is still in the pipe before it reports an exit", async () => {
    const { process, clock, log } = connect();
    await process.exit(exit);
    await clock.advance(499);
    await process.print('{"event":1}\n');
    await clock.advance(499);
    await process.print('{"event":2}\n');
    await process.endOutput();
    expect(log.take()).toEqual([{ record: { event: 1 } }, { record: { event: 2 } }, { close: { cause: "exited", exit } }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("reports nothing that comes after the close", async () => {
    const { process, clock, log } = connect();
    await process.exit(exit);
    await clock.advance(500);
    expect(log.take()).toEqual([{ close: { cause: "exited", exit } }]);
    await process.print('{"event":"from a descendant"}\n');
    expect(log.take()).toEqual([]);
  });

  it("leaves no timer behind when it is no longer wanted", async () => {
    const { process, clock, transport } = connect();
    await process.exit(exit);
    expect(clock.pendingTimers).toBe(1);
    transport.detach();
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not count the time a slow host needs as silence", async () => {
    const host = Promise.withResolvers<void>();
    const { process, clock, log } = connect({ listener: { ready: () => host.promise } });
    const printed = process.print('{"event":1}\n');
    await process.exit(exit);
    await clock.advance(60_000);
    void process.print('{"event":2}\n');
    host.resolve();
    await printed;
    await process.endOutput();
    expect(log.take()).toEqual([{ record: { event: 1 } }, { record: { event: 2 } }, { close: { cause: "exited", exit } }]);
  });

  it("lets what arrived while the host was blocked go before the close", async () => {
    const { process, clock, log } = connect({ verdictWaitMs: 80 });
    await process.exit(exit);
    // A blocked host runs the timer that fell due before it reads.
    clock.schedule(80, () => {
      void process.print('{"event":1}\n');
    });
    await clock.advance(80);
    await process.endOutput();
    expect(log.take()).toEqual([{ record: { event: 1 } }, { close: { cause: "exited", exit } }]);
  });
});

describe("JsonlRpcConnector: backpressure", () => {
  it("reads no further chunk while the host is not ready", async () => {
    const waits: PromiseWithResolvers<void>[] = [];
    const { process, log } = connect({
      listener: {
        ready: () => {
          const wait = Promise.withResolvers<void>();
          waits.push(wait);
          return wait.promise;
        },
      },
    });
    await process.print('{"event":1}\n{"event":2}\n');
    await process.print('{"event":3}\n');
    expect(process.unreadChunks).toBe(1);
    expect(log.take()).toEqual([{ record: { event: 1 } }, { record: { event: 2 } }]);
    waits[0]?.resolve();
    await process.print('{"event":4}\n');
    expect(process.unreadChunks).toBe(1);
    expect(log.take()).toEqual([{ record: { event: 3 } }]);
    expect(waits).toHaveLength(2);
  });

  it("does not wait when the host is ready", async () => {
    const { process, log } = connect({ listener: { ready: () => undefined } });
    await process.print('{"event":1}\n');
    await process.print('{"event":2}\n');
    expect(process.unreadChunks).toBe(0);
    expect(log.take()).toHaveLength(2);
  });

  it.each([
    ["detaching", (connected: Connected) => { connected.transport.detach(); }],
    ["the close", async ({ process, transport, clock }: Connected) => {
      process.breakInput();
      transport.post({ answer: 1 });
      await clock.advance(500);
    }],
  ] as const)("lets the output run dry after %s, ready or not", async (_, end) => {
    const connected = connect({ listener: { ready: () => new Promise(() => {}) } });
    await connected.process.print('{"event":1}\n');
    await connected.process.print('{"event":2}\n');
    expect(connected.process.unreadChunks).toBe(1);
    await end(connected);
    await connected.process.print('{"event":3}\n');
    expect(connected.process.unreadChunks).toBe(0);
    expect(connected.log.take()).toContainEqual({ record: { event: 1 } });
    expect(connected.log.take()).not.toContainEqual({ record: { event: 2 } });
  });
});

describe("JsonlRpcConnector: a listener that fails", () => {
  it.each([
    ["throws", { onRecord: () => { throw new Error("planted"); } }],
    ["rejects its readiness", { ready: () => Promise.reject(new Error("planted")) }],
  ] satisfies [string, Partial<RpcListener>][])("ends the connection when it %s", async (_, listener) => {
    const { process, clock, log, transport } = connect({ listener });
    transport.send(log.request("a"));
    process.breakInput();
    transport.post({ answer: 1 });
    await process.print('{"event":1}\n');
    const reported = log.take().filter((entry) => !("record" in entry));
    expect(reported).toEqual([
      { settled: "a", outcome: { type: "closed", close: { cause: "listener-failed" } } },
      { close: { cause: "listener-failed" } },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });
});
