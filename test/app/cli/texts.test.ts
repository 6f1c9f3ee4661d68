import { describe, expect, it } from "vitest";
import { catalogText } from "../../../src/app/cli/catalog-text.js";
import { healthText } from "../../../src/app/cli/health-text.js";
import { plainText } from "../../../src/app/cli/terminal-facts.js";
import type { ProviderHealthReport, ProviderModel, ProviderModelCatalog } from "../../../src/ports/provider-inventory.js";
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
  others: [],
  modelCount: 2,
  warnings: [],
};

describe("healthText", () => {
  it("tells what a usable Pi is, and where it was looked for", () => {
    expect(healthText({ report: ready, displayName: "Pi", facts: plainText })).toBe(
      "✓ Pi is ready.\n  program  /bin/pi\n  version  1.2.3 (1.0.0 or newer is needed)\n  models   2\n\nSearched:\n  absent  path  /opt/pi\n  found   path  /bin/pi\n",
    );
  });

  it("tells everything else that is known", () => {
    const report: ProviderHealthReport = {
      ...ready,
      searched: [],
      others: [{ path: "/usr/bin/pi", version: "0.9.0" }, { path: "/opt/local/bin/pi" }],
      warnings: ["Pi ignores its models.json.", "An extension of Pi\u001B[2J failed."],
      status: { ...status, message: "Pi ignores its models.json. An extension of Pi\u001B[2J failed." },
    };
    expect(healthText({ report, displayName: "Pi", catalog, agentDir: "/home/someone/.pi/agent", customModels: { file: "/models.json", models: [{ slug: "c/new", verified: false }] }, facts: plainText })).toBe(
      [
        "✓ Pi is ready, with 2 warnings.",
        "  program        /bin/pi",
        "  version        1.2.3 (1.0.0 or newer is needed)",
        "  models         2",
        "  default model  b/two, thinking level high",
        "  agent folder   /home/someone/.pi/agent",
        "  custom models  1 in /models.json; not verified: c/new",
        "",
        "Other programs of that name, which are not used:",
        "  /usr/bin/pi        0.9.0",
        "  /opt/local/bin/pi  version unknown",
        "",
        "Warnings:",
        "  Pi ignores its models.json.",
        "  An extension of Pi failed.",
        "",
      ].join("\n"),
    );
  });

  it("tells what is wrong and what to do, each once and made safe", () => {
    const words = { detail: "There is\u001B[2J no Pi.", nextStep: "Install it." };
    const report: ProviderHealthReport = {
      status: { ...status, status: "error", available: false, message: `${words.detail} ${words.nextStep} Custom models are lost.` },
      verdict: "not-installed",
      searched: [],
      minimumVersion: "1.0.0",
      others: [],
      warnings: ["Custom models are lost."],
      ...words,
    };
    expect(healthText({ report, displayName: "Pi", facts: plainText })).toBe(
      "✗ Pi cannot be used: not-installed.\n  version  unknown (1.0.0 or newer is needed)\n\nWarnings:\n  Custom models are lost.\n\nThere is no Pi.\nWhat to do: Install it.\n",
    );
  });

  it("says that there is no default model where there is none", () => {
    const { defaultThinkingLevel: _none, ...rest } = catalog;
    expect(healthText({ report: ready, displayName: "Pi", catalog: { ...rest, defaultModel: null }, facts: plainText })).toContain("  default model  none\n");
  });

  it.each([
    ["green", [], "32"],
    ["yellow when there is something to know", ["An extension failed."], "33"],
  ])("has a headline that is %s", (_name, warnings, colour) => {
    const [headline] = healthText({ report: { ...ready, warnings }, displayName: "Pi", facts: colourTerminal }).split("\n");
    expect(headline).toMatch(new RegExp(`^${escape}\\[${colour}m✓ Pi is ready`));
  });

  it("has no colour but on a terminal", () => {
    expect(healthText({ report: { ...ready, warnings: ["An extension failed."] }, displayName: "Pi", facts: plainText })).not.toContain(escape);
  });
});

const model = (slug: string, more: Partial<ProviderModel> = {}): ProviderModel => ({
  slug,
  name: "Name",
  subProvider: slug.split("/")[0] ?? "",
  isCustom: false,
  input: ["text"],
  thinkingLevels: [],
  capabilities: { optionDescriptors: [] },
  ...more,
});

const catalog: ProviderModelCatalog = {
  defaultModel: "b/two",
  defaultThinkingLevel: "high",
  models: [model("a/one", { name: "世界" }), model("b/two", { thinkingLevels: ["off", "high"], input: ["text", "image"], contextWindow: 200_000 }), model("a/three\u001B[31m", { thinkingLevels: ["off", "high"] })],
  freshness: { readAt: "2026-01-01T00:00:00.000Z", source: "live" },
};

describe("catalogText", () => {
  it("is a table per model provider, with the default model and its level named in words", () => {
    expect(catalogText(catalog, plainText)).toBe(
      [
        "a",
        "  MODEL    NAME  THINKING LEVELS      INPUT        CONTEXT",
        "  a/one    世界  none                 text         unknown",
        "  a/three  Name  off, high            text         unknown",
        "",
        "b",
        "  MODEL    NAME  THINKING LEVELS      INPUT        CONTEXT",
        "  b/two    Name  off, high (default)  text, image  200,000  default",
        "",
      ].join("\n"),
    );
  });

  it("tells custom models from those the agent lists, and claims to know nothing of them", () => {
    const models = [model("a/one"), model("a/kept", { isCustom: true, verified: true }), model("a/hoped", { isCustom: true, verified: false })];
    expect(catalogText({ ...catalog, defaultModel: "a/one", models }, plainText)).toBe(
      [
        "a",
        "  MODEL    NAME  THINKING LEVELS  INPUT  CONTEXT",
        "  a/one    Name  none             text   unknown  default",
        "  a/kept   Name  unknown          text   unknown  custom",
        "  a/hoped  Name  unknown          text   unknown  custom, not verified",
        "",
      ].join("\n"),
    );
  });

  it("says first that the list is not of today, and why", () => {
    const freshness = { readAt: "2026-01-01T00:00:00.000Z", source: "last-known-good", problem: { code: "start-timeout", message: "Pi did not\u001B[2J answer. Try again." } } as const;
    const text = catalogText({ ...catalog, freshness }, plainText);
    expect(text).toMatch(/^The list of 2026-01-01T00:00:00\.000Z, which could not be renewed: Pi did not answer\. Try again\.\n\na\n/);
    expect(text).toContain("b/two");
  });

  it.each(["live", "remembered"] as const)("says nothing of the sort when it is %s", (source) => {
    expect(catalogText({ ...catalog, freshness: { ...catalog.freshness, source } }, plainText)).toMatch(/^a\n/);
  });
});
