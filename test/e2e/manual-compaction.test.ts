import { describe, expect, it } from "vitest";
import type { SandboxModel } from "../../src/adapters/fake/agent-sandbox.js";
import { realPiVersions, withProvider, type ProviderFixture } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

const models: readonly SandboxModel[] = [{ id: "small", name: "Small", contextWindow: 10_000, maxTokens: 1_000 }];
/** Keeps the latest turn whole, so that everything before it is summarised. */
const settings = { compaction: { enabled: true, reserveTokens: 1_000, keepRecentTokens: 5 } };
const threadId = "thread";

async function conversation(fixture: ProviderFixture): Promise<void> {
  await fixture.start({ threadId });
  for (const text of ["Good morning!", "How are you?"]) await fixture.turn({ threadId, input: text }, [{ text: "Fine." }]);
}

describe.each(realPiVersions)("a compaction that the host asks Pi $version for", (pi) => {
  it("is a turn of its own, after which the conversation goes on with the summary", () =>
    withProvider({ pi, sandbox: { models, settings } }, async (fixture) => {
      await conversation(fixture);
      fixture.model.willAnswer([{ text: "They greeted each other." }]);
      const { turnId } = await fixture.provider.compactThread(threadId);
      const turn = await fixture.finished(turnId);

      expect(turn.types).toEqual(["turn.started", "thread.state.changed", "turn.completed"]);
      expect(turn.end).toMatchObject({ state: "completed" });
      expect(turn.of("thread.state.changed")).toMatchObject([{ payload: { state: "compacted", detail: { reason: "manual" } } }]);

      await fixture.turn({ threadId, input: "Where were we?" }, [{ text: "At the greeting." }]);
      expect(spoken(fixture.endpoint.requests.at(-1), "user")[0]).toContain("They greeted each other.");
    }));

  it("that Pi refuses is a turn that failed with Pi's words, and the next message works", () =>
    withProvider({ pi, sandbox: { models, settings } }, async (fixture) => {
      await fixture.start({ threadId });
      const { turnId } = await fixture.provider.compactThread(threadId);
      const turn = await fixture.finished(turnId);

      expect(turn.end).toMatchObject({ state: "failed", errorMessage: expect.stringMatching(/compact/i) });
      const next = await fixture.turn({ threadId, input: "Hello" }, [{ text: "Hi." }]);
      expect(next.end).toMatchObject({ state: "completed" });
    }));

  it("is refused while a turn runs", () =>
    withProvider({ pi, sandbox: { models, settings } }, async (fixture) => {
      await fixture.start({ threadId });
      const gate = Promise.withResolvers<void>();
      fixture.model.willAnswer([{ text: "Let me think" }, { waitFor: gate.promise }, { text: "." }]);
      const { turnId } = await fixture.provider.sendTurn({ threadId, input: "Hello" });
      await expect(fixture.provider.compactThread(threadId)).rejects.toMatchObject({ kind: "request", code: "busy" });
      gate.resolve();
      expect((await fixture.finished(turnId)).end).toMatchObject({ state: "completed" });
    }));
});
