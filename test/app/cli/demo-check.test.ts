import { describe, expect, it } from "vitest";
import { check, checkHeard, checkTurn, DemoFailure } from "../../../src/app/cli/demo/check.js";
import { EventLog } from "../../../src/domain/turn/event-log.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

async function logOf(...drafts: readonly RuntimeEventDraft[]): Promise<EventLog> {
  async function* events(): AsyncGenerator<ProviderRuntimeEvent> {
    for (const [index, draft] of drafts.entries()) {
      yield {
        ...draft,
        eventId: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
        provider: "pi",
        threadId: "demo",
        createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      };
    }
  }
  const log = new EventLog(events());
  await log.ended;
  return log;
}

const turn = { turnId: "turn", answer: "Done." };
const started: RuntimeEventDraft = { type: "turn.started", turnId: "turn", payload: {} };
const said = (text: string): readonly RuntimeEventDraft[] => [
  { type: "content.delta", turnId: "turn", itemId: "item", payload: { streamKind: "assistant_text", delta: text } },
  { type: "item.completed", turnId: "turn", itemId: "item", payload: { itemType: "assistant_message", detail: text } },
];
const completed: RuntimeEventDraft = { type: "turn.completed", turnId: "turn", payload: { state: "completed" } };
const interrupted: RuntimeEventDraft = { type: "turn.completed", turnId: "turn", payload: { state: "interrupted" } };

describe("checkTurn", () => {
  it("is content with a turn that is as it was to be", async () => {
    const log = await logOf(started, ...said("Done."), completed);
    expect(() => checkTurn(log, turn)).not.toThrow();
  });

  it("is content with a turn that was to end otherwise and did", async () => {
    const log = await logOf(started, ...said("Done."), interrupted);
    expect(() => checkTurn(log, { ...turn, state: "interrupted" })).not.toThrow();
  });

  it.each([
    ["did not end", [started, ...said("Done.")], "the turn was to be completed and is unfinished."],
    ["was interrupted", [started, ...said("Done."), interrupted], "the turn was to be completed and is interrupted."],
    ["said something else", [started, ...said("No."), completed], 'Pi was to say "Done." and said "No.".'],
    ["said nothing", [started, completed], 'Pi was to say "Done." and said "".'],
    ["broke a rule", [...said("Done."), started, completed], "the events broke rule 2: "],
  ] as readonly (readonly [string, readonly RuntimeEventDraft[], string])[])("fails for a turn that %s", async (_name, drafts, reason) => {
    const log = await logOf(...drafts);
    expect(() => checkTurn(log, turn)).toThrow(`The demo failed: ${reason}`);
  });
});

describe("checkHeard", () => {
  it("is content with the same messages in the same order", () => {
    expect(() => checkHeard(["One.", "Two."], ["One.", "Two."])).not.toThrow();
    expect(() => checkHeard([], [])).not.toThrow();
  });

  it.each([
    [["One."], '"One."'],
    [["One.", "Two.", "Three."], '"One.", "Two.", "Three."'],
    [["Two.", "One."], '"Two.", "One."'],
    [[], "nothing"],
  ])("fails for %j", (heard, named) => {
    expect(() => checkHeard(heard, ["One.", "Two."])).toThrow(`The demo failed: the model was to hear "One.", "Two." and heard ${named}.`);
  });
});

describe("check", () => {
  it("ends the demo with its reason", () => {
    expect(() => check(true, "never said")).not.toThrow();
    expect(() => check(false, "it is not so.")).toThrow(new DemoFailure("it is not so."));
  });
});
