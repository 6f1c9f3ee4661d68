import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { additionText, keptModelsSummary, keptModelsText, removalText, verdictsText } from "../../../src/app/cli/custom-models-text.js";
import { plainText } from "../../../src/app/cli/terminal-facts.js";
import { colourTerminal, escape } from "./stub-terminal.js";

const file = "/settings/custom-models.json";
const models = [
  { slug: "a/one", verified: true },
  { slug: "b/two/three", verified: false },
];

describe("keptModelsText", () => {
  it("says of each model whether it is verified, and where they are kept", () => {
    expect(keptModelsText({ models, file })).toBe("Kept in /settings/custom-models.json:\n  a/one        verified\n  b/two/three  not verified\n");
  });

  it("says that there is none", () => {
    expect(keptModelsText({ models: [], file })).toBe("No custom model is kept in /settings/custom-models.json.\n");
  });
});

describe("keptModelsSummary", () => {
  it.each([
    ["how many there are, and which are not verified", { file, models }, "2 in /settings/custom-models.json; not verified: b/two/three"],
    ["how many there are", { file, models: models.slice(0, 1) }, "1 in /settings/custom-models.json"],
    ["that there is none", { file, models: [] }, "none in /settings/custom-models.json"],
    ["that nobody knows", { file, problem: "It is not JSON." }, "unreadable: /settings/custom-models.json"],
  ])("says %s", (_name, kept, summary) => {
    expect(keptModelsSummary(kept)).toBe(summary);
  });
});

describe("verdictsText", () => {
  const verdicts = [
    { slug: "a/one", verdict: "accepted" },
    { slug: "b/two/three", verdict: "refused", detail: "Pi knows\u001B[2J no b." },
    { slug: "c/four", verdict: "unknown", detail: "Pi is not there." },
    { slug: "d/five", verdict: "discovered" },
  ] as const;

  it("is a line for each model, with the reason where there is one", () => {
    expect(verdictsText(verdicts, plainText)).toBe(
      [
        "✓ a/one        accepted",
        "✗ b/two/three  refused: Pi knows no b.",
        "? c/four       unknown: Pi is not there.",
        "✓ d/five       reported by Pi itself now, and need not be kept",
        "",
      ].join("\n"),
    );
  });

  it("has colour on a terminal, and means the same without", () => {
    const coloured = verdictsText(verdicts, colourTerminal);
    expect(coloured).toContain(escape);
    expect(stripVTControlCharacters(coloured)).toBe(verdictsText(verdicts, plainText));
  });
});

describe("what was done", () => {
  it("shows nothing but text of a model's name", () => {
    const slug = "a/\u001B[2Jone";
    for (const text of [additionText({ slug, verified: true }), additionText({ slug, verified: false }), removalText(slug), keptModelsText({ models: [{ slug, verified: true }], file })]) {
      expect(text).toContain("a/one");
      expect(text).not.toContain(escape);
    }
  });
});
