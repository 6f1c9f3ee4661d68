import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type ProviderFixture, realPiVersions, sharedProvider } from "./real-pi.js";
import { uniqueSleep } from "./running-programs.js";
import { spoken } from "./scripted-model.js";

const threadId = "interrupted";
const never = Promise.withResolvers<never>().promise;

/** The turn that follows an interrupt knows nothing of what was called off. */
async function expectCleanTurn(fixture: ProviderFixture, input: string): Promise<void> {
  const before = fixture.endpoint.requests.length;
  const turn = await fixture.turn({ threadId, input }, [{ text: `You said: ${input}` }]);
  expect(turn.end.state).toBe("completed");
  expect(fixture.log.texts(turn.turnId)).toEqual([`You said: ${input}`]);
  expect(fixture.endpoint.requests.slice(before).map((request) => spoken(request, "user").at(-1))).toEqual([input]);
}

/** Stop means stop: the model hears nothing of what was still waiting, neither now nor with the next message. */
async function expectTakenBack(fixture: ProviderFixture, turn: { readonly turnId: string; readonly resumeCursor?: unknown; readonly said: readonly string[] }): Promise<void> {
  const before = fixture.endpoint.requests.length;
  for (const text of turn.said) fixture.model.willIgnore(text);
  await fixture.provider.interruptTurn(threadId, turn.turnId);
  expect((await fixture.finished(turn.turnId)).end).toMatchObject({ state: "interrupted", stopReason: "abort" });
  // A Pi that cannot forget its queue may have been ended for it.
  await fixture.session({ threadId, resumeCursor: turn.resumeCursor });
  await expectCleanTurn(fixture, `After "${turn.said[0]}"`);
  expect(fixture.endpoint.requests.slice(before).flatMap((request) => spoken(request, "user")).filter((text) => turn.said.includes(text))).toEqual([]);
}

describe.each(realPiVersions)("an interrupt of Pi $version", (pi) => {
  const shared = sharedProvider({ pi, sandbox: { settings: { retry: { enabled: true, maxRetries: 3, baseDelayMs: 60_000 } } } });

  it("that comes before Pi has answered the prompt", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    model.willIgnore("Never mind.");
    const sent = provider.sendTurn({ threadId, input: "Never mind." });
    while (fixture.view(threadId)?.status !== "running") await setImmediate();
    await provider.interruptTurn(threadId);
    const { turnId } = await sent;
    const turn = await fixture.finished(turnId);

    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    await expectCleanTurn(fixture, "After the first.");
  });

  it("takes back what was said into the turn and not taken up yet, while a command runs", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model } = fixture;
    const sleep = uniqueSleep();
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: sleep.command } } }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Sleep." });
    await sleep.begun();
    const steers = await Promise.all(["Then dream.", "Then wake up."].map((input) => provider.sendTurn({ threadId, input })));
    expect(steers.map((steer) => steer.turnId)).toEqual([turnId, turnId]);
    await expectTakenBack(fixture, { turnId, resumeCursor, said: ["Then dream.", "Then wake up."] });
  });

  it("takes back what was said into the turn and not taken up yet, while the model speaks", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    model.willAnswer([{ text: "Once upon a time" }, { waitFor: never }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Tell a story." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await provider.sendTurn({ threadId, input: "A short one!" });
    await expectTakenBack(fixture, { turnId, resumeCursor, said: ["A short one!"] });
    expect(log.texts(turnId)).toEqual(["Once upon a time"]);
  });

  it("while Pi waits before it tries again", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    model.willAnswer([{ httpError: { status: 500, message: "The server had an error." } }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Try." });
    const warning = await log.first("runtime.warning", (event) => event.turnId === turnId);
    expect(warning.payload.message).toMatch(/^Retrying \(1\/3\) in 60 s/);
    await provider.interruptTurn(threadId, turnId);
    const turn = await fixture.finished(turnId);

    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    expect(turn.of("runtime.error")).toEqual([]);
    await expectCleanTurn(fixture, "After the fourth.");
  });

  it("that comes twice, or for a turn that is over, does nothing more", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    model.willAnswer([{ text: "Well" }, { waitFor: never }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Speak." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await Promise.all([provider.interruptTurn(threadId, turnId), provider.interruptTurn(threadId)]);
    await fixture.finished(turnId);
    await provider.interruptTurn(threadId, turnId);
    model.willAnswer([{ text: "Still here" }, { waitFor: Promise.resolve() }, { text: "." }]);
    const next = await provider.sendTurn({ threadId, input: "Once more." });
    await provider.interruptTurn(threadId, turnId);
    expect((await fixture.finished(next.turnId)).end.state).toBe("completed");
    expect(log.texts(next.turnId)).toEqual(["Still here."]);
  });
});
