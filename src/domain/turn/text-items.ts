import type { AgentBlock } from "../../ports/agent-messages.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";

/**
 * The text and reasoning of the assistant message that is being written. Each block becomes an item of its own: an agent may
 * write text, think, and write again within one message, and gluing those together would join sentences that are apart.
 *
 * A block shows nothing until it holds something visible, and is completed only if it did: a message that only plans a tool
 * call leaves no trace.
 */
export interface TextItems {
  readonly turnId: string;
  /** Counts the assistant messages of the turn, for item ids that are unique across threads. */
  readonly message: number;
  readonly blocks: readonly OpenBlock[];
}

interface OpenBlock {
  readonly kind: "text" | "reasoning";
  readonly block: number;
  readonly itemId: string;
  /** What was shown so far; empty while nothing visible has come. */
  readonly shown: string;
  /** Leading white space that waits for something visible. */
  readonly held: string;
}

export interface TextItemsStep {
  readonly items: TextItems;
  readonly drafts: readonly RuntimeEventDraft[];
}

const nothing: readonly RuntimeEventDraft[] = [];

export function noTextItems(turnId: string): TextItems {
  return { turnId, message: 0, blocks: [] };
}

/** Adds a delta to a block, opening it when it is new. */
export function appendDelta(items: TextItems, kind: OpenBlock["kind"], block: number, delta: string): TextItemsStep {
  if (delta === "") return { items, drafts: nothing };
  const index = items.blocks.findIndex((open) => open.block === block && open.kind === kind);
  const open = index === -1 ? { kind, block, itemId: itemIdOf(items, kind, block), shown: "", held: "" } : items.blocks[index];
  if (open === undefined) return { items, drafts: nothing };
  const step = grow(items, open, delta);
  const blocks = index === -1 ? [...items.blocks, step.block] : items.blocks.with(index, step.block);
  return { items: { ...items, blocks }, drafts: step.drafts };
}

/**
 * Completes the message with the agent's authoritative blocks. What was streamed stands: a host has shown it already. If the
 * final text goes on from there, the rest follows as a last delta.
 */
export function completeMessage(items: TextItems, final: { readonly text: readonly AgentBlock[]; readonly reasoning: readonly AgentBlock[] }): TextItemsStep {
  let current = items;
  const drafts: RuntimeEventDraft[] = [];
  for (const kind of ["reasoning", "text"] as const) {
    for (const { block, text } of final[kind]) {
      const step = appendDelta(current, kind, block, missingTail(current, kind, block, text));
      current = step.items;
      drafts.push(...step.drafts);
    }
  }
  const end = closeMessage(current);
  return { items: end.items, drafts: [...drafts, ...end.drafts] };
}

/** Completes whatever is open, as it stands: the message ended without its agent saying so. */
export function closeMessage(items: TextItems): TextItemsStep {
  const drafts = items.blocks
    .filter((open) => open.shown !== "")
    .sort((left, right) => left.block - right.block)
    .map((open) => completion(items, open));
  return { items: { ...items, message: items.message + 1, blocks: [] }, drafts };
}

function missingTail(items: TextItems, kind: OpenBlock["kind"], block: number, text: string): string {
  const open = items.blocks.find((candidate) => candidate.block === block && candidate.kind === kind);
  if (open === undefined) return text;
  const streamed = open.shown + open.held;
  return text.length > streamed.length && text.startsWith(streamed) ? text.slice(streamed.length) : "";
}

function grow(items: TextItems, open: OpenBlock, delta: string): { readonly block: OpenBlock; readonly drafts: readonly RuntimeEventDraft[] } {
  if (open.shown !== "") return { block: { ...open, shown: open.shown + delta }, drafts: [deltaOf(items, open, delta)] };
  const held = open.held + delta;
  if (!/\S/.test(delta)) return { block: { ...open, held }, drafts: nothing };
  return { block: { ...open, shown: held, held: "" }, drafts: [deltaOf(items, open, held)] };
}

function deltaOf(items: TextItems, open: OpenBlock, delta: string): RuntimeEventDraft {
  return {
    type: "content.delta",
    turnId: items.turnId,
    itemId: open.itemId,
    payload: { streamKind: open.kind === "text" ? "assistant_text" : "reasoning_text", delta },
  };
}

function completion(items: TextItems, open: OpenBlock): RuntimeEventDraft {
  return {
    type: "item.completed",
    turnId: items.turnId,
    itemId: open.itemId,
    payload:
      open.kind === "text"
        ? { itemType: "assistant_message", status: "completed", title: "Assistant message", detail: open.shown }
        : { itemType: "reasoning", status: "completed", title: "Reasoning" },
  };
}

function itemIdOf(items: TextItems, kind: OpenBlock["kind"], block: number): string {
  return `${items.turnId}:message-${items.message}:${kind}-${block}`;
}
