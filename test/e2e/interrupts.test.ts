import { describe, expect, it, vi } from "vitest";
import { type ProviderFixture, realPiVersions, sharedProvider } from "./real-pi.js";
import { runningPrograms, uniqueSleep } from "./running-programs.js";
import { spoken } from "./scripted-model.js";

describe.each(realPiVersions)("interrupting Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "interrupts";

  it("while it writes keeps what it has written", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    model.willAnswer([{ text: "A long story begins" }, { waitFor: Promise.withResolvers().promise }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Tell me a story." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await provider.interruptTurn(threadId, turnId);
    const turn = await fixture.finished(turnId);

    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    expect(turn.of("runtime.error")).toEqual([]);
    expect(log.texts(turnId)).toEqual(["A long story begins"]);
    await expectAnswer(fixture, "Another one.");
  });

  it("while it runs a command ends the command, too", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    const sleep = uniqueSleep();
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: sleep.command } } }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Sleep." });
    await sleep.begun();
    await provider.interruptTurn(threadId, turnId);
    const turn = await fixture.finished(turnId);

    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    expect(turn.of("runtime.error")).toEqual([]);
    expect(turn.of("item.completed")).toMatchObject([{ payload: { itemType: "command_execution", status: "failed", title: "Command run interrupted", detail: "Interrupted" } }]);
    // Pi kills it and does not wait for its death.
    await vi.waitFor(() => expect(runningPrograms(sleep.argument)).toEqual([]), { timeout: 10_000 });
    await expectAnswer(fixture, "Awake?");
  });

  it("while the model has not said anything yet", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    model.willIgnore("Are you there?");
    const asked = model.nextRequest();
    const { turnId } = await provider.sendTurn({ threadId, input: "Are you there?" });
    await asked;
    await provider.interruptTurn(threadId);
    const turn = await fixture.finished(turnId);

    expect(turn.types).toEqual(["turn.started", "turn.completed"]);
    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    await expectAnswer(fixture, "Hello?");
  });

  it("as soon as its message was sent, whether the model was asked by then or not", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    model.willIgnore("Never mind.");
    const { turnId } = await provider.sendTurn({ threadId, input: "Never mind." });
    await provider.interruptTurn(threadId, turnId);
    const turn = await fixture.finished(turnId);

    expect(turn.types).toEqual(["turn.started", "turn.completed"]);
    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    await expectAnswer(fixture, "Something else.");
  });
});

async function expectAnswer(fixture: ProviderFixture, input: string): Promise<void> {
  const turn = await fixture.turn({ threadId: "interrupts", input }, [{ text: `You said: ${input}` }]);
  expect(fixture.log.texts(turn.turnId)).toEqual([`You said: ${input}`]);
  expect(turn.end.state).toBe("completed");
  expect(spoken(fixture.endpoint.requests.at(-1), "user").at(-1)).toBe(input);
}
