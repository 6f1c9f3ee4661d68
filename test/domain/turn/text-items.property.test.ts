import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendDelta, completeMessage, noTextItems } from "../../../src/domain/turn/text-items.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

const piece = fc.oneof(fc.constantFrom("", " ", "\n", "\u2028", "a", "é", "👍", "word "), fc.string({ maxLength: 5 }));
const block = fc.nat(2);
const kind = fc.constantFrom("text" as const, "reasoning" as const);
const deltas = fc.array(fc.record({ kind, block, delta: piece }), { maxLength: 12 });
const blocks = fc.uniqueArray(fc.record({ block, text: fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")) }), { selector: (entry) => entry.block });

/** Everything that one message shows. */
const messageDrafts = fc.record({ deltas, text: blocks, reasoning: blocks }).map((message): readonly RuntimeEventDraft[] => {
  let items = noTextItems("T1");
  const drafts: RuntimeEventDraft[] = [];
  for (const { kind, block, delta } of message.deltas) {
    const step = appendDelta(items, kind, block, delta);
    items = step.items;
    drafts.push(...step.drafts);
  }
  drafts.push(...completeMessage(items, message).drafts);
  return drafts;
});

function streamedTo(itemId: string | undefined, drafts: readonly RuntimeEventDraft[]): string {
  return drafts.flatMap((draft) => (draft.type === "content.delta" && draft.itemId === itemId ? [draft.payload.delta] : [])).join("");
}

describe("any sequence of deltas and any final message", () => {
  it("completes each text item once, with exactly what was streamed to it, and nothing blank", () => {
    fc.assert(
      fc.property(messageDrafts, (drafts) => {
        const completed = drafts.filter((draft) => draft.type === "item.completed");
        for (const { itemId, payload } of completed) {
          const streamed = streamedTo(itemId, drafts);
          expect(streamed.trim()).not.toBe("");
          expect(payload.detail).toBe(payload.itemType === "assistant_message" ? streamed : undefined);
        }
        const begun = new Set(drafts.flatMap((draft) => (draft.type === "content.delta" ? [draft.itemId] : [])));
        expect(completed).toHaveLength(begun.size);
        expect(new Set(completed.map(({ itemId }) => itemId))).toEqual(begun);
      }),
    );
  });

  it("shows every delta after the first visible one, and the white space before it", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        let items = noTextItems("T1");
        let shown = "";
        for (const delta of pieces) {
          const step = appendDelta(items, "text", 0, delta);
          items = step.items;
          shown += streamedTo("T1:message-0:text-0", step.drafts);
        }
        const written = pieces.join("");
        expect(shown).toBe(written.trim() === "" ? "" : written);
      }),
    );
  });
});
