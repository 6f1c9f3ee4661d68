import { describe, expect, it } from "vitest";
import { catalogText } from "../../../src/app/cli/catalog-text.js";
import { healthText } from "../../../src/app/cli/health-text.js";
import { plainText } from "../../../src/app/cli/terminal-facts.js";
import type { ProviderHealthReport, ProviderModel, ProviderModelCatalog } from "../../../src/ports/provider.js";
import { colourTerminal, escape } from "./stub-terminal.js";

const status = { provider: "pi", status: "ready", available: true, authStatus: "authenticated", checkedAt: "2026-01-01T00:00:00.000Z" } as const;
const ready: ProviderHealthReport = {
  status,
  verdict: "ready",
  binaryPath: "/bin/pi",
  searched: [
    { place: "/opt/pi", source: "path", outcome: "absent" },
    { place: "/bin/pi", source: "path", outcome: "found" },
  ],
  version: "1.2.3",
  minimumVersion: "1.0.0",
  modelCount: 2,
};

describe("healthText", () => {
  it("tells what a usable Pi is, and where it was looked for", () => {
    expect(healthText({ report: ready, displayName: "Pi", facts: plainText })).toBe(
      "✓ Pi is ready.\n  program  /bin/pi\n  version  1.2.3 (1.0.0 or newer is needed)\n  models   2\n\nSearched:\n  absent  path  /opt/pi\n  found   path  /bin/pi\n",
    );
  });

  it("tells what is wrong and what to do, each once and made safe", () => {
    const nextStep = "Install it.";
    const report: ProviderHealthReport = { status: { ...status, status: "error", available: false, message: `There is\u001B[2J no Pi. ${nextStep}` }, verdict: "not-installed", searched: [], minimumVersion: "1.0.0", nextStep };
    expect(healthText({ report, displayName: "Pi", facts: plainText })).toBe("✗ Pi cannot be used: not-installed.\n  version  unknown (1.0.0 or newer is needed)\n\nThere is no Pi.\nWhat to do: Install it.\n");
  });

  it("has colour on a terminal only", () => {
    expect(healthText({ report: ready, displayName: "Pi", facts: colourTerminal })).toContain(escape);
    expect(healthText({ report: ready, displayName: "Pi", facts: plainText })).not.toContain(escape);
  });
});

const model = (slug: string, more: Partial<ProviderModel> = {}): ProviderModel => ({
  slug,
  name: "Name",
  subProvider: slug.split("/")[0] ?? "",
  isCustom: false,
  input: ["text"],
  thinkingLevels: [],
  ...more,
});

const catalog: ProviderModelCatalog = {
  defaultModel: "b/two",
  defaultThinkingLevel: "high",
  models: [model("a/one", { name: "世界" }), model("b/two", { thinkingLevels: ["off", "high"], input: ["text", "image"], contextWindow: 200_000 }), model("a/three\u001B[31m")],
  freshness: { readAt: "2026-01-01T00:00:00.000Z", source: "live" },
};

describe("catalogText", () => {
  it("is a table per model provider, with the default named in words", () => {
    expect(catalogText(catalog, plainText)).toBe(
      [
        "a",
        "  MODEL    NAME  THINKING LEVELS  INPUT        CONTEXT",
        "  a/one    世界  none             text         unknown",
        "  a/three  Name  none             text         unknown",
        "",
        "b",
        "  MODEL    NAME  THINKING LEVELS  INPUT        CONTEXT",
        "  b/two    Name  off, high        text, image  200,000  (default, thinking level high)",
        "",
      ].join("\n"),
    );
  });

  it("names no level where the default offers no choice", () => {
    const { defaultThinkingLevel: _none, ...without } = catalog;
    expect(catalogText({ ...without, defaultModel: "a/one" }, plainText)).toMatch(/a\/one .*\(default\)$/m);
  });
});
