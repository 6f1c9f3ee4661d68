import { describe, expect, it } from "vitest";
import { judgeCustomModel, type CustomModelCandidate, type CustomModelJudgement } from "../../../src/domain/inventory/custom-model-validator.js";
import type { CustomModelEntry } from "../../../src/ports/custom-model-store.js";

const kept: readonly CustomModelEntry[] = [{ slug: "openai/kept", verified: true }, { slug: "openai/kept-too", verified: false }];

function judge(text: string, given: Partial<CustomModelCandidate> = {}): CustomModelJudgement {
  return judgeCustomModel({ text, entries: kept, discovered: ["openai/gpt-5", "openrouter/meta/llama:free"], limits: { count: 32, length: 256 }, displayName: "Demo", ...given });
}

describe("a custom model", () => {
  it.each([
    ["openai/gpt-6", "openai", "gpt-6"],
    ["openrouter/anthropic/claude:beta", "openrouter", "anthropic/claude:beta"],
    ["  openai / gpt-6 \n", "openai", "gpt-6"],
    ["lm-studio/My Model (Q4)", "lm-studio", "My Model (Q4)"],
    ["cloudflare/@cf/meta/llama", "cloudflare", "@cf/meta/llama"],
    ["local:8080/model", "local:8080", "model"],
    ["x//rooted", "x", "/rooted"],
    ["default/model", "default", "model"],
    ["openai/default", "openai", "default"],
    ["OpenAI/gpt-5", "OpenAI", "gpt-5"],
    ["ollama/modèle-世界", "ollama", "modèle-世界"],
  ])("%j is split at its first slash and trimmed", (text, provider, id) => {
    expect(judge(text)).toEqual({ type: "valid", slug: `${provider}/${id}`, model: { provider, id } });
  });

  it.each<[text: string, detail: string, nextStep: string]>([
    ["", "The model is blank.", 'Write it as provider/model-id, for example "openai/gpt-5".'],
    [" \t ", "The model is blank.", 'Write it as provider/model-id, for example "openai/gpt-5".'],
    ["gpt-5", 'The model "gpt-5" names no provider.', 'Write it as provider/model-id, for example "openai/gpt-5".'],
    ["/gpt-5", 'The model "/gpt-5" has nothing before its first slash.', 'Write it as provider/model-id, for example "openai/gpt-5".'],
    ["openai/ ", 'The model "openai/" has nothing after its first slash.', 'Write it as provider/model-id, for example "openai/gpt-5".'],
    ["openai/gpt\u0007", "The model contains a control character.", 'Write it without one, for example "openai/gpt-5".'],
    ["openai/gpt-6\nopenai/gpt-7", "The model contains a control character.", 'Write it without one, for example "openai/gpt-5".'],
    ["default", '"default" is no model: it stands for what Demo chooses itself.', 'Name a model, for example "openai/gpt-5".'],
    [" default ", '"default" is no model: it stands for what Demo chooses itself.', 'Name a model, for example "openai/gpt-5".'],
    ["openai/gpt\u200B-6", 'The model "openai/gpt\uFFFD-6" contains an invisible character.', 'Type it by hand instead of pasting it, for example "openai/gpt-5".'],
    ["openai/\u202E6-tpg", 'The model "openai/\uFFFD6-tpg" contains an invisible character.', 'Type it by hand instead of pasting it, for example "openai/gpt-5".'],
    ['"openai/gpt-6"', 'The model ""openai/gpt-6"" begins with a quotation mark or a bracket.', "Leave it out, and write for example openai/gpt-5."],
    ["“openai/gpt-6”", 'The model "“openai/gpt-6”" begins with a quotation mark or a bracket.', "Leave it out, and write for example openai/gpt-5."],
    ["<provider>/gpt-6", 'The model "<provider>/gpt-6" begins with a quotation mark or a bracket.', "Leave it out, and write for example openai/gpt-5."],
    ["https://example.org/openai/gpt-6", 'The model "https://example.org/openai/gpt-6" is a web address.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["./gpt-6", 'The model "./gpt-6" is the path of a file.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["../gpt-6", 'The model "../gpt-6" is the path of a file.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["~/models/gpt-6", 'The model "~/models/gpt-6" is the path of a file.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["C:/models/gpt-6", 'The model "C:/models/gpt-6" is the path of a file.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["C:\\models/gpt-6", 'The model "C:\\models/gpt-6" is the path of a file.', 'Write the provider\'s name instead, for example "openai/gpt-5".'],
    ["open ai/gpt-6", 'The model "open ai/gpt-6" has white space in its provider, before the first slash.', 'Write the provider as one word, for example "openai/gpt-5".'],
    ["open\u00A0ai/gpt-6", 'The model "open\u00A0ai/gpt-6" has white space in its provider, before the first slash.', 'Write the provider as one word, for example "openai/gpt-5".'],
    ["-openai/gpt-6", 'The model "-openai/gpt-6" has a part that begins with a dash.', 'Begin the provider and the model\'s id with something else, for example "openai/gpt-5".'],
    ["openai/--approve", 'The model "openai/--approve" has a part that begins with a dash.', 'Begin the provider and the model\'s id with something else, for example "openai/gpt-5".'],
  ])("%j is none, and it is said what is wrong and what to do", (text, detail, nextStep) => {
    expect(judge(text)).toEqual({ type: "refused", code: "invalid-model", detail, nextStep });
  });

  it("is never told to look as it already looks", () => {
    for (const text of ["open ai/gpt-6", "-x/y", "'openai/gpt-6'", "https://example.org/x", "openai/gpt\u200B-6", "openai/gpt-6\nopenai/gpt-7", `openai/${"x".repeat(300)}`]) {
      expect(JSON.stringify(judge(text))).not.toContain("provider/model-id");
    }
  });

  it.each([
    ["that the agent reports", "openai/gpt-5", 'Demo reports the model "openai/gpt-5" itself.', "Choose it from the list of models: it need not be added."],
    ["that the agent reports, with white space", " openrouter/ meta/llama:free ", 'Demo reports the model "openrouter/meta/llama:free" itself.', "Choose it from the list of models: it need not be added."],
    ["that is kept", "openai/kept", 'The model "openai/kept" has been added already.', "Choose it from the list of models."],
    ["that is kept, with white space", "openai /kept-too", 'The model "openai/kept-too" has been added already.', "Choose it from the list of models."],
  ])("%s is not kept again", (_what, text, detail, nextStep) => {
    expect(judge(text)).toEqual({ type: "refused", code: "custom-model-exists", detail, nextStep });
  });

  it("may be one that the agent reports, for all anyone knows, where the agent was not asked", () => {
    expect(judge("openai/gpt-5", { discovered: undefined }).type).toBe("valid");
  });
});

describe("the limits of custom models", () => {
  it("end their number", () => {
    expect(judge("openai/gpt-6", { limits: { count: 3, length: 256 } }).type).toBe("valid");
    expect(judge("openai/gpt-6", { limits: { count: 2, length: 256 } })).toEqual({
      type: "refused",
      code: "custom-model-limit",
      detail: "The limit for custom models is 2, and there are 2.",
      nextStep: 'Remove one first, for example "openai/kept".',
    });
  });

  it("may have been lowered since", () => {
    expect(judge("openai/gpt-6", { limits: { count: 1, length: 256 } })).toMatchObject({ code: "custom-model-limit", detail: "The limit for custom models is 1, and there are 2." });
  });

  it("may forbid them", () => {
    expect(judge("openai/gpt-6", { entries: [], limits: { count: 0, length: 256 } })).toMatchObject({ code: "custom-model-limit", nextStep: "Raise the limit to keep some." });
  });

  it("are not what is wrong with a model that is there already, or is none", () => {
    const limits = { count: 2, length: 256 };
    expect([judge("openai/kept", { limits }), judge("gpt-6", { limits })]).toMatchObject([{ code: "custom-model-exists" }, { code: "invalid-model" }]);
  });

  it("bound the length, without the white space around", () => {
    const longest = `x/${"y".repeat(30)}`;
    const limits = { count: 32, length: longest.length };
    expect(judge(`  ${longest}  `, { limits })).toMatchObject({ type: "valid", slug: longest });
    expect(judge(`${longest}y`, { limits })).toMatchObject({ code: "invalid-model", detail: `The model is longer than ${longest.length} characters.` });
  });

  it.each(["x/y ", "\n", "/"])("let a huge text of %j cost nothing, and none of it into the message", (piece) => {
    const refusal = judge(piece.repeat(3_000_000));
    expect(refusal).toMatchObject({ code: "invalid-model", detail: "The model is longer than 256 characters." });
  });
});
