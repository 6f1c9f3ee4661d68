import { describe, expect, it } from "vitest";
import { modelSlug, readModelSlug, sameModel } from "../../../src/domain/inventory/model-slug.js";

describe("a model's slug", () => {
  it.each([
    ["openai/gpt-5", { provider: "openai", id: "gpt-5" }],
    ["openrouter/meta/llama-3:free", { provider: "openrouter", id: "meta/llama-3:free" }],
    ["a//b", { provider: "a", id: "/b" }],
    ["  openai / gpt-5  ", { provider: "openai", id: "gpt-5" }],
    ["ollama/modèle", { provider: "ollama", id: "modèle" }],
  ])("%j is read up to its first slash", (text, model) => {
    expect(readModelSlug(text)).toEqual({ type: "model", model });
  });

  it.each([
    ["", "is blank"],
    ["   ", "is blank"],
    ["gpt-5", 'The model "gpt-5" names no provider.'],
    ["/gpt-5", "nothing before its first slash"],
    [" /gpt-5", "nothing before its first slash"],
    ["openai/", "nothing after its first slash"],
    ["openai/ ", "nothing after its first slash"],
    ["openai/gpt\u0000", "contains a control character"],
    ["open\nai/gpt", "contains a control character"],
    ["openai/gpt\u009F", "contains a control character"],
    [`openai/${"x".repeat(250)}`, "longer than 256 characters"],
  ])("%j is none, and the part at fault is named", (text, fault) => {
    expect(readModelSlug(text)).toEqual({ type: "invalid", detail: expect.stringContaining(fault) as unknown });
    expect(readModelSlug(text)).toMatchObject({ detail: expect.stringContaining('for example "openai/gpt-5"') as unknown });
  });

  it("may be as long as is allowed", () => {
    expect(readModelSlug(`openai/${"x".repeat(249)}`).type).toBe("model");
  });

  it("is what it was read from", () => {
    const reading = readModelSlug("openrouter/meta/llama-3:free");
    expect(reading.type === "model" ? modelSlug(reading.model) : undefined).toBe("openrouter/meta/llama-3:free");
  });
});

describe("two models", () => {
  const model = { provider: "a", id: "b" };

  it.each([
    [model, { ...model }, true],
    [model, { provider: "a", id: "c" }, false],
    [model, { provider: "c", id: "b" }, false],
    [model, undefined, false],
    [undefined, model, false],
    [undefined, undefined, true],
  ])("%j and %j are the same: %s", (left, right, same) => {
    expect(sameModel(left, right)).toBe(same);
  });
});
