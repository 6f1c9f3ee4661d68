import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import { theAgentPid } from "./agent-pids.js";
import { withExtensions } from "./extensions.js";
import type { FinishedTurn } from "./finished-turn.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";

type Requested = Extract<ProviderRuntimeEvent, { type: "user-input.requested" }> & { readonly requestId: string };

/** The question that is asked first from now on. */
async function question(fixture: ProviderFixture, threadId: string): Promise<Requested> {
  const before = fixture.log.events.length;
  const event = await fixture.log.first("user-input.requested", (event) => event.threadId === threadId && fixture.log.events.indexOf(event) >= before);
  if (event.requestId === undefined) throw new Error("A question has no id.");
  return { ...event, requestId: event.requestId };
}

/** What the extension says it was answered. */
function answersTold(turn: FinishedTurn): readonly string[] {
  return turn.of("runtime.warning").map(({ payload }) => payload.message);
}

describe.each(realPiVersions)("a question of Pi $version", (pi) => {
  const shared = sharedProvider({ pi, sandbox: { settings: withExtensions("questions") }, provider: { session: { probeMs: 20 } } });
  const threadId = "questions";

  it.each([
    { way: "select", answer: "Blue", told: `"Blue"` },
    { way: "select", answer: "Green", told: `"Green"` },
    { way: "select", answer: "Cancel", told: "undefined" },
    { way: "confirm", answer: "Yes", told: "true" },
    { way: "confirm", answer: "No", told: "false" },
    { way: "confirm", answer: "Cancel", told: "false" },
    { way: "input", answer: "Grace Hopper", told: `"Grace Hopper"` },
    { way: "input", answer: "Cancel", told: "undefined" },
    { way: "editor", answer: "Buy paint.", told: JSON.stringify("Buy paint.\nPaint the wall.") },
    { way: "editor", answer: "Do nothing.\nReally.", told: JSON.stringify("Do nothing.\nReally.") },
    { way: "editor", answer: "Cancel", told: "undefined" },
  ])("is answered: $way with $answer", async ({ way, answer, told }) => {
    const fixture = shared();
    await fixture.session({ threadId });
    const asked = question(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: `/ask-${way}` });
    const { requestId, turnId: askedIn } = await asked;
    expect(askedIn).toBe(turnId);
    await fixture.provider.respondToUserInput(threadId, requestId, { answer });
    const turn = await fixture.finished(turnId);

    expect(turn.types).toEqual(["turn.started", "user-input.requested", "user-input.resolved", "runtime.warning", "turn.completed"]);
    expect(turn.of("user-input.resolved")).toMatchObject([{ requestId, payload: { answers: { answer } } }]);
    expect(answersTold(turn)).toEqual([`Answered: ${told}`]);
    expect(turn.end.state).toBe("completed");
  });

  it.each([
    { way: "select", header: "Which colour?", labels: ["Red", "Blue", "Cancel"] },
    { way: "confirm", header: "Go on?", question: "The wall will be painted.", labels: ["Yes", "No", "Cancel"] },
    { way: "input", header: "What is your name?", labels: ["Cancel"] },
    { way: "editor", header: "Your plan", labels: ["Buy paint.", "Cancel"] },
  ])("is shown with its choices and a way out: $way", async ({ way, header, question: text = header, labels }) => {
    const fixture = shared();
    await fixture.session({ threadId });
    const asked = question(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: `/ask-${way}` });
    const { requestId, payload } = await asked;
    expect(payload.questions).toMatchObject([{ header, question: text }]);
    expect(payload.questions[0]?.options.map(({ label }) => label)).toEqual(labels);
    await fixture.provider.respondToUserInput(threadId, requestId, {});
    const turn = await fixture.finished(turnId);
    expect(turn.end.state).toBe("completed");
  });

  it("is taken away when its time is up", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const asked = question(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: "/ask-briefly" });
    const { requestId } = await asked;
    const turn = await fixture.finished(turnId);

    expect(turn.of("user-input.resolved")).toMatchObject([{ requestId, payload: { answers: {} } }]);
    expect(answersTold(turn)).toEqual(["Answered: undefined"]);
    await expectUnknown(fixture, requestId);
  });

  it("is answered once; a second answer takes the prompt away", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const asked = question(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: "/ask-select" });
    const { requestId } = await asked;
    const [first, second] = await Promise.allSettled([
      fixture.provider.respondToUserInput(threadId, requestId, { answer: "Red" }),
      fixture.provider.respondToUserInput(threadId, requestId, { answer: "Blue" }),
    ]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "request-unknown" } });
    expect(answersTold(await fixture.finished(turnId))).toEqual([`Answered: "Red"`]);
    await expectUnknown(fixture, requestId);
    await expectUnknown(fixture, "made up");
  });

  it("about a tool stands between the tool's start and its end", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    for (const { answer, path, status } of [
      { answer: "Yes", path: "wanted.txt", status: "completed" },
      { answer: "No", path: "unwanted.txt", status: "failed" },
    ]) {
      model.willAnswer([{ toolCall: { name: "write", arguments: { path, content: "text" } } }], [{ text: "Well." }]);
      const asked = question(fixture, threadId);
      const { turnId } = await provider.sendTurn({ threadId, input: `Write ${path}.` });
      const { requestId, payload } = await asked;
      expect(payload.questions).toMatchObject([{ header: "Write a file?", question: path }]);
      await provider.respondToUserInput(threadId, requestId, { answer });
      const turn = await fixture.finished(turnId);
      expect(turn.types.slice(1, 6)).toEqual(["item.started", "item.updated", "user-input.requested", "user-input.resolved", "item.completed"]);
      expect(turn.of("item.completed")[0]).toMatchObject({ payload: { itemType: "file_change", status } });
      expect(existsSync(join(fixture.sandbox.projectDir, path))).toBe(status === "completed");
    }
  });

  it("is cancelled by an interrupt", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    for (const input of ["/ask-select", "Write a file."]) {
      if (input.startsWith("Write")) model.willAnswer([{ toolCall: { name: "write", arguments: { path: "never.txt", content: "" } } }]);
      const asked = question(fixture, threadId);
      const { turnId } = await provider.sendTurn({ threadId, input });
      const { requestId } = await asked;
      // Pi may ask the model what to do about the tool that was not allowed before it hears of the abort.
      model.willIgnore(input);
      await provider.interruptTurn(threadId, turnId);
      const turn = await fixture.finished(turnId);
      expect(turn.of("user-input.resolved")).toMatchObject([{ requestId, payload: { answers: {} } }]);
      expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
      await expectUnknown(fixture, requestId);
      const next = await fixture.turn({ threadId, input: "Go on." }, [{ text: "All right." }]);
      expect(next.end.state).toBe("completed");
    }
    expect(existsSync(join(fixture.sandbox.projectDir, "never.txt"))).toBe(false);
  });

  it.each([
    { end: "its session is stopped", state: "interrupted", act: (fixture: ProviderFixture) => fixture.provider.stopSession(threadId) },
    { end: "Pi dies", state: "failed", act: async () => process.kill(await theAgentPid(), "SIGKILL") },
  ])("is taken away when $end", async ({ state, act }) => {
    const fixture = shared();
    await fixture.session({ threadId });
    const asked = question(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: "/ask-editor" });
    const { requestId } = await asked;
    await act(fixture);
    const turn = await fixture.finished(turnId);

    expect(turn.of("user-input.resolved")).toMatchObject([{ requestId, payload: { answers: {} } }]);
    expect(turn.end.state).toBe(state);
    expect(fixture.provider.hasSession(threadId)).toBe(false);
    const before = fixture.log.events.length;
    await expect(fixture.provider.respondToUserInput(threadId, requestId, { answer: "Too late" })).rejects.toMatchObject({ kind: "session-not-found" });
    await fixture.delivered();
    expect(fixture.log.events.slice(before)).toMatchObject([{ type: "user-input.resolved", threadId, requestId }]);
  });

  async function expectUnknown(fixture: ProviderFixture, requestId: string): Promise<void> {
    const before = fixture.log.events.length;
    await expect(fixture.provider.respondToUserInput(threadId, requestId, { answer: "Too late" })).rejects.toMatchObject({ kind: "validation", code: "request-unknown" });
    await fixture.delivered();
    // T3 keeps its prompt, and the composer with it, until it hears this.
    expect(fixture.log.events.slice(before)).toMatchObject([{ type: "user-input.resolved", requestId, payload: { answers: {} } }]);
  }
});

describe.each(realPiVersions)("an extension of Pi $version", (pi) => {
  it("that asks before the session has begun is told no, and holds nothing up", async () => {
    await withProvider({ pi, sandbox: { settings: withExtensions("question-at-start", "decoration") } }, async (fixture) => {
      const threadId = "asked at the start";
      await fixture.start({ threadId });
      const turn = await fixture.turn({ threadId, input: "Hello?" }, [{ text: "Hello." }]);

      // Said when it happens, and again as the turn's first word, where T3's user reads it.
      expect(fixture.log.of("runtime.warning")[0]).toMatchObject({ payload: { message: expect.stringContaining("was dismissed") } });
      expect(fixture.log.of("runtime.warning")[0]).not.toHaveProperty("turnId");
      expect(answersTold(turn)).toEqual([expect.stringContaining("was dismissed"), "Answered: [false]"]);
      expect(fixture.log.of("user-input.requested")).toEqual([]);
      expect(turn.end.state).toBe("completed");

      const decorated = await fixture.turn({ threadId, input: "/decorate" });
      expect(decorated.types).toEqual(["turn.started", "turn.completed"]);
      expect(decorated.end.state).toBe("completed");
    });
  });

  it("that waits for such an answer keeps Pi from starting, which is told", async () => {
    await withProvider({ pi, sandbox: { settings: withExtensions("awaited-question-at-start") } }, async (fixture) => {
      await expect(fixture.start({ threadId: "held up" })).rejects.toMatchObject({ code: "start-failed", detail: expect.stringContaining("extensions waits for the answer") });
    });
  });
});
