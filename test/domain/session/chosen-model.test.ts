import { describe, expect, it } from "vitest";
import { readChosenModel } from "../../../src/domain/session/chosen-model.ts";
import { ProviderError } from "../../../src/ports/errors.ts";
import type { ModelChoiceInput } from "../../../src/ports/provider.ts";

const call = { operation: "sendTurn", threadId: "t1", provider: "demo", instanceId: "demo-work" };
const instanceId = "demo-work";

/** What every refusal has, and its words. */
function refusal(input: unknown): unknown {
  try {
    return readChosenModel(input as ModelChoiceInput, call);
  } catch (error) {
    if (!ProviderError.is(error)) throw error;
    const { kind, code, operation, threadId, message } = error;
    return { kind, code, operation, threadId, message };
  }
}

function refused(message: string): unknown {
  return { kind: "validation", code: "invalid-input", operation: "sendTurn", threadId: "t1", message };
}

const level = (value: unknown): object => ({ id: "thinkingLevel", value });

describe("the model that a call names", () => {
  it.each<[what: string, input: ModelChoiceInput, chosen: object]>([
    ["none", {}, {}],
    ["in the older form", { model: "demo/a", modelOptions: { demo: { thinkingLevel: "high" } } }, { model: "demo/a", level: "high" }],
    ["for another provider", { modelOptions: { other: { thinkingLevel: "high" } } }, {}],
    ["as a selection", { modelSelection: { instanceId, model: "demo/a", options: [{ id: "thinkingLevel", value: "high" }] } }, { model: "demo/a", level: "high" }],
    ["as a selection without options", { modelSelection: { instanceId, model: "default" } }, { model: "default" }],
    ["as a selection of nothing", { modelSelection: { instanceId } }, {}],
    ["as blank words", { model: " ", modelSelection: { instanceId, model: " ", options: [{ id: "thinkingLevel", value: "" }] } }, {}],
    ["in both forms alike", { model: " demo/a", modelOptions: { demo: { thinkingLevel: "high" } }, modelSelection: { instanceId, model: "demo/a ", options: [{ id: "thinkingLevel", value: "high" }] } }, { model: "demo/a", level: "high" }],
    ["in part by each form", { model: "demo/a", modelSelection: { instanceId, options: [{ id: "thinkingLevel", value: "high" }] } }, { model: "demo/a", level: "high" }],
  ])("is read where it is named %s", (_what, input, chosen) => {
    expect(readChosenModel(input, call)).toEqual(chosen);
  });

  it.each<[what: string, input: object, message: string]>([
    ["is for another instance", { modelSelection: { instanceId: "demo", model: "demo/a" } }, 'The model selection is for the instance "demo"; this is "demo-work".'],
    ["has an option that there is none of", { modelSelection: { instanceId, model: "demo/a", options: [{ id: "effort", value: "high" }] } }, 'There is no model option "effort". The one there is has the id "thinkingLevel".'],
    ["has a truth for a choice", { modelSelection: { instanceId, options: [level(true)] } }, 'The model option "thinkingLevel" takes the id of a choice, not true.'],
    ["says two things of one option", { modelSelection: { instanceId, options: [level("high"), level("low")] } }, 'The call names two different thinking levels, "high" and "low". Name one.'],
    ["contradicts the older form of the model", { model: "demo/a", modelSelection: { instanceId, model: "demo/b" } }, 'The call names two different models, "demo/a" and "demo/b". Name one.'],
    ["contradicts the older form of the level", { modelOptions: { demo: { thinkingLevel: "low" } }, modelSelection: { instanceId, options: [level("high")] } }, 'The call names two different thinking levels, "low" and "high". Name one.'],
    ["says default where the older form says a name", { model: "demo/a", modelSelection: { instanceId, model: "default" } }, 'The call names two different models, "demo/a" and "default". Name one.'],
  ])("is refused where a selection %s", (_what, input, message) => {
    expect(refusal(input)).toEqual(refused(message));
  });

  it.each<[unknown]>([["demo/a"], [7], [[]], [{}], [{ instanceId: 1 }], [{ instanceId, model: 5 }], [{ instanceId, options: { thinkingLevel: "high" } }], [{ instanceId, options: ["high"] }], [{ instanceId, options: [{ id: "thinkingLevel" }] }], [{ instanceId, options: [level(3)] }]])(
    "is refused where a selection is %j",
    (modelSelection) => {
      expect(refusal({ modelSelection })).toEqual(refused("The model selection is not of the form { instanceId, model, options: [{ id, value }] }."));
    },
  );

  it("is that of a host that says null for none", () => {
    expect(readChosenModel({ modelSelection: null } as unknown as ModelChoiceInput, call)).toEqual({});
    expect(readChosenModel({ modelSelection: { instanceId, model: null, options: null } } as unknown as ModelChoiceInput, call)).toEqual({});
  });
});
