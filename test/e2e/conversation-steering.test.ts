import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RuntimeEventType } from "../../src/ports/runtime-event.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

describe.each(realPiVersions)("a second message in a turn of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "steered";

  it("reaches the model after the command that runs", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint, sandbox } = fixture;
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: "until [ -e go ]; do sleep 0.02; done; echo gone" } } }], [{ text: "Blue it is." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Paint the wall." });
    await log.first("item.started", (event) => event.turnId === turnId);
    const steered = await provider.sendTurn({ threadId, input: "In blue!" });
    await writeFile(join(sandbox.projectDir, "go"), "");
    const turn = await fixture.finished(turnId);

    expect(steered.turnId).toBe(turnId);
    expect(endpoint.requests.at(-1)).toMatchObject({ toolResults: ["gone\n"], lastUserText: "In blue!" });
    expect(turn.of("turn.started")).toHaveLength(1);
    expect(turn.of("item.completed")).toMatchObject([{ payload: { itemType: "command_execution", status: "completed" } }, { payload: { detail: "Blue it is." } }]);
    expect(turn.end.state).toBe("completed");
  });

  it("may be followed by a third and a fourth, and all of them count as that turn's", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint } = fixture;
    const goOn = Promise.withResolvers<void>();
    model.willAnswer([{ text: "One" }, { waitFor: goOn.promise }], [{ text: "Two" }], [{ text: "Three" }], [{ text: "Four" }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "First." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    const steers = await Promise.all(["Second.", "Third.", "Fourth."].map((input) => provider.sendTurn({ threadId, input })));
    goOn.resolve();
    await fixture.finished(turnId);

    expect(steers.map((steer) => steer.turnId)).toEqual([turnId, turnId, turnId]);
    expect(log.texts(turnId)).toEqual(["One", "Two", "Three", "Four"]);
    expect(spoken(endpoint.requests.at(-1), "user").slice(-4)).toEqual(["First.", "Second.", "Third.", "Fourth."]);
    expect(fixture.view(threadId)?.resumeCursor).toMatchObject({ turnMessages: expect.arrayContaining([4]) });
  });

  it("that asks for another model is taken in with a warning, and the model stays", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint } = fixture;
    const goOn = Promise.withResolvers<void>();
    model.willAnswer([{ text: "Well" }, { waitFor: goOn.promise }], [{ text: "Done." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Go." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await provider.sendTurn({ threadId, input: "Think!", model: "demo/thinker" });
    goOn.resolve();
    const turn = await fixture.finished(turnId);

    expect(turn.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringContaining("demo/plain") } }]);
    expect(endpoint.requests.at(-1)).toMatchObject({ model: "plain", lastUserText: "Think!" });
  });

  it.each<{ readonly moment: string; readonly awaited: RuntimeEventType }>([
    { moment: "as the last word is written", awaited: "content.delta" },
    { moment: "as the answer is whole", awaited: "item.completed" },
    { moment: "as the turn is completed", awaited: "turn.completed" },
  ])("is neither lost nor stuck when it comes $moment", async ({ awaited }) => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint } = fixture;
    for (const round of [1, 2, 3]) {
      const [first, late] = [`${awaited} ${round}`, `${awaited} ${round}, late`];
      const before = endpoint.requests.length;
      const goOn = Promise.withResolvers<void>();
      model.willAnswer([{ text: "So" }, { waitFor: awaited === "content.delta" ? goOn.promise : Promise.resolve() }], [{ text: `To ${late}` }]);
      const { turnId } = await provider.sendTurn({ threadId, input: first });
      await log.first(awaited, (event) => event.turnId === turnId);
      goOn.resolve();
      const sent = await provider.sendTurn({ threadId, input: late });
      await fixture.finished(turnId);
      const answered = await fixture.finished(sent.turnId);

      // Whether it came in time for that turn or began the next one is chance; that it is answered once is not.
      expect(answered.end.state).toBe("completed");
      expect(log.texts(sent.turnId).at(-1)).toBe(`To ${late}`);
      expect(endpoint.requests.slice(before).map(({ lastUserText }) => lastUserText)).toEqual([first, late]);
      expect(fixture.view(threadId)?.status).toBe("ready");
    }
  });
});
