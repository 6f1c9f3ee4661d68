import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serverProviderOf } from "../../../src/domain/inventory/server-provider.js";
import { readInstances } from "../../../src/domain/picker/picker-instance.js";
import type { ProviderCapabilities } from "../../../src/ports/provider.js";
import { codexSnapshot, instanceOf, piSnapshot } from "./snapshots.js";

const unchecked = { status: "warning", version: null, auth: { status: "unknown" } } as const;

describe("the instances", () => {
  it("are those of every provider, in their order", () => {
    const work = piSnapshot({ instanceId: "pi-work", displayName: "Pi at work", accentColor: "#fa0", continuation: { groupKey: "work" }, requiresNewThreadForModelChange: true });
    const instances = readInstances([piSnapshot(), codexSnapshot(), work]);
    expect(instances).toMatchObject([
      { instanceId: "pi", driver: "pi", label: "Pi", badge: "Early Access", continuationKey: "pi:instance:pi", requiresNewThreadForModelChange: false, modelsKnown: true },
      { instanceId: "codex", driver: "codex", label: "Codex", modelsKnown: true },
      { instanceId: "pi-work", driver: "pi", label: "Pi at work", accentColor: "#fa0", continuationKey: "work", requiresNewThreadForModelChange: true },
    ]);
    expect(instances.map(({ state }) => state)).toEqual([{ selectable: true }, { selectable: true }, { selectable: true }]);
    expect(instances[1]).not.toHaveProperty("badge");
    expect(instances[1]).not.toHaveProperty("continuationKey");
  });

  it("are told apart where two have one name", () => {
    const labels = readInstances([piSnapshot(), piSnapshot({ instanceId: "pi-2" }), codexSnapshot()]).map(({ label }) => label);
    expect(labels).toEqual(["Pi (pi)", "Pi (pi-2)", "Codex"]);
  });

  it("are named by their kind where they have no name", () => {
    expect(instanceOf(codexSnapshot({ displayName: " " })).label).toBe("codex");
  });

  it("count once where two have one id: the later one, in the place of the first", () => {
    const instances = readInstances([piSnapshot(), codexSnapshot(), piSnapshot({ displayName: "Pi, newer" })]);
    expect(instances.map(({ label }) => label)).toEqual(["Pi, newer", "Codex"]);
  });

  it.each([[[]], [[null]], [["pi"]], [[{}]], [[{ instanceId: "pi" }]], [[{ driver: "pi", instanceId: 7 }]]])("are none in %j", (snapshots: readonly unknown[]) => {
    expect(readInstances(snapshots)).toEqual([]);
  });

  it("need no more than an id and a kind", () => {
    expect(instanceOf({ instanceId: "new", driver: "new" })).toEqual({
      instanceId: "new",
      driver: "new",
      label: "new",
      requiresNewThreadForModelChange: false,
      state: { selectable: false, obstacle: "no-models", message: "new has no models.", nextStep: "Sign in or add a model, then check the provider again." },
      models: [],
      modelsKnown: false,
    });
  });

  it("F68: can be read from whatever arrives", () => {
    const anything = fc.anything({ withNullPrototype: true });
    const field = fc.constantFrom("instanceId", "driver", "displayName", "status", "auth", "models", "continuation", "enabled", "availability", "message");
    const model = fc.record({ slug: anything, name: anything, capabilities: fc.oneof(anything, fc.record({ optionDescriptors: fc.array(anything) })) }, { requiredKeys: [] });
    const snapshot = fc
      .tuple(fc.dictionary(field, anything), fc.constantFrom("a", "b"), fc.array(model))
      .map(([fields, instanceId, models]) => Object.assign({ driver: "kind", models }, fields, { instanceId }));
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, snapshot)), (snapshots) => {
        const ids = readInstances(snapshots).map(({ instanceId }) => instanceId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("an instance of this package's own provider", () => {
  const capabilities: ProviderCapabilities = {
    sessionModelSwitch: "in-session",
    runtimeModes: ["full-access"],
    steering: true,
    userInput: true,
    attachments: [],
    resume: true,
    readThread: true,
    rollback: true,
    fork: true,
    commands: true,
    compaction: true,
    textGeneration: true,
  };

  it("has to be checked first", () => {
    const snapshot = { provider: "pi", instanceId: "pi", displayName: "Pi", capabilities };
    const instance = instanceOf(serverProviderOf({ snapshot, madeAt: "2026-01-01T00:00:00.000Z" }));
    expect(instance).toMatchObject({ state: { selectable: false, obstacle: "checking", message: "Pi has not been checked yet." }, modelsKnown: false });
  });
});

describe("what is known of an instance's models", () => {
  it.each([
    ["all", piSnapshot(), true],
    ["all, with a warning", piSnapshot({ status: "warning" }), true],
    ["that there are none", piSnapshot({ models: [] }), true],
    ["nothing before the first check", piSnapshot({ ...unchecked, models: [] }), false],
    ["not all before the first check", piSnapshot(unchecked), false],
    ["not all in an error", piSnapshot({ status: "error" }), false],
    ["not all while it is switched off", piSnapshot({ enabled: false }), false],
    ["not all while it is not available", piSnapshot({ availability: "unavailable" }), false],
    ["not all while it is signed out", piSnapshot({ status: "warning", auth: { status: "unauthenticated" } }), false],
    ["not all in a status that is not known", codexSnapshot({ status: "refreshing" }), false],
    ["nothing without a list", codexSnapshot({ models: undefined }), false],
  ])("%s", (_what, snapshot: unknown, known) => {
    expect(instanceOf(snapshot).modelsKnown).toBe(known);
  });
});
