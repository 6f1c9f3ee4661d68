import { describe, expect, it } from "vitest";
import { appendDelta, closeMessage, completeMessage, noTextItems, type TextItems } from "../../../src/domain/turn/text-items.js";
import type { AgentBlock } from "../../../src/ports/agent-messages.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

/** A message being written, and everything that was shown of it. */
class Message {
  items: TextItems = noTextItems("T1");
  readonly drafts: RuntimeEventDraft[] = [];

  write(block: number, delta: string, kind: "text" | "reasoning" = "text"): this {
    return this.#take(appendDelta(this.items, kind, block, delta));
  }

  complete(text: readonly AgentBlock[] = [], reasoning: readonly AgentBlock[] = []): this {
    return this.#take(completeMessage(this.items, { text, reasoning }));
  }

  close(): this {
    return this.#take(closeMessage(this.items));
  }

  /** What was shown, in short: `item +delta`, `item =completed text`. */
  get shown(): readonly string[] {
    return this.drafts.map((draft) => {
      if (draft.type === "content.delta") return `${draft.itemId} +${draft.payload.delta}`;
      return draft.type === "item.completed" ? `${draft.itemId} =${draft.payload.detail ?? ""}` : draft.type;
    });
  }

  #take(step: { readonly items: TextItems; readonly drafts: readonly RuntimeEventDraft[] }): this {
    this.items = step.items;
    this.drafts.push(...step.drafts);
    return this;
  }
}

const text0 = "T1:message-0:text-0";
const reasoning0 = "T1:message-0:reasoning-0";

describe("the text of a message", () => {
  it("is shown as it comes and completed with what was shown", () => {
    const message = new Message().write(0, "Hel").write(0, "lo").complete([{ block: 0, text: "Hello" }]);
    expect(message.drafts).toEqual([
      { type: "content.delta", turnId: "T1", itemId: text0, payload: { streamKind: "assistant_text", delta: "Hel" } },
      { type: "content.delta", turnId: "T1", itemId: text0, payload: { streamKind: "assistant_text", delta: "lo" } },
      { type: "item.completed", turnId: "T1", itemId: text0, payload: { itemType: "assistant_message", status: "completed", title: "Assistant message", detail: "Hello" } },
    ]);
  });

  it("is shown at its end if none of it was streamed", () => {
    expect(new Message().complete([{ block: 0, text: "Hello" }]).shown).toEqual([`${text0} +Hello`, `${text0} =Hello`]);
  });

  it("gets the tail that was not streamed as a last delta", () => {
    const message = new Message().write(0, "Hel").complete([{ block: 0, text: "Hello" }]);
    expect(message.shown).toEqual([`${text0} +Hel`, `${text0} +lo`, `${text0} =Hello`]);
  });

  it("stands as it was streamed even if the final text is another one", () => {
    const message = new Message().write(0, "Hello").complete([{ block: 0, text: "Help" }]);
    expect(message.shown).toEqual([`${text0} +Hello`, `${text0} =Hello`]);
  });

  it("waits with leading white space for something visible", () => {
    const message = new Message().write(0, "\n").write(0, "  ");
    expect(message.shown).toEqual([]);
    expect(message.write(0, "Hi").write(0, " \n").complete([{ block: 0, text: "\n  Hi \n" }]).shown).toEqual([`${text0} +\n  Hi`, `${text0} + \n`, `${text0} =\n  Hi \n`]);
  });

  it("counts held white space as streamed when the final text goes on from it", () => {
    expect(new Message().write(0, " \n").complete([{ block: 0, text: " \nHi" }]).shown).toEqual([`${text0} + \nHi`, `${text0} = \nHi`]);
  });

  it.each([
    ["nothing at all", new Message().complete()],
    ["only white space", new Message().write(0, " \n").complete([{ block: 0, text: " \n" }])],
    ["an empty delta", new Message().write(0, "").complete([{ block: 0, text: "" }])],
    ["white space that was never finished", new Message().write(0, " ").close()],
  ])("leaves no trace if it is %s", (_what, message) => {
    expect(message.drafts).toEqual([]);
  });

  it("makes an item of each block, completed in the order of the blocks", () => {
    const message = new Message().write(2, "after").write(0, "before").complete([
      { block: 0, text: "before" },
      { block: 2, text: "after" },
    ]);
    expect(message.shown).toEqual(["T1:message-0:text-2 +after", `${text0} +before`, `${text0} =before`, "T1:message-0:text-2 =after"]);
  });

  it("is completed as it stands if its message breaks off", () => {
    expect(new Message().write(0, "Hel").close().shown).toEqual([`${text0} +Hel`, `${text0} =Hel`]);
  });

  it("belongs to another item with each message", () => {
    const message = new Message().write(0, "one").complete([{ block: 0, text: "one" }]).write(0, "two").complete([{ block: 0, text: "two" }]);
    expect(message.shown.slice(2)).toEqual(["T1:message-1:text-0 +two", "T1:message-1:text-0 =two"]);
  });

  it("is closed once only", () => {
    expect(new Message().write(0, "Hi").close().close().shown).toEqual([`${text0} +Hi`, `${text0} =Hi`]);
  });
});

describe("the reasoning of a message", () => {
  it("has its own items and is completed without its text", () => {
    const message = new Message().write(0, "Hm", "reasoning").complete([], [{ block: 0, text: "Hm." }]);
    expect(message.drafts).toEqual([
      { type: "content.delta", turnId: "T1", itemId: reasoning0, payload: { streamKind: "reasoning_text", delta: "Hm" } },
      { type: "content.delta", turnId: "T1", itemId: reasoning0, payload: { streamKind: "reasoning_text", delta: "." } },
      { type: "item.completed", turnId: "T1", itemId: reasoning0, payload: { itemType: "reasoning", status: "completed", title: "Reasoning" } },
    ]);
  });

  it("is kept apart from text in a block of the same index", () => {
    const message = new Message().write(0, "Hm", "reasoning").write(0, "Hi").close();
    expect(message.shown).toEqual([`${reasoning0} +Hm`, `${text0} +Hi`, `${reasoning0} =`, `${text0} =Hi`]);
  });

  it("comes before the text when both are only known at the message's end", () => {
    const message = new Message().complete([{ block: 1, text: "Hi" }], [{ block: 0, text: "Hm" }]);
    expect(message.shown).toEqual([`${reasoning0} +Hm`, "T1:message-0:text-1 +Hi", `${reasoning0} =`, "T1:message-0:text-1 =Hi"]);
  });
});
