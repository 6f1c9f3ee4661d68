import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeCustomModel, type CustomModelCandidate } from "../../../src/domain/inventory/custom-model-validator.js";
import { modelSlug, readModelSlug } from "../../../src/domain/inventory/model-slug.js";

/** Text in which everything that matters to a slug is frequent. */
const anyText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom("openai", "gpt-5", "a", "/", "/", "/", ":", " ") },
      fc.constantFrom("-", "default", '"', "~", ".", "https:", "C:", "\\", "\n", "\t", "\u0000", "\u001B[2J", "\u009B", "\u00A0", "\u200B", "\u202E", "\u2028", "\uFEFF", "\uD83D", "👍", "世界"),
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.integer({ min: 1, max: 2_000 }).map((length) => "x".repeat(length)),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

const slugs = fc.array(fc.constantFrom("openai/gpt-5", "a/a", "openai/a", "a/gpt-5"), { maxLength: 3 });

const anyCandidate: fc.Arbitrary<CustomModelCandidate> = fc.record({
  text: anyText,
  entries: slugs.map((kept) => kept.map((slug) => ({ slug, verified: true }))),
  discovered: fc.option(slugs, { nil: undefined }),
  limits: fc.record({ count: fc.nat(4), length: fc.integer({ min: 1, max: 300 }) }),
  displayName: fc.constant("Demo"),
});

const runs = { numRuns: 1_000 };

describe("any typed text", () => {
  it("that is valid is a slug within every limit, which reads back as the same model and is judged the same", () => {
    fc.assert(
      fc.property(anyCandidate, (candidate) => {
        const judgement = judgeCustomModel(candidate);
        fc.pre(judgement.type === "valid");
        const { slug, model } = judgement;
        const { entries, discovered, limits } = candidate;
        expect(readModelSlug(slug, limits.length)).toEqual({ type: "model", model });
        expect(modelSlug(model)).toBe(slug);
        expect([slug.length <= limits.length, entries.length < limits.count]).toEqual([true, true]);
        expect([...entries.map((entry) => entry.slug), ...(discovered ?? [])]).not.toContain(slug);
        expect(slug).toMatch(/^[^\s/\p{Cc}\p{Cf}-][^\s/]*\/[^\s-]/u);
        expect(judgeCustomModel({ ...candidate, text: ` ${slug} ` })).toEqual(judgement);
      }),
      runs,
    );
  });

  it("is judged the same each time", () => {
    fc.assert(
      fc.property(anyCandidate, (candidate) => {
        expect(judgeCustomModel({ ...candidate })).toEqual(judgeCustomModel(candidate));
      }),
      runs,
    );
  });

  it("that is refused is refused in a short line that can be shown", () => {
    fc.assert(
      fc.property(anyCandidate, (candidate) => {
        const judgement = judgeCustomModel(candidate);
        fc.pre(judgement.type === "refused");
        for (const words of [judgement.detail, judgement.nextStep]) {
          expect(words).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{10,200}$/u);
        }
      }),
      runs,
    );
  });
});
