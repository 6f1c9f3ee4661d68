import type { AgentEvent, AgentMessageEnded, AgentUsage } from "../../ports/agent-messages.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import { cutText, headline } from "./bounded-data.js";
import { appendDelta, closeMessage, completeMessage, noTextItems, type TextItems } from "./text-items.js";
import { closeTools, endTool, noToolItems, startTool, type ToolItems } from "./tool-items.js";
import { addUsage, noUsage } from "./usage.js";

/**
 * What a turn has shown so far, and how the agent's events become T3's. Pure: `(view, event) → (view, drafts)`.
 *
 * Many of the agent's steps are one turn; the lifecycle events of a turn are not made here but by the session's state machine,
 * which alone knows when a turn begins and ends.
 */
export interface TurnView {
  readonly turnId: string;
  readonly text: TextItems;
  readonly tools: ToolItems;
  /** Texts of the user that reached the model: the prompt, and what steered. */
  readonly userMessages: number;
  /** Summed over the turn's assistant messages. */
  readonly usage: AgentUsage;
  /** Why the latest attempt failed, in the agent's words; cleared when a retry or a later message succeeds. */
  readonly failure?: string;
  /** How the latest assistant message ended, as the agent said it. */
  readonly stopReason?: AgentMessageEnded["stopReason"];
}

export interface Projection {
  readonly view: TurnView;
  readonly drafts: readonly RuntimeEventDraft[];
}

const nothing: readonly RuntimeEventDraft[] = [];

export function newTurnView(turnId: string): TurnView {
  return { turnId, text: noTextItems(turnId), tools: noToolItems(turnId), userMessages: 0, usage: noUsage };
}

export function projectEvent(view: TurnView, event: AgentEvent, options: { readonly interrupted: boolean }): Projection {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta": {
      const step = appendDelta(view.text, event.type === "text-delta" ? "text" : "reasoning", event.block, event.delta);
      return step.items === view.text ? { view, drafts: nothing } : { view: { ...view, text: step.items }, drafts: step.drafts };
    }
    case "message-started":
      return event.role === "assistant" && view.text.blocks.length > 0 ? closeText(view) : { view, drafts: nothing };
    case "message-ended":
      if (event.role === "user") return { view: { ...view, userMessages: view.userMessages + 1 }, drafts: nothing };
      return event.role === "assistant" ? endMessage(view, event) : { view, drafts: nothing };
    case "tool-started": {
      const step = startTool(view.tools, event);
      return { view: { ...view, tools: step.items }, drafts: step.drafts };
    }
    case "tool-ended": {
      const step = endTool(view.tools, event, options);
      return { view: { ...view, tools: step.items }, drafts: step.drafts };
    }
    case "retry-started":
      return { view, drafts: [warning(view, retryText(event))] };
    case "retry-ended":
      return { view: event.success ? withoutFailure(view) : withFailure(view, event.errorMessage), drafts: nothing };
    case "compaction-ended":
      return endCompaction(view, event);
    case "extension-failed":
      return { view, drafts: [warning(view, `The extension ${cutText(event.extension, 200)} failed in ${cutText(event.event, 100)}.`)] };
    case "notice": {
      const text = headline(event.text, 500);
      return { view, drafts: text === undefined || event.severity === "info" ? nothing : [warning(view, text)] };
    }
    default:
      return { view, drafts: nothing };
  }
}

/** Ends every open item, because the turn ends now. `reason` is shown on tools that did not finish. */
export function closeItems(view: TurnView, reason: string): Projection {
  const text = closeText(view);
  const tools = closeTools(text.view.tools, reason);
  return { view: { ...text.view, tools: tools.items }, drafts: [...text.drafts, ...tools.drafts] };
}

function closeText(view: TurnView): Projection {
  const step = closeMessage(view.text);
  return { view: { ...view, text: step.items }, drafts: step.drafts };
}

function endMessage(view: TurnView, event: AgentMessageEnded): Projection {
  const step = completeMessage(view.text, event);
  const ended: TurnView = {
    ...withoutFailure(view),
    text: step.items,
    usage: event.usage === undefined ? view.usage : addUsage(view.usage, event.usage),
    stopReason: event.stopReason,
  };
  return {
    view: event.stopReason === "error" ? withFailure(ended, event.errorMessage ?? "The model request failed without a reason.") : ended,
    drafts: step.drafts,
  };
}

function endCompaction(view: TurnView, event: Extract<AgentEvent, { type: "compaction-ended" }>): Projection {
  if (event.aborted) return { view, drafts: nothing };
  if (event.errorMessage !== undefined && event.reason === "manual") return { view: withFailure(view, event.errorMessage), drafts: nothing };
  if (event.errorMessage !== undefined) return { view, drafts: [warning(view, event.errorMessage)] };
  const draft = compactedDraft(event, view.turnId);
  // The overflow that made this compaction necessary is dealt with once the run goes on.
  return { view: event.willContinue ? withoutFailure(view) : view, drafts: [draft] };
}

/** The conversation was shortened; with or without a turn. */
export function compactedDraft(event: Extract<AgentEvent, { type: "compaction-ended" }>, turnId: string | undefined): RuntimeEventDraft {
  const detail = {
    reason: event.reason,
    ...(event.tokensBefore === undefined ? {} : { tokensBefore: event.tokensBefore }),
    ...(event.tokensAfter === undefined ? {} : { tokensAfter: event.tokensAfter }),
  };
  return { type: "thread.state.changed", ...(turnId === undefined ? {} : { turnId }), payload: { state: "compacted", detail } };
}

function retryText(event: Extract<AgentEvent, { type: "retry-started" }>): string {
  const seconds = Math.max(1, Math.round(event.delayMs / 1000));
  const reason = headline(event.errorMessage, 500);
  return `Retrying (${event.attempt}/${event.maxAttempts}) in ${seconds} s${reason === undefined ? "" : `: ${reason}`}`;
}

function warning(view: TurnView, message: string): RuntimeEventDraft {
  return { type: "runtime.warning", turnId: view.turnId, payload: { message: cutText(message.trim() === "" ? "Unnamed warning" : message, 1_000) } };
}

function withFailure(view: TurnView, message: string | undefined): TurnView {
  const failure = message === undefined ? view.failure : cutText(message.trim(), 2_000);
  return failure === undefined ? view : { ...view, failure: failure === "" ? "The agent reported an error without words." : failure };
}

function withoutFailure(view: TurnView): TurnView {
  if (view.failure === undefined) return view;
  const { failure: _dealtWith, ...rest } = view;
  return rest;
}
