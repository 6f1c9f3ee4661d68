import { describe, expect, it } from "vitest";
import type { SandboxModel } from "../../src/adapters/fake/agent-sandbox.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";

/** A dollar for an input token, and so on: what a turn costs can be reckoned in the head. */
const models: readonly SandboxModel[] = [{ id: "dear", contextWindow: 100_000, maxTokens: 8_000, cost: { input: 1e6, output: 10e6, cacheRead: 0.5e6, cacheWrite: 0 } }];

describe.each(realPiVersions)("what a turn with Pi $version used", (pi) => {
  const shared = sharedProvider({ pi, sandbox: { models } });
  const threadId = "usage";

  it("is told for all of its requests, and for the thread so far", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const first = await fixture.turn({ threadId, input: "Hello?" }, [{ text: "Hello." }, { usage: { inputTokens: 100, outputTokens: 7, cachedInputTokens: 40 } }]);
    const usage = { inputTokens: 60, outputTokens: 7, cachedInputTokens: 40, cacheWriteTokens: 0, totalTokens: 107 };
    expect(first.end).toMatchObject({ usage, totalCostUsd: 60 + 70 + 20 });
    expect(first.of("thread.token-usage.updated").map(({ payload }) => payload)).toEqual([{ usage: { totals: usage, totalCostUsd: 150, usedContextTokens: 107, contextWindow: 100_000 } }]);

    const second = await fixture.turn(
      { threadId, input: "Look around." },
      [{ toolCall: { name: "bash", arguments: { command: "true" } } }, { usage: { inputTokens: 200, outputTokens: 10 } }],
      [{ text: "Nothing there." }, { usage: { inputTokens: 300, outputTokens: 5 } }],
    );
    expect(second.end).toMatchObject({ usage: { inputTokens: 500, outputTokens: 15, cachedInputTokens: 0, totalTokens: 515 }, totalCostUsd: 650 });
    expect(second.of("thread.token-usage.updated")).toMatchObject([
      { payload: { usage: { totals: { inputTokens: 560, outputTokens: 22, cachedInputTokens: 40, totalTokens: 622 }, totalCostUsd: 800, usedContextTokens: 305 } } },
    ]);
  });

  it("counts what an interrupted turn had used before", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    model.willAnswer(
      [{ toolCall: { name: "bash", arguments: { command: "true" } } }, { usage: { inputTokens: 1_000, outputTokens: 1 } }],
      [{ text: "Well" }, { waitFor: Promise.withResolvers().promise }],
    );
    const { turnId } = await provider.sendTurn({ threadId, input: "Work." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await provider.interruptTurn(threadId, turnId);
    const turn = await fixture.finished(turnId);
    expect(turn.end).toMatchObject({ state: "interrupted", usage: { inputTokens: 1_000, outputTokens: 1 }, totalCostUsd: 1_010 });
  });
});
