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
    expect(readModelSlug(text)).toMatchObject({ type: "invalid", fault: expect.stringContaining(fault) as unknown });
    expect(readModelSlug(text)).toMatchObject({ detail: expect.stringContaining(fault) as unknown, nextStep: expect.stringContaining('for example "openai/gpt-5"') as unknown });
  });

  it("is refused with the fault and the next step, apart and in one", () => {
    expect(readModelSlug("gpt-5")).toEqual({
      type: "invalid",
      fault: 'The model "gpt-5" names no provider.',
      nextStep: 'Write it as provider/model-id, for example "openai/gpt-5".',
      detail: 'The model "gpt-5" names no provider. Write it as provider/model-id, for example "openai/gpt-5".',
    });
  });

  it("may be as long as is allowed", () => {
    expect(readModelSlug(`openai/${"x".repeat(249)}`).type).toBe("model");
    expect(readModelSlug(" openai/x ", 8).type).toBe("model");
    expect(readModelSlug("openai/xy", 8)).toMatchObject({ fault: "The model is longer than 8 characters." });
    expect(readModelSlug(`openai/${"x".repeat(300)}`, 1_000).type).toBe("model");
  });

  it("is repeated only in part, and only where it can be shown", () => {
    expect(readModelSlug("x".repeat(200))).toMatchObject({ fault: `The model "${"x".repeat(79)}…" names no provider.` });
    expect(readModelSlug("gpt\u202E5")).toMatchObject({ fault: 'The model "gpt\uFFFD5" names no provider.' });
  });

  it("costs nothing where it is far too long", () => {
    expect(readModelSlug(" ".repeat(10_000_000))).toMatchObject({ fault: "The model is longer than 256 characters." });
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
