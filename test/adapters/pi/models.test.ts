import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { modelListOf, usableModelRef } from "../../../src/adapters/pi/models.js";
import { thinkingLevelsOf } from "../../../src/adapters/pi/thinking-levels.js";

const text = v.pipe(v.string(), v.nonEmpty());
const size = v.fallback(v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0))), undefined);

/** What a model is, said by a schema: only the reference is indispensable. */
const Model = v.pipe(
  v.object({
    provider: text,
    id: text,
    name: v.fallback(v.optional(text), undefined),
    input: v.fallback(v.array(v.unknown()), []),
    contextWindow: size,
    maxTokens: size,
    reasoning: v.fallback(v.boolean(), false),
    thinkingLevelMap: v.fallback(v.record(v.string(), v.unknown()), {}),
  }),
  v.transform(({ provider, id, name, input, contextWindow, maxTokens, reasoning, thinkingLevelMap }) => ({
    provider,
    id,
    name: name ?? id,
    input: input.includes("image") ? ["text", "image"] : ["text"],
    ...(contextWindow !== undefined && { contextWindow }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    reasoning,
    thinkingLevels: thinkingLevelsOf({ reasoning, thinkingLevelMap }),
  })),
);

const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, "", Number.NaN, Infinity, -1, 0, null, [], {}));
const often = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 4, arbitrary: valid }, { weight: 1, arbitrary: anything });
const levels = ["off", "minimal", "low", "medium", "high", "xhigh", "max", "other"];

const anyModel = fc.record(
  {
    provider: often(fc.constantFrom("lab", "open/router")),
    id: often(fc.constantFrom("model", "family/model:free")),
    name: often(fc.string()),
    input: often(fc.array(fc.constantFrom("text", "image", "video", 1), { maxLength: 3 })),
    contextWindow: often(fc.nat()),
    maxTokens: often(fc.double()),
    reasoning: often(fc.boolean()),
    thinkingLevelMap: often(fc.dictionary(fc.constantFrom(...levels), fc.constantFrom(null, "high", 1))),
  },
  { requiredKeys: [] },
);

describe("modelListOf", () => {
  it("reads every entry as the schema of a model would", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: anyModel }, { weight: 1, arbitrary: anything })), (entries) => {
        const models = entries.flatMap((entry) => {
          const parsed = v.safeParse(Model, entry);
          return parsed.success ? [parsed.output] : [];
        });
        expect(modelListOf(entries)).toEqual({ models, rejected: entries.length - models.length });
      }),
      { numRuns: 500 },
    );
  });
});

describe("usableModelRef", () => {
  it("knows the placeholder of a Pi without models", () => {
    expect(usableModelRef({ provider: "unknown", id: "unknown" })).toBeUndefined();
    for (const model of [undefined, { provider: "unknown", id: "m" }, { provider: "p", id: "unknown" }]) expect(usableModelRef(model)).toBe(model);
  });
});
