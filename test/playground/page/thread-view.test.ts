import { describe, expect, it } from "vitest";
import { chatRows, emptyView, withEvent, withMessage, type ChatRow, type ThreadView } from "../../../playground/page/state/thread-view.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import type { UserMessage } from "../../../playground/shared/protocol.js";
import { completed, delta, event, message, started } from "./journal.js";

type Step = RuntimeEventDraft | UserMessage;

const viewOf = (steps: readonly Step[]): ThreadView =>
  steps.reduce<ThreadView>((view, step) => ("messageId" in step ? withMessage(view, step) : withEvent(view, event(step))), emptyView("t"));

const told = (row: ChatRow): string => {
  if (row.type === "turn") return `turn ${row.turn.id}: ${row.messages.map((placed) => `${placed.message.text}@${placed.afterItems}`).join(", ")}`;
  return row.type === "waiting" ? `waiting: ${row.message.text}` : `aside: ${row.item.type}`;
};

const warning = (text: string, turnId?: string): RuntimeEventDraft => ({ type: "runtime.warning", ...(turnId === undefined ? {} : { turnId }), payload: { message: text } });

describe("a thread's rows", () => {
  it("join a message to its turn, whichever is told first", () => {
    expect(chatRows(viewOf([message("1", "Go"), started("1")])).map(told)).toEqual(["turn 1: Go@0"]);
    expect(chatRows(viewOf([started("1"), message("1", "Go")])).map(told)).toEqual(["turn 1: Go@0"]);
  });

  it("have a message wait at the end until its turn begins", () => {
    expect(chatRows(viewOf([message("1", "Go"), started("1"), completed("1"), message("2", "On")])).map(told)).toEqual(["turn 1: Go@0", "waiting: On"]);
  });

  it("put a message that steers behind what stood there when it came", () => {
    const view = viewOf([message("1", "Go"), started("1"), delta("1", "I do "), message("1", "Stop", true), delta("1", "it.")]);
    expect(chatRows(view).map(told)).toEqual(["turn 1: Go@0, Stop@1"]);
  });

  it("take a message once", () => {
    const view = viewOf([message("1", "Go"), started("1"), message("1", "Go")]);
    expect(view.messageCount).toBe(1);
  });

  it("show what was said between turns, unless the next turn says it again", () => {
    expect(chatRows(viewOf([warning("Careful."), started("1")])).map(told)).toEqual(["aside: notice", "turn 1: "]);
    expect(chatRows(viewOf([warning("Careful."), started("1"), warning("Careful.", "1")])).map(told)).toEqual(["turn 1: "]);
  });
});
