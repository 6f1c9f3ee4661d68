import { describe, expect, it } from "vitest";
import { ruleTexts } from "../../../playground/host/stream-watch.js";
import type { Provider } from "../../../src/app/index.js";
import { ScriptedAgent, piEndlessTurn, piRunStart, piSpeechStart, piSteeredTurn, piTextTurn, type AgentScenario } from "../../../src/app/testing.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/index.js";
import { fakePi, OpenedHost, type FakePi } from "./opened-host.js";

function piThat(scenario: AgentScenario): FakePi {
  return fakePi({ agent: new ScriptedAgent({ scenario }) });
}

describe("a conversation through the host", () => {
  it("is told by the journal: thread, message, events, and the row in between", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piTextTurn("Hello!")] } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    expect((await journal.until(() => journal.row(threadId))).session).toBe("none");

    const turnId = await opened.send(threadId, "  Hello?\nIs anybody there?");
    await journal.turnEnd(turnId);
    await journal.until(() => (journal.row(threadId)?.activeTurnId === null ? true : undefined));
    expect(journal.row(threadId)).toMatchObject({ threadId, title: "Hello?", instanceId: "pi", cwd: "/project", session: "live", lastError: null });
    expect(journal.of("message").map(({ message }) => message)).toEqual([{ messageId: expect.any(String) as string, turnId, text: "  Hello?\nIs anybody there?", steers: false, createdAt: expect.any(String) as string }]);
    expect(journal.events.filter(({ type }) => type === "item.completed")).toMatchObject([{ payload: { detail: "Hello!" } }]);
    const rows = journal.of("thread").map(({ thread }) => `${thread.session} ${thread.activeTurnId === turnId}`);
    expect(rows).toEqual(expect.arrayContaining(["none false", "starting false", "live false", "live true"]));
    expect(journal.of("violation")).toEqual([]);
  });

  it("says how long ago the agent said what became an event", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piTextTurn("Hello!")] } }).definition] });
    const journal = await opened.look();
    await journal.turnEnd(await opened.send(await opened.newThread(), "Hello?"));
    const delta = journal.of("runtime-event").find(({ event }) => event.type === "content.delta");
    expect(delta?.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it("is the same for a page that comes late, and for one that comes back", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piTextTurn("One."), piTextTurn("Two.")] } }).definition] });
    const early = await opened.look();
    const threadId = await opened.newThread();
    await early.turnEnd(await opened.send(threadId, "First"));
    await early.leave();
    const seen = early.entries.at(-1)?.seq;

    const second = await opened.send(threadId, "Second");
    const late = await opened.look();
    const back = await opened.look(`?after=${seen}&host=${opened.playground.hostId}`);
    await back.turnEnd(second);
    await late.until(() => (late.entries.length > 0 ? true : undefined));
    expect(late.state.threads).toMatchObject([{ threadId, title: "First" }]);
    expect(late.state.histories[0]?.entries.flatMap((entry) => (entry.type === "message" ? [entry.message.text] : entry.event.type === "item.completed" ? [entry.event.payload.detail] : []))).toEqual(
      expect.arrayContaining(["First", "One.", "Second"]),
    );
    expect(back.entries[0]?.seq).toBe((seen ?? 0) + 1);
    expect(back.of("state")).toEqual([]);
  });

  it("begins with the state for a page that knows another life of the host", async () => {
    const opened = await OpenedHost.open();
    await opened.newThread();
    const journal = await opened.look("?after=1&host=another");
    await journal.until(() => (journal.entries.length > 0 ? true : undefined));
    expect(journal.state.hostId).toBe(opened.playground.hostId);
    expect((await opened.request("/api/journal?after=-1")).status).toBe(400);
    expect((await opened.request("/api/journal?after=many")).status).toBe(400);
  });

  it("is steered while a turn runs", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piSteeredTurn("As you wish.")] } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    const turnId = await opened.send(threadId, "Work");
    await journal.event("item.completed");
    expect(await opened.send(threadId, "Differently")).toBe(turnId);
    await journal.turnEnd(turnId);
    await journal.until(() => (journal.of("message").length === 2 ? true : undefined));
    expect(journal.of("message").map(({ message }) => [message.text, message.steers, message.turnId === turnId])).toEqual([
      ["Work", false, true],
      ["Differently", true, true],
    ]);
  });

  it("takes two messages in the order in which they were sent, and starts one process", async () => {
    const { definition, agent } = piThat({ on: { prompt: [piSteeredTurn("As you wish.")] } });
    const opened = await OpenedHost.open({ definitions: [definition] });
    const threadId = await opened.newThread();
    const [first, second] = await Promise.all([opened.send(threadId, "First"), opened.send(threadId, "Second")]);
    expect(second).toBe(first);
    const texts = agent.received.filter(({ type }) => type === "prompt" || type === "steer").map(({ message }) => message);
    expect(texts).toEqual(["First", "Second"]);
  });

  it("is stopped in the middle of an answer", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piEndlessTurn("And so")] } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    const turnId = await opened.send(threadId, "Count");
    await journal.event("content.delta");
    expect(await opened.command({ type: "interrupt", threadId })).toEqual({ ok: true });
    expect((await journal.turnEnd(turnId)).payload.state).toBe("interrupted");
  });

  it("goes on after its process was stopped", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: { always: piTextTurn("Here.") } } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, "One"));
    expect(await opened.command({ type: "stop-session", threadId })).toEqual({ ok: true });
    await journal.until(() => (journal.row(threadId)?.session === "resumable" ? true : undefined));
    await journal.turnEnd(await opened.send(threadId, "Two"));
    expect(journal.row(threadId)?.session).toBe("live");
    expect(await opened.command({ type: "stop-session", threadId })).toEqual({ ok: true });
    expect(await opened.command({ type: "stop-session", threadId })).toEqual({ ok: true });
  });

  it("goes on after its process was killed in the middle of an answer", async () => {
    const { definition } = piThat({ on: { prompt: [piEndlessTurn("Once upon a")] } });
    const opened = await OpenedHost.open({ definitions: [definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    const turnId = await opened.send(threadId, "Story");
    await journal.event("content.delta");
    expect(await opened.command({ type: "crash", threadId })).toEqual({ ok: true });
    expect((await journal.turnEnd(turnId)).payload.state).toBe("failed");
    await journal.until(() => (journal.row(threadId)?.session === "resumable" ? true : undefined));
    expect(journal.row(threadId)).toMatchObject({ activeTurnId: null, lastError: expect.stringContaining("SIGKILL") as string });
    await opened.send(threadId, "Go on");
    expect(journal.of("violation")).toEqual([]);
  });

  it("shows when its process has gone while nothing was going on", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: { always: piTextTurn("Yes.") } } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, "Hello"));
    await journal.until(() => (journal.row(threadId)?.activeTurnId === null ? true : undefined));
    await opened.command({ type: "crash", threadId });
    await journal.until(() => (journal.row(threadId)?.session === "resumable" ? true : undefined));
    await journal.turnEnd(await opened.send(threadId, "Hello again"));
    expect(journal.row(threadId)?.session).toBe("live");
  });

  it("kills the process of the thread that is meant, and no other", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [piEndlessTurn("I am")] } }).definition] });
    const journal = await opened.look();
    const [one, other] = [await opened.newThread(), await opened.newThread()];
    const [crashed, alive] = [await opened.send(one, "One"), await opened.send(other, "Other")];
    expect(await opened.command({ type: "crash", threadId: one })).toEqual({ ok: true });
    await journal.turnEnd(crashed);
    expect(journal.row(other)).toMatchObject({ session: "live", activeTurnId: alive });
  });

  it("is cut back by turns, and what is gone is gone for late pages as well", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: { always: piTextTurn("Yes.") } } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, "One"));
    const second = await opened.send(threadId, "Two");
    await journal.turnEnd(second);
    await journal.turnEnd(await opened.send(threadId, "Three"));
    expect(await opened.command({ type: "roll-back", threadId, turns: 4 })).toMatchObject({ ok: false, error: { code: "rollback-refused" } });
    expect(await opened.command({ type: "roll-back", threadId, turns: 2 })).toEqual({ ok: true });
    const told = await journal.until(() => journal.of("rolled-back")[0]);
    expect(told).toMatchObject({ threadId, fromTurnId: second });
    const [history] = opened.playground.state.histories;
    expect(history?.entries.flatMap((entry) => (entry.type === "message" ? [entry.message.text] : []))).toEqual(["One"]);
  });

  it("asks, and takes the answer", async () => {
    const ask = { ask: { id: "dialog-1", method: "select", title: "Which colour?", options: ["red", "green"] } } as const;
    const { definition, agent } = piThat({ on: { prompt: [[...piRunStart, ask, ...piTextTurn("Green it is.").slice(piRunStart.length)]] } });
    const opened = await OpenedHost.open({ definitions: [definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    const turnId = await opened.send(threadId, "Paint it");
    const { requestId = "", payload } = await journal.event("user-input.requested");
    const [question] = payload.questions;
    expect(await opened.command({ type: "answer", threadId, requestId, answers: { [question?.id ?? ""]: "green" } })).toEqual({ ok: true });
    await journal.turnEnd(turnId);
    expect(agent.received.find(({ type }) => type === "extension_ui_response")).toMatchObject({ value: "green" });
    expect(await opened.command({ type: "decide", threadId, requestId: "nobody", decision: "accept" })).toMatchObject({ ok: false });
  });

  it("tells native records only while somebody inspects, and cuts long ones", async () => {
    const long = "long ".repeat(2_000);
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: { always: piTextTurn("Yes.") } } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, long));
    expect(journal.of("native-record")).toEqual([]);
    await opened.command({ type: "inspect", on: true });
    await journal.turnEnd(await opened.send(threadId, long));
    const records = journal.of("native-record");
    expect(new Set(records.map(({ direction }) => direction))).toEqual(new Set(["to-agent", "from-agent"]));
    expect(records.find(({ record }) => (record as { type?: string }).type === "prompt")?.record).toMatchObject({ cut: true, characters: expect.any(Number) as number });
    expect(Math.max(...records.map(({ record }) => JSON.stringify(record).length))).toBeLessThan(5_000);

    await journal.leave();
    const later = await opened.look();
    await later.turnEnd(await opened.send(threadId, "Short"));
    expect(later.of("native-record")).toEqual([]);
  });

  it("is removed with its process and its history", async () => {
    const opened = await OpenedHost.open({ definitions: [piThat({ on: { prompt: [[...piRunStart, ...piSpeechStart({ text: "I am" }), { stall: true }]] } }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await opened.send(threadId, "Hello");
    expect(await opened.command({ type: "remove-thread", threadId })).toEqual({ ok: true });
    await journal.until(() => journal.of("thread-removed")[0]);
    expect(opened.playground.state).toMatchObject({ threads: [], histories: [] });
    expect(await opened.command({ type: "send", threadId, text: "Hello?", selection: { provider: "pi" } })).toMatchObject({ ok: false, error: { code: "thread-unknown" } });
  });
});

describe("a stream that breaks a rule", () => {
  it("is reported in the journal, with the rule in the words of the list", async () => {
    const stamp = { provider: "pi", createdAt: "2026-01-01T00:00:00.000Z" };
    const { definition } = fakePi();
    const sent = Promise.withResolvers<string>();
    async function* events(): AsyncGenerator<ProviderRuntimeEvent> {
      const threadId = await sent.promise;
      yield { ...stamp, type: "turn.started", eventId: crypto.randomUUID(), threadId, turnId: "turn-1", payload: {} };
      yield { ...stamp, createdAt: "2026-01-01T00:00:00.001Z", type: "turn.started", eventId: crypto.randomUUID(), threadId, turnId: "turn-2", payload: {} };
    }
    const broken = {
      ...definition,
      create: (input: Parameters<typeof definition.create>[0]): Provider => {
        const provider = definition.create(input);
        return new Proxy(provider, {
          get: (target, name) => {
            if (name === "events") return events();
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === "function" ? (value.bind(target) as unknown) : value;
          },
        });
      },
    };
    const opened = await OpenedHost.open({ definitions: [broken] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    sent.resolve(threadId);
    const violation = await journal.until(() => journal.of("violation")[0]);
    expect(violation).toMatchObject({ threadId, rule: ruleTexts[0], detail: expect.stringContaining("turn-2") as string });
    expect(journal.state.rules).toContain(violation.rule);
  });
});
