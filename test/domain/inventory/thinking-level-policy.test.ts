import { describe, expect, it } from "vitest";
import { optionDescriptorsOf, ownChoice, refuseLevel, thinkingOptionId } from "../../../src/domain/inventory/thinking-level-policy.js";
import { readModelSlug } from "../../../src/domain/inventory/model-slug.js";

describe("the thinking levels on offer", () => {
  it("are the agent's own, in its order, with labels to read", () => {
    expect(optionDescriptorsOf({ levels: ["off", "minimal", "low", "medium", "high", "xhigh", "max"], defaultLevel: "medium" })).toEqual([
      {
        id: "thinkingLevel",
        label: "Thinking",
        type: "select",
        options: [
          { id: "off", label: "Off" },
          { id: "minimal", label: "Minimal" },
          { id: "low", label: "Low" },
          { id: "medium", label: "Medium", isDefault: true },
          { id: "high", label: "High" },
          { id: "xhigh", label: "Extra high" },
          { id: "max", label: "Max" },
        ],
      },
    ]);
  });

  it.each([
    ["ultra", "Ultra"],
    ["deep-think", "Deep-think"],
    ["élevé", "Élevé"],
    ["8k", "8k"],
    ["constructor", "Constructor"],
  ])("may have names that nobody knows yet: %j", (level, label) => {
    expect(optionDescriptorsOf({ levels: ["off", level] })[0]?.options[1]).toEqual({ id: level, label });
  });

  it.each([
    ["none", []],
    ["a single one", ["high"]],
  ])("are no option where there is %s", (_what, levels) => {
    expect(optionDescriptorsOf({ levels, defaultLevel: levels[0] })).toEqual([]);
  });

  it.each([
    ["the agent names none", undefined],
    ["the agent names one that the model lacks", "max"],
  ])("have no default where %s", (_what, defaultLevel) => {
    const [descriptor] = optionDescriptorsOf({ levels: ["low", "high"], defaultLevel });
    expect(descriptor?.options).toEqual([{ id: "low", label: "Low" }, { id: "high", label: "High" }]);
  });

  it("come back under the key under which a turn reads them", () => {
    expect(optionDescriptorsOf({ levels: ["low", "high"] })[0]?.id).toBe(thinkingOptionId);
  });
});

describe("a level that is wanted", () => {
  const model = { provider: "x", id: "a/y" };

  it.each([
    ["is taken where the model has it", { model, levels: ["off", "medium"] }, undefined],
    ["is taken where it is the only one", { model, levels: ["medium"] }, undefined],
    [
      "is refused with the real ones where the model lacks it",
      { model, levels: ["off", "low", "high"] },
      { detail: 'The model "x/a/y" has no thinking level "medium" in Demo.', nextStep: "Choose one of: off, low, high." },
    ],
    [
      "is refused where the model has none",
      { model, levels: [] },
      { detail: 'The model "x/a/y" has no thinking level "medium" in Demo.', nextStep: "It offers no choice of level." },
    ],
    [
      "is refused where nobody knows the model",
      { model: undefined, levels: ["off"] },
      { detail: 'The model has no thinking level "medium" in Demo.', nextStep: "It offers no choice of level." },
    ],
  ])("%s", (_what, given, refusal) => {
    expect(refuseLevel({ displayName: "Demo", level: "medium", ...given })).toEqual(refusal);
  });

  it("is named in the refusal only as far as it can be shown", () => {
    const refusal = refuseLevel({ displayName: "Demo", model, level: `\u001B[2J${"x".repeat(10_000)}`, levels: [] });
    expect(refusal?.detail).toMatch(/^[^\p{Cc}]{1,200}$/u);
  });
});

describe("the word for the agent's own choice", () => {
  it("cannot be a model's slug", () => {
    expect(readModelSlug(ownChoice).type).toBe("invalid");
  });
});
