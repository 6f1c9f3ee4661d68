import { describe, expect, it } from "vitest";
import { readModelOptions } from "../../../src/domain/picker/model-option.js";
import type { ModelSelection } from "../../../src/domain/picker/model-selection.js";
import { optionControls } from "../../../src/domain/picker/option-controls.js";
import { readInstances } from "../../../src/domain/picker/picker-instance.js";
import { codexSnapshot, piSnapshot } from "./snapshots.js";

const instances = readInstances([piSnapshot(), codexSnapshot()]);

function valuesFor(selection: ModelSelection): readonly unknown[] {
  return optionControls({ instances, selection }).map(({ id, value, isChosen }) => [id, value, isChosen]);
}

describe("the controls of the selected model", () => {
  it("show what was chosen", () => {
    expect(optionControls({ instances, selection: { instanceId: "codex", model: "gpt-6-codex", options: [{ id: "reasoningEffort", value: "low" }] } })).toEqual([
      {
        id: "reasoningEffort",
        label: "Reasoning",
        choices: [{ id: "low", label: "Low" }, { id: "high", label: "High", description: "Slow" }, { id: "xhigh", label: "Extra High" }],
        value: "low",
        isChosen: true,
      },
    ]);
  });

  it.each<[what: string, selection: ModelSelection, values: readonly unknown[]]>([
    ["the default where nothing is chosen", { instanceId: "pi", model: "anthropic/claude-opus" }, [["thinkingLevel", "medium", false]]],
    ["the default where the chosen is not real", { instanceId: "pi", model: "anthropic/claude-opus", options: [{ id: "thinkingLevel", value: "max" }] }, [["thinkingLevel", "medium", false]]],
    ["nothing where there is no default either", { instanceId: "pi", model: "anthropic/claude-haiku", options: [{ id: "thinkingLevel", value: true }] }, [["thinkingLevel", undefined, false]]],
    ["the later of two choices, as it is sent", { instanceId: "pi", model: "anthropic/claude-haiku", options: [{ id: "thinkingLevel", value: "off" }, { id: "thinkingLevel", value: "medium" }] }, [["thinkingLevel", "medium", true]]],
    ["those of the default model where none is selected", { instanceId: "pi" }, [["thinkingLevel", "medium", false]]],
    ["those of the default model for the agent's own choice", { instanceId: "pi", model: "default" }, [["thinkingLevel", "medium", false]]],
    ["none where the agent's own choice is not told", { instanceId: "codex" }, []],
    ["none for a model without options", { instanceId: "pi", model: "openrouter/openai/gpt-oss" }, []],
    ["none for a model of which nothing is known", { instanceId: "pi", model: "local/mine" }, []],
    ["none for a model that is not listed", { instanceId: "pi", model: "anthropic/gone" }, []],
    ["none for an instance that is not listed", { instanceId: "gone", model: "anthropic/claude-opus" }, []],
  ])("are %s", (_what, selection, values) => {
    expect(valuesFor(selection)).toEqual(values);
  });
});

describe("the options that a model's capabilities name", () => {
  it.each([null, undefined, "all", { optionDescriptors: "all" }])("are unknown in %j", (capabilities) => {
    expect(readModelOptions(capabilities)).toBeNull();
  });

  it.each([{}, { optionDescriptors: [] }, { optionDescriptors: [null, "x", {}, { id: " ", type: "select" }] }])("are none in %j", (capabilities) => {
    expect(readModelOptions(capabilities)).toEqual([]);
  });

  it.each([
    { id: "x", type: "boolean" },
    { id: "x", type: "slider", options: [{ id: "a" }] },
    { id: "x", options: [{ id: "a" }] },
    { id: "x", type: "select" },
    { id: "x", type: "select", options: [] },
    { id: "x", type: "select", options: "a, b" },
    { id: "x", type: "select", options: ["a", null, { id: 4 }] },
  ])("are there but not offered where they cannot be read: %j", (descriptor) => {
    expect(readModelOptions({ optionDescriptors: [descriptor] })).toEqual([{ type: "opaque", id: "x" }]);
  });

  it("keep what can be read of a half-broken list", () => {
    const descriptor = { id: "x", type: "select", description: "How.", options: [{ id: "a" }, null, { id: "b", label: "B", isDefault: true }, { id: "b", label: "again" }, { id: "c", isDefault: true }] };
    expect(readModelOptions({ optionDescriptors: [descriptor, { ...descriptor, label: "again" }] })).toEqual([
      { type: "select", id: "x", label: "x", description: "How.", choices: [{ id: "a", label: "a" }, { id: "b", label: "B" }, { id: "c", label: "c" }], defaultChoice: "b" },
    ]);
  });
});
