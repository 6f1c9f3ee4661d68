import { describe, expect, it } from "vitest";
import { ownChoice } from "../../../src/domain/inventory/thinking-level-policy.js";
import { spellOut, toHostModelSelection, toTurnSelection } from "../../../src/domain/picker/host-selection.js";
import { agentsOwnChoice, type ModelSelection } from "../../../src/domain/picker/model-selection.js";

const level = (value: string) => [{ id: "thinkingLevel", value }];

describe("what is spelled out", () => {
  it.each<[what: string, previous: ModelSelection | undefined, next: ModelSelection, sent: ModelSelection]>([
    ["nothing, for a thread that has not begun", undefined, { instanceId: "pi" }, { instanceId: "pi" }],
    ["what is chosen", undefined, { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi", model: "a/b", options: level("high") }],
    ["what is chosen, again", { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi", model: "a/b", options: level("high") }],
    ["the model that is the agent's own again", { instanceId: "pi", model: "a/b" }, { instanceId: "pi" }, { instanceId: "pi", model: "default" }],
    ["the option that is the agent's own again", { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi", model: "a/c", options: [] }, { instanceId: "pi", model: "a/c", options: level("default") }],
    ["an option of any type", { instanceId: "codex", options: [{ id: "fast", value: false }] }, { instanceId: "codex", options: level("low") }, { instanceId: "codex", options: [...level("low"), { id: "fast", value: "default" }] }],
    ["both", { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi" }, { instanceId: "pi", model: "default", options: level("default") }],
    ["nothing twice", { instanceId: "pi", model: "default", options: level("default") }, { instanceId: "pi" }, { instanceId: "pi" }],
    ["both, for another instance that goes on with the thread", { instanceId: "pi", model: "a/b", options: level("high") }, { instanceId: "pi-twin" }, { instanceId: "pi-twin", model: "default", options: level("default") }],
  ])("is %s", (_what, previous, next, sent) => {
    expect(spellOut({ previous, next })).toEqual(sent);
  });
});

describe("the word for the agent's own choice", () => {
  it("is the one that a provider of this package understands", () => {
    expect(agentsOwnChoice).toBe(ownChoice);
  });
});

describe("T3's older contract", () => {
  it("takes options under the provider's kind, by their ids", () => {
    const selection = { instanceId: "codex-work", model: "gpt-6-codex", options: [{ id: "reasoningEffort", value: "low" }, { id: "fastMode", value: true }] };
    expect(toTurnSelection({ driver: "codex", selection })).toEqual({ provider: "codex", model: "gpt-6-codex", modelOptions: { codex: { reasoningEffort: "low", fastMode: true } } });
  });

  it("takes nothing where nothing is chosen", () => {
    expect(toTurnSelection({ driver: "pi", selection: { instanceId: "pi", options: [] } })).toStrictEqual({ provider: "pi" });
  });

  it("carries the word for the agent's own choice", () => {
    const selection = spellOut({ previous: { instanceId: "pi", model: "a/b", options: level("high") }, next: { instanceId: "pi" } });
    expect(toTurnSelection({ driver: "pi", selection })).toEqual({ provider: "pi", model: "default", modelOptions: { pi: { thinkingLevel: "default" } } });
  });

  it("takes ids as they are, whatever they mean elsewhere", () => {
    const sent = toTurnSelection({ driver: "__proto__", selection: { instanceId: "x", options: [{ id: "__proto__", value: "a" }] } });
    expect(JSON.stringify(sent.modelOptions)).toBe('{"__proto__":{"__proto__":"a"}}');
  });
});

describe("T3's selection of today", () => {
  it("is the same, with what is chosen", () => {
    const selection = { instanceId: "pi", model: "a/b", options: level("high") };
    expect(toHostModelSelection(selection)).toStrictEqual(selection);
  });

  it("always names a model", () => {
    expect(toHostModelSelection({ instanceId: "pi", options: [] })).toStrictEqual({ instanceId: "pi", model: "default" });
  });
});
