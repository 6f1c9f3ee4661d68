import { describe, expect, it } from "vitest";
import { serverProviderOf, type ServerProviderInput } from "../../../src/domain/inventory/server-provider.js";
import { optionDescriptorsOf } from "../../../src/domain/inventory/thinking-level-policy.js";
import type { ProviderCapabilities } from "../../../src/ports/provider.js";
import type { ProviderHealthReport, ProviderHealthVerdict, ProviderModel, ProviderModelCatalog, ProviderSnapshot, ServerProviderStatus } from "../../../src/ports/provider-inventory.js";
import type { ServerProvider } from "../../../src/ports/server-provider.js";

const madeAt = "2026-01-01T00:00:00.000Z";
const checkedAt = "2026-01-02T00:00:00.000Z";
const capabilities: ProviderCapabilities = {
  sessionModelSwitch: "in-session",
  runtimeModes: ["full-access"],
  steering: true,
  userInput: true,
  attachments: ["image"],
  resume: true,
  readThread: true,
  rollback: true,
    fork: true,
  commands: true,
  compaction: true,
  textGeneration: true,
};
const unasked: ProviderSnapshot = { provider: "demo", instanceId: "demo-work", displayName: "Demo", capabilities };

function health(verdict: ProviderHealthVerdict, status: Partial<ServerProviderStatus> = {}, rest: Partial<ProviderHealthReport> = {}): ProviderHealthReport {
  return {
    status: { provider: "demo", status: "ready", available: true, authStatus: "authenticated", checkedAt, ...status },
    verdict,
    searched: [],
    version: "1.2.3",
    minimumVersion: "1.0.0",
    others: [],
    warnings: [],
    ...rest,
  };
}

const unusable: Partial<ServerProviderStatus> = { status: "error", available: false, authStatus: "unknown", message: "It is broken. Mend it." };

const plain: ProviderModel = {
  slug: "demo/plain",
  name: "Plain",
  subProvider: "demo",
  isCustom: false,
  input: ["text"],
  thinkingLevels: [],
  capabilities: { optionDescriptors: [] },
};
const optionDescriptors = optionDescriptorsOf({ levels: ["low", "high"], defaultLevel: "high" });

function catalog(models: readonly ProviderModel[], freshness: Partial<ProviderModelCatalog["freshness"]> = {}): ProviderModelCatalog {
  return { defaultModel: models[0]?.slug ?? null, models, freshness: { readAt: checkedAt, source: "live", ...freshness } };
}

function made(change: Partial<ProviderSnapshot> = {}, rest: Partial<ServerProviderInput> = {}): ServerProvider {
  return serverProviderOf({ snapshot: { ...unasked, ...change }, madeAt, ...rest });
}

describe("a provider in T3's richer shape", () => {
  it("says that it has not been checked until someone asked", () => {
    expect(made()).toEqual({
      instanceId: "demo-work",
      driver: "demo",
      displayName: "Demo",
      enabled: true,
      installed: true,
      version: null,
      status: "warning",
      auth: { status: "unknown" },
      checkedAt: madeAt,
      message: "Demo has not been checked yet.",
      availability: "available",
      continuation: { groupKey: "demo:instance:demo-work" },
      models: [],
      slashCommands: [],
      skills: [],
      showInteractionModeToggle: false,
      reportsContextWindow: true,
      supportedRuntimeModes: ["full-access"],
      requiresNewThreadForModelChange: false,
      supportsConversationRollback: true,
      supportsTextGeneration: true,
    });
  });

  it("has nothing more to say where all is well", () => {
    const provider = made({ health: health("ready"), catalog: catalog([plain]) });
    expect(provider).toMatchObject({ status: "ready", installed: true, version: "1.2.3", auth: { status: "authenticated" }, checkedAt });
    expect(provider).not.toHaveProperty("message");
  });

  it.each<[verdict: ProviderHealthVerdict, installed: boolean]>([
    ["not-installed", false],
    ["configured-path-wrong", false],
    ["not-the-agent", false],
    ["not-executable", true],
    ["too-old", true],
    ["cannot-start", true],
    ["timed-out", true],
  ])("tells %s as an error in the words of its health, installed: %s", (verdict, installed) => {
    expect(made({ health: health(verdict, unusable) })).toMatchObject({
      status: "error",
      installed,
      auth: { status: "unknown" },
      message: "It is broken. Mend it.",
      checkedAt,
      // Otherwise T3 would take the whole provider for one that it has no driver for.
      availability: "available",
    });
  });

  it("has a null for a version that is not known", () => {
    const { version: _unknown, ...unversioned } = health("timed-out", unusable);
    expect(made({ health: unversioned }).version).toBeNull();
  });

  it("tells an agent without models as a warning, and as not logged in, whatever the user added", () => {
    const custom: ProviderModel = { ...plain, slug: "demo/mine", isCustom: true, verified: false };
    const status: Partial<ServerProviderStatus> = { status: "warning", available: false, authStatus: "unauthenticated", message: "Log in." };
    expect(made({ health: health("no-models", status), catalog: catalog([custom]) })).toMatchObject({ status: "warning", installed: true, auth: { status: "unauthenticated" }, message: "Log in." });
  });

  it("stays ready with a warning, because T3 offers the models of a ready provider only", () => {
    const warnings = ["A file is ignored.", "An extension failed."];
    expect(made({ health: health("ready", {}, { warnings }) })).toMatchObject({ status: "ready", message: "A file is ignored. An extension failed." });
    expect(made({ health: health("ready", { status: "warning", message: "A file is ignored." }, { warnings }) })).toMatchObject({
      status: "ready",
      message: "A file is ignored. An extension failed.",
    });
  });

  it("keeps the models that it had while it cannot be used", () => {
    const known = catalog([plain], { source: "last-known-good", problem: { code: "agent-exited", message: "It is broken." } });
    expect(made({ health: health("cannot-start", unusable), catalog: known })).toMatchObject({ status: "error", message: "It is broken. Mend it.", models: [{ slug: "demo/plain" }] });
  });

  it("says why its models are not the newest", () => {
    const known = catalog([plain], { source: "last-known-good", problem: { code: "agent-exited", message: "It ended early." } });
    expect(made({ health: health("ready"), catalog: known })).toMatchObject({ status: "ready", message: "It ended early." });
  });
});

describe("a provider that is switched off", () => {
  it("is disabled whatever its health, and keeps what is known of it", () => {
    for (const known of [{}, { health: health("ready"), catalog: catalog([plain]) }, { health: health("cannot-start", unusable), catalog: catalog([plain]) }]) {
      expect(made(known, { enabled: false })).toMatchObject({ enabled: false, status: "disabled", message: "Demo is disabled.", availability: "available" });
    }
    expect(made({ health: health("ready"), catalog: catalog([plain]) }, { enabled: false })).toMatchObject({ installed: true, version: "1.2.3", models: [{ slug: "demo/plain" }] });
  });
});

describe("the models of a provider", () => {
  it("are named, grouped and described as the catalog does it", () => {
    const deep: ProviderModel = { ...plain, slug: "other/a/deep", name: "Deep", subProvider: "other", isDefault: true, thinkingLevels: ["low", "high"], capabilities: { optionDescriptors } };
    expect(made({ catalog: catalog([plain, deep]) }).models).toEqual([
      { slug: "demo/plain", name: "Plain", subProvider: "demo", isCustom: false, capabilities: { optionDescriptors: [] } },
      { slug: "other/a/deep", name: "Deep", subProvider: "other", isCustom: false, isDefault: true, capabilities: { optionDescriptors } },
    ]);
  });

  it("say of a custom one that it is, what is known of it, and whether the agent has accepted it", () => {
    const custom: ProviderModel = { ...plain, name: "demo/mine", slug: "demo/mine", isCustom: true, verified: true };
    const known = catalog([custom, { ...custom, verified: false }, { ...custom, capabilities: { optionDescriptors } }]);
    expect(made({ catalog: known }).models).toMatchObject([
      { name: "demo/mine", isCustom: true, capabilities: null },
      { name: "demo/mine (not verified)", isCustom: true, capabilities: null },
      { name: "demo/mine", isCustom: true, capabilities: { optionDescriptors } },
    ]);
  });
});

describe("the commands of a provider", () => {
  it("are slash commands, skills too: T3 sends a skill as a word that no agent reads", () => {
    const provider = made({
      commands: [
        { name: "deploy", description: "Puts it online.", source: "extension" },
        { name: "review", source: "prompt" },
        { name: "skill:draw", description: "Draws.", source: "skill" },
        { name: "strange", source: "other" },
      ],
    });
    expect(provider.slashCommands).toEqual([{ name: "deploy", description: "Puts it online." }, { name: "review" }, { name: "skill:draw", description: "Draws." }, { name: "strange" }]);
    expect(provider.skills).toEqual([]);
  });
});

describe("what a provider can do", () => {
  it.each<[mode: ProviderCapabilities["sessionModelSwitch"], needsNewThread: boolean]>([
    ["in-session", false],
    ["restart-session", false],
    ["unsupported", true],
  ])("with a model switch that is %s: a new thread for another model is needed: %s", (sessionModelSwitch, needsNewThread) => {
    expect(made({ capabilities: { ...capabilities, sessionModelSwitch } }).requiresNewThreadForModelChange).toBe(needsNewThread);
  });

  it("is what its capabilities say", () => {
    expect(made({ capabilities: { ...capabilities, rollback: false, textGeneration: false, runtimeModes: ["approval-required", "full-access"] } })).toMatchObject({
      supportsConversationRollback: false,
      supportsTextGeneration: false,
      supportedRuntimeModes: ["approval-required", "full-access"],
    });
  });
});

/** Every string somewhere in a value. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

describe("every provider", () => {
  it("has no blank string, and no white space around one", () => {
    const provider = made(
      {
        displayName: " ",
        health: health("ready", { message: " " }, { version: " ", warnings: ["", " Look. "] }),
        catalog: catalog([{ ...plain, name: " ", subProvider: "" }]),
        commands: [
          { name: " ", source: "prompt" },
          { name: " go ", description: "\n", source: "prompt" },
          { name: "", source: "skill" },
        ],
      },
      { accentColor: "", badgeLabel: " New " },
    );
    expect(stringsIn(provider).filter((text) => text === "" || text.trim() !== text)).toEqual([]);
    expect(provider).toMatchObject({ displayName: "demo", version: null, badgeLabel: "New", message: "Look.", models: [{ name: "demo/plain" }], slashCommands: [{ name: "go" }], skills: [] });
    expect(provider).not.toHaveProperty("accentColor");
  });

  it("is the same after a journey as JSON", () => {
    const complete: ProviderSnapshot = { ...unasked, health: health("ready"), catalog: catalog([{ ...plain, capabilities: { optionDescriptors } }]), commands: [{ name: "go", source: "skill" }] };
    for (const provider of [made(), made(complete, { accentColor: "#aabbcc", badgeLabel: "Early" })]) {
      expect(JSON.parse(JSON.stringify(provider))).toStrictEqual(provider);
    }
  });
});
