import { describe, expect, it } from "vitest";
import type { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import type { ProcessExit } from "../../src/ports/process-spawner.js";
import type { RpcListener, RpcOutcome, RpcRecord, RpcTransport } from "../../src/ports/rpc-transport.js";
import { RpcLog } from "../rpc-log.js";

export interface RpcTransportSubject {
  readonly transport: RpcTransport;
  readonly clock: ManualClock;
  /** What the agent was sent, as it stands on the wire. */
  readonly sent: () => readonly RpcRecord[];
  /** The agent writes a record; resolves when it has been dealt with. */
  readonly emit: (record: RpcRecord) => Promise<void>;
  /** The agent's output and its program end; resolves when that has been dealt with. */
  readonly exit: (exit: ProcessExit) => Promise<void>;
}

export interface RpcTransportSetup {
  readonly listener: RpcListener;
  /** Answers each record at once, in the call that brings it to the agent. */
  readonly answer?: (record: RpcRecord) => RpcRecord;
}

const replyOf = (record: RpcRecord): RpcOutcome => ({ type: "reply", record });

/** What every `RpcTransport` does, over records framed by `sampleFraming`. */
export function describeRpcTransport(input: { readonly name: string; readonly connect: (setup: RpcTransportSetup) => RpcTransportSubject }): void {
  const { name, connect } = input;
  const exit: ProcessExit = { code: 3, signal: null };

  function start(): RpcTransportSubject & { readonly log: RpcLog } {
    const log = new RpcLog();
    return { ...connect({ listener: log.listener }), log };
  }

  describe(`${name}: requests`, () => {
    it("writes a request under its id and settles it with its reply", async () => {
      const { transport, sent, emit, log } = start();
      transport.send(log.request("a"));
      expect(sent()).toEqual([{ command: "get", id: "a" }]);
      expect(transport.pending).toBe(1);
      await emit({ re: "a", value: 1 });
      expect(log.take()).toEqual([{ settled: "a", outcome: { type: "reply", record: { re: "a", value: 1 } } }]);
      expect(transport.pending).toBe(0);
    });

    it("gives replies that come out of order to their own requests", async () => {
      const { transport, emit, log } = start();
      for (const id of ["a", "b", "c"]) transport.send(log.request(id));
      for (const re of ["c", "a", "b"]) await emit({ re });
      expect(log.take().map((entry) => ("settled" in entry ? entry.settled : entry))).toEqual(["c", "a", "b"]);
    });

    it("reports records and outcomes in the order of the wire", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      await emit({ event: 1 });
      await emit({ re: "a" });
      await emit({ event: 2 });
      expect(log.take()).toEqual([
        { record: { event: 1 } },
        { settled: "a", outcome: { type: "reply", record: { re: "a" } } },
        { record: { event: 2 } },
      ]);
    });

    it("reports a reply that nobody waits for as a record", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      await emit({ re: "never-sent" });
      expect(log.take()).toEqual([{ record: { re: "never-sent" } }]);
      expect(transport.pending).toBe(1);
    });

    it("reports the second reply to a request as a record", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      await emit({ re: "a", first: true });
      log.take();
      await emit({ re: "a", first: false });
      expect(log.take()).toEqual([{ record: { re: "a", first: false } }]);
    });

    it("refuses an id that is pending already", () => {
      const { transport, log } = start();
      transport.send(log.request("a"));
      expect(() => {
        transport.send(log.request("a"));
      }).toThrow("A request with the id a is pending already.");
      expect(transport.pending).toBe(1);
    });

    it("posts a record as it is and waits for nothing", () => {
      const { transport, clock, sent } = start();
      transport.post({ answer: "yes" });
      expect(sent()).toEqual([{ answer: "yes" }]);
      expect(transport.pending).toBe(0);
      expect(clock.pendingTimers).toBe(0);
    });

    it("writes in the order of sending and posting", () => {
      const { transport, sent, log } = start();
      transport.send(log.request("a"));
      transport.post({ answer: "yes" });
      transport.send(log.request("b"));
      expect(sent()).toEqual([{ command: "get", id: "a" }, { answer: "yes" }, { command: "get", id: "b" }]);
    });

    it("never settles within send, however quick the answer", async () => {
      const log = new RpcLog();
      const { transport, emit } = connect({ listener: log.listener, answer: (record) => ({ re: String(record.id) }) });
      transport.send(log.request("a"));
      expect(log.take()).toEqual([]);
      await emit({ event: 1 });
      expect(log.take()).toEqual([{ settled: "a", outcome: { type: "reply", record: { re: "a" } } }, { record: { event: 1 } }]);
    });
  });

  describe(`${name}: deadlines`, () => {
    it("settles with the deadline when it has passed, and not before", async () => {
      const { transport, clock, log } = start();
      transport.send(log.request("a", { deadlineMs: 250 }));
      await clock.advance(249);
      expect(log.take()).toEqual([]);
      await clock.advance(1);
      expect(log.take()).toEqual([{ settled: "a", outcome: { type: "deadline", afterMs: 250 } }]);
      expect(transport.pending).toBe(0);
    });

    it("reports a late reply as a record", async () => {
      const { transport, clock, emit, log } = start();
      transport.send(log.request("a", { deadlineMs: 250 }));
      await clock.advance(250);
      log.take();
      await emit({ re: "a" });
      expect(log.take()).toEqual([{ record: { re: "a" } }]);
    });

    it("leaves no timer behind a request that was answered", async () => {
      const { transport, clock, emit, log } = start();
      transport.send(log.request("a"));
      expect(clock.pendingTimers).toBe(1);
      await emit({ re: "a" });
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe(`${name}: refusals without an id`, () => {
    it("settle the only pending request of the command they name", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a", { command: "get" }));
      transport.send(log.request("b", { command: "set" }));
      await emit({ refused: "set" });
      expect(log.take()).toEqual([{ settled: "b", outcome: replyOf({ refused: "set" }) }]);
    });

    it("are records when several requests of that command are pending", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      transport.send(log.request("b"));
      await emit({ refused: "get" });
      expect(log.take()).toEqual([{ record: { refused: "get" } }]);
      expect(transport.pending).toBe(2);
    });

    it.each([{ refused: null }, { refused: "parse" }])("settle the only pending request if they name no command that was sent: %j", async (refusal) => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      await emit(refusal);
      expect(log.take()).toEqual([{ settled: "a", outcome: replyOf(refusal) }]);
    });

    it.each([{ refused: null }, { refused: "parse" }])("are records when that can be any of several: %j", async (refusal) => {
      const { transport, emit, log } = start();
      transport.send(log.request("a", { command: "get" }));
      transport.send(log.request("b", { command: "set" }));
      await emit(refusal);
      expect(log.take()).toEqual([{ record: refusal }]);
    });

    it.each([{ refused: null }, { refused: "get" }])("are records when nothing is pending: %j", async (refusal) => {
      const { emit, log } = start();
      await emit(refusal);
      expect(log.take()).toEqual([{ record: refusal }]);
    });

    it("never settle a request of another command, even when their own has passed its deadline", async () => {
      const { transport, clock, emit, log } = start();
      transport.send(log.request("a", { command: "get", deadlineMs: 10 }));
      await clock.advance(10);
      transport.send(log.request("b", { command: "set" }));
      log.take();
      await emit({ refused: "get" });
      expect(log.take()).toEqual([{ record: { refused: "get" } }]);
      expect(transport.pending).toBe(1);
    });
  });

  describe(`${name}: the close`, () => {
    const closed = { type: "closed", close: { cause: "exited", exit } } as const;

    it("settles everything pending, oldest first, and is then reported", async () => {
      const { transport, clock, exit: end, log } = start();
      for (const id of ["b", "a", "c"]) transport.send(log.request(id));
      await end(exit);
      expect(log.take()).toEqual([
        { settled: "b", outcome: closed },
        { settled: "a", outcome: closed },
        { settled: "c", outcome: closed },
        { close: closed.close },
      ]);
      expect(transport.pending).toBe(0);
      expect(clock.pendingTimers).toBe(0);
    });

    it("is the last thing reported", async () => {
      const { transport, clock, emit, exit: end, log } = start();
      transport.send(log.request("a"));
      await end(exit);
      log.take();
      await emit({ event: 1 });
      await emit({ re: "a" });
      await clock.advance(60_000);
      transport.detach();
      expect(log.take()).toEqual([]);
    });

    it("settles what is sent after it, but not within send, and writes nothing more", async () => {
      const { transport, clock, sent, exit: end, log } = start();
      await end(exit);
      log.take();
      transport.send(log.request("late"));
      transport.post({ answer: "late" });
      expect(log.take()).toEqual([]);
      await clock.advance(0);
      expect(log.take()).toEqual([{ settled: "late", outcome: closed }]);
      expect(sent()).toEqual([]);
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe(`${name}: detaching`, () => {
    const detached = { type: "closed", close: { cause: "detached" } } as const;

    it("settles everything pending, oldest first, and reports no close", async () => {
      const { transport, clock, exit: end, log } = start();
      for (const id of ["b", "a"]) transport.send(log.request(id));
      transport.detach();
      transport.detach();
      expect(log.take()).toEqual([
        { settled: "b", outcome: detached },
        { settled: "a", outcome: detached },
      ]);
      expect(transport.pending).toBe(0);
      expect(clock.pendingTimers).toBe(0);
      await end(exit);
      await clock.advance(60_000);
      expect(log.take()).toEqual([]);
    });

    it("reports no record any more", async () => {
      const { transport, emit, log } = start();
      transport.send(log.request("a"));
      transport.detach();
      log.take();
      await emit({ event: 1 });
      await emit({ re: "a" });
      expect(log.take()).toEqual([]);
    });

    it("silences the close even while the close settles requests", async () => {
      const { transport, exit: end, log } = start();
      transport.send({
        ...log.request("a"),
        settle: () => {
          transport.detach();
        },
      });
      transport.send(log.request("b"));
      await end(exit);
      expect(log.take()).toEqual([{ settled: "b", outcome: { type: "closed", close: { cause: "exited", exit } } }]);
    });

    it("settles what is sent after it, but not within send, and writes nothing more", async () => {
      const { transport, clock, sent, log } = start();
      transport.detach();
      transport.send(log.request("late"));
      transport.post({ answer: "late" });
      expect(log.take()).toEqual([]);
      await clock.advance(0);
      expect(log.take()).toEqual([{ settled: "late", outcome: detached }]);
      expect(sent()).toEqual([]);
    });
  });
}
