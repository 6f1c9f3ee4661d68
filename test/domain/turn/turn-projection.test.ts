import { describe, expect, it } from "vitest";
import { closeItems, compactedDraft, newTurnView, projectEvent, type TurnView } from "../../../src/domain/turn/turn-projection.js";
import type { AgentEvent, AgentMessageEnded } from "../../../src/ports/agent-messages.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

type Shown = { readonly view: TurnView; readonly drafts: readonly RuntimeEventDraft[] };

function play(...events: readonly AgentEvent[]): Shown {
  let shown: Shown = { view: newTurnView("T1"), drafts: [] };
  for (const event of events) {
    const { view, drafts } = projectEvent(shown.view, event, { interrupted: false });
    shown = { view, drafts: [...shown.drafts, ...drafts] };
  }
  return shown;
}

function messageEnded(change: Partial<AgentMessageEnded> = {}): AgentMessageEnded {
  return { type: "message-ended", role: "assistant", text: [], reasoning: [], stopReason: "stop", ...change };
}

const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 15, costUsd: 0.25 };
const textDelta: AgentEvent = { type: "text-delta", block: 0, delta: "Hello" };
const toolStarted: AgentEvent = { type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} };
const toolFailed: AgentEvent = { type: "tool-ended", toolCallId: "c1", toolName: "bash", failed: true, output: "no" };
const compacted: Extract<AgentEvent, { type: "compaction-ended" }> = { type: "compaction-ended", reason: "overflow", willContinue: true, aborted: false, tokensBefore: 100, tokensAfter: 20 };

function typesOf({ drafts }: Shown): readonly string[] {
  return drafts.map(({ type }) => type);
}

function warningsOf({ drafts }: Shown): readonly string[] {
  return drafts.flatMap((draft) => (draft.type === "runtime.warning" ? [draft.payload.message] : []));
}

describe("the agent's events in a turn", () => {
  it("show text, reasoning and tools as items", () => {
    const shown = play({ type: "reasoning-delta", block: 0, delta: "Hm" }, textDelta, messageEnded(), toolStarted, toolFailed);
    expect(typesOf(shown)).toEqual(["content.delta", "content.delta", "item.completed", "item.completed", "item.started", "item.updated", "item.completed"]);
    expect(new Set(shown.drafts.map(({ turnId }) => turnId))).toEqual(new Set(["T1"]));
  });

  it("complete a message that breaks off when the next one begins", () => {
    expect(typesOf(play(textDelta, { type: "message-started", role: "assistant" }))).toEqual(["content.delta", "item.completed"]);
  });

  it("leave a message alone when a message of someone else begins", () => {
    expect(typesOf(play(textDelta, { type: "message-started", role: "tool" }))).toEqual(["content.delta"]);
  });

  it("show nothing of messages that are not the assistant's", () => {
    expect(play(messageEnded({ role: "tool", text: [{ block: 0, text: "output" }] }), messageEnded({ role: "system", text: [{ block: 0, text: "rules" }] })).drafts).toEqual([]);
  });

  it("count what the user said and what it cost", () => {
    const { view, drafts } = play(messageEnded({ role: "user", text: [{ block: 0, text: "hi" }] }), messageEnded({ usage }), messageEnded({ usage }), messageEnded({ role: "user" }));
    expect(view).toMatchObject({ userMessages: 2, usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30, costUsd: 0.5 } });
    expect(drafts).toEqual([]);
  });

  it("word a tool's failure as an interrupt once the turn is interrupted", () => {
    const { view } = play(toolStarted);
    expect(projectEvent(view, toolFailed, { interrupted: true }).drafts[0]?.payload).toMatchObject({ title: "Command run interrupted" });
  });

  it.each<[what: string, event: AgentEvent, warnings: readonly string[]]>([
    ["a retry", { type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 2_400, errorMessage: "Overloaded.\nDetails" }, ["Retrying (1/3) in 2 s: Overloaded."]],
    ["a retry without a reason", { type: "retry-started", attempt: 2, maxAttempts: 3, delayMs: 1, errorMessage: " " }, ["Retrying (2/3) in 1 s"]],
    ["an extension that fails", { type: "extension-failed", extension: "lint", event: "tool_call" }, ["The extension lint failed in tool_call."]],
    ["a compaction that fails", { ...compacted, errorMessage: "Too long." }, ["Too long."]],
    ["a compaction that fails without words", { ...compacted, errorMessage: " " }, ["Unnamed warning"]],
    ["a warning", { type: "notice", severity: "warning", text: "\nMind the gap.\n" }, ["Mind the gap."]],
    ["an error that is only shown", { type: "notice", severity: "error", text: "No network." }, ["No network."]],
    ["no information", { type: "notice", severity: "info", text: "All is well." }, []],
    ["no blank notice", { type: "notice", severity: "error", text: " " }, []],
  ])("warn of %s", (_what, event, warnings) => {
    const shown = play(event);
    expect(warningsOf(shown)).toEqual(warnings);
    expect(shown.drafts).toHaveLength(warnings.length);
  });

  it.each<AgentEvent>([
    { type: "run-started" },
    { type: "run-ended", willRetry: false },
    { type: "settled", aborted: false },
    { type: "step-started" },
    { type: "tool-progressed", toolCallId: "c1", outputBytes: 10 },
    { type: "queue-changed", queued: 1 },
    { type: "ignored", recordType: "status" },
    { type: "unrecognised", recordType: "new" },
    { ...compacted, aborted: true },
  ])("show nothing for $type", (event) => {
    const view = newTurnView("T1");
    expect(projectEvent(view, event, { interrupted: false })).toEqual({ view, drafts: [] });
  });

  it("tell of a compaction with what it saved", () => {
    expect(play(compacted).drafts).toEqual([{ type: "thread.state.changed", turnId: "T1", payload: { state: "compacted", detail: { reason: "overflow", tokensBefore: 100, tokensAfter: 20 } } }]);
    expect(compactedDraft(compacted, undefined)).not.toHaveProperty("turnId");
  });
});

describe("the failure of a turn", () => {
  const failed = messageEnded({ stopReason: "error", errorMessage: " Overloaded. " });
  const retried: AgentEvent = { type: "retry-ended", success: true };

  it.each<[what: string, events: readonly AgentEvent[], failure: string | undefined]>([
    ["is the model's own word", [failed], "Overloaded."],
    ["has words even if the model had none", [messageEnded({ stopReason: "error" })], "The model request failed without a reason."],
    ["is never blank", [messageEnded({ stopReason: "error", errorMessage: " " })], "The agent reported an error without words."],
    ["is forgotten when a retry succeeds", [failed, retried], undefined],
    ["is forgotten when a later message succeeds", [failed, messageEnded()], undefined],
    ["is the last word when the retries are used up", [failed, { type: "retry-ended", success: false, errorMessage: "Gave up." }], "Gave up."],
    ["stands when the retries are used up without a word", [failed, { type: "retry-ended", success: false }], "Overloaded."],
    ["is forgotten when a compaction lets the run go on", [failed, compacted], undefined],
    ["stands when a compaction ends the run", [failed, { ...compacted, willContinue: false }], "Overloaded."],
    ["is no failure where the message was stopped", [messageEnded({ stopReason: "aborted" })], undefined],
  ])("%s", (_what, events, failure) => {
    expect(play(...events).view.failure).toBe(failure);
  });

  it("is bounded", () => {
    expect(play(messageEnded({ stopReason: "error", errorMessage: "x".repeat(5_000) })).view.failure).toHaveLength(2_000);
  });

  it("leaves the text that came before it", () => {
    expect(typesOf(play(textDelta, failed))).toEqual(["content.delta", "item.completed"]);
  });
});

describe("the end of a turn", () => {
  it("completes the text and ends the tools that are open", () => {
    const { drafts, view } = closeItems(play(toolStarted, textDelta).view, "Interrupted");
    expect(drafts.map(({ type, itemId }) => `${type} ${itemId}`)).toEqual(["item.completed T1:message-0:text-0", "item.completed T1:tool-0"]);
    expect(closeItems(view, "Interrupted").drafts).toEqual([]);
  });
});
