import { describe, expect, it } from "vitest";
import { modelGroups, readModels, type PickerModel } from "../../../src/domain/picker/picker-model.js";
import { codexSnapshot, instanceOf, piSnapshot } from "./snapshots.js";

const { models } = instanceOf(piSnapshot());

function slugsOf(search: string, among: readonly PickerModel[] = models): readonly string[] {
  return modelGroups({ models: among, search }).flatMap((group) => group.models.map(({ slug }) => slug));
}

describe("the models", () => {
  it("come by sub-provider, in the provider's order", () => {
    const groups = modelGroups({ models }).map(({ label, models: members }) => [label, members.map(({ name }) => name)]);
    expect(groups).toEqual([
      ["Anthropic", ["Claude Opus", "Claude Haiku"]],
      ["OpenRouter", ["GPT OSS"]],
      ["local", ["local/mine"]],
    ]);
  });

  it("are one group without a label where there are no sub-providers", () => {
    expect(modelGroups(instanceOf(codexSnapshot()))).toEqual([{ models: [expect.objectContaining({ slug: "gpt-6-codex" }), expect.objectContaining({ slug: "gpt-6-mini" })] }]);
  });

  it("are marked: the default, the custom, and the custom that the agent has not accepted", () => {
    expect(models.map(({ slug, isDefault, isCustom }) => ({ slug, isDefault, isCustom }))).toEqual([
      { slug: "anthropic/claude-opus", isDefault: true, isCustom: false },
      { slug: "openrouter/openai/gpt-oss", isDefault: false, isCustom: false },
      { slug: "anthropic/claude-haiku", isDefault: false, isCustom: false },
      { slug: "local/mine", isDefault: false, isCustom: true },
    ]);
  });

  it("have one default at most", () => {
    const read = readModels([{ slug: "a" }, { slug: "b", isDefault: true }, { slug: "c", isDefault: true }]);
    expect(read?.map(({ isDefault }) => isDefault)).toEqual([false, true, false]);
  });

  it("count once where two have one slug: the agent's own comes before the custom one", () => {
    expect(readModels([{ slug: "a", name: "A" }, { slug: "a", name: "mine", isCustom: true }])).toMatchObject([{ name: "A", isCustom: false }]);
  });

  it("are those that can be read", () => {
    expect(readModels([null, "a", {}, { slug: "" }, { slug: "b", name: 5, subProvider: "" }])).toEqual([
      { slug: "b", name: "b", isDefault: false, isCustom: false, options: null },
    ]);
    expect(readModels("a")).toBeUndefined();
  });
});

describe("a search", () => {
  it.each([
    ["", ["anthropic/claude-opus", "anthropic/claude-haiku", "openrouter/openai/gpt-oss", "local/mine"]],
    ["  ", ["anthropic/claude-opus", "anthropic/claude-haiku", "openrouter/openai/gpt-oss", "local/mine"]],
    ["CLAUDE", ["anthropic/claude-opus", "anthropic/claude-haiku"]],
    [" haiku anthropic ", ["anthropic/claude-haiku"]],
    ["openai/gpt", ["openrouter/openai/gpt-oss"]],
    ["OpenRouter oss", ["openrouter/openai/gpt-oss"]],
    ["claude oss", []],
  ])("for %j", (search, slugs) => {
    expect(slugsOf(search)).toEqual(slugs);
  });

  it("finds no word across name and slug", () => {
    expect(slugsOf("opusanthropic")).toEqual([]);
  });

  it("leaves no empty group", () => {
    expect(modelGroups({ models, search: "mine" }).map(({ label }) => label)).toEqual(["local"]);
  });
});
