import { ContainerModule } from "inversify";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { CountedIds } from "../src/adapters/fake/counted-ids.js";
import { ManualClock } from "../src/adapters/fake/manual-clock.js";
import * as host from "../src/app/index.js";
import * as opentelemetry from "../src/app/opentelemetry.js";
import * as picker from "../src/app/picker.js";
import * as testing from "../src/app/testing.js";
import * as transcript from "../src/app/transcript.js";
import * as ports from "../src/ports/index.js";
import type { Clock } from "../src/ports/clock.js";
import type { IdGenerator } from "../src/ports/id-generator.js";

/**
 * The names that each entry point exports at run time. A change here is a change of the public surface: it needs a line in
 * CHANGELOG.md, and a removed or renamed entry is a breaking one.
 */
describe("the entry point", () => {
  it.each([
    {
      entry: ".",
      names: Object.keys(host),
      expected: [
        "CombinedTelemetry",
        "NativeRecordLog",
        "ProviderError",
        "SpawnError",
        "absentFile",
        "coreModule",
        "createPiProvider",
        "createProviderContainer",
        "defaultCustomModelLimits",
        "defaultInventorySettings",
        "defaultSessionSettings",
        "nodeModule",
        "orchestrationCapabilitiesOf",
        "piDialect",
        "piModule",
        "ports",
        "providerFailureOf",
        "redactedRecord",
        "serverProviderOf",
        "services",
        "validateLaunchArguments",
      ],
    },
    {
      entry: "./ports",
      names: Object.keys(ports),
      expected: ["ProviderError", "SpawnError", "absentFile", "formatAgentVersion", "isAtLeast", "parseAgentVersion"],
    },
    {
      entry: "./picker",
      names: Object.keys(picker),
      expected: [
        "agentsOwnChoice",
        "firstSelection",
        "mayContinue",
        "modelGroups",
        "optionControls",
        "readInstances",
        "reconcileSelection",
        "selectedModel",
        "spellOut",
        "toHostModelSelection",
        "toTurnSelection",
      ],
    },
    {
      entry: "./transcript",
      names: Object.keys(transcript),
      expected: ["advance", "changedEntities", "chronicle", "emptyTranscript", "itemsOf", "rewound", "turnsOf"],
    },
    {
      entry: "./opentelemetry",
      names: Object.keys(opentelemetry),
      expected: ["OpenTelemetry"],
    },
    {
      entry: "./testing",
      names: Object.keys(testing),
      expected: [
        "AgentSandbox",
        "CountedIds",
        "EventLog",
        "EventStreamRules",
        "FixedBinaryLocator",
        "FixedChildEnvironment",
        "InMemoryAttachmentReader",
        "InMemoryCompanionFiles",
        "InMemoryCustomModelStore",
        "InMemoryFileStamps",
        "InMemoryProcessSpawner",
        "InMemorySessionFiles",
        "InstalledAgent",
        "ManualClock",
        "RecordingTelemetry",
        "ScriptedAgent",
        "ScriptedModelEndpoint",
        "ScriptedRpcConnector",
        "T3HostModel",
        "conformanceSettings",
        "demoModels",
        "describeProviderConformance",
        "echoAgent",
        "echoDialect",
        "emptyBubble",
        "eventStreamRules",
        "inTurn",
        "piEndlessTurn",
        "piErrorTurn",
        "piExhaustedTurn",
        "piFailure",
        "piHandledPrompt",
        "piRecoveringTurn",
        "piRetryStart",
        "piRunEnd",
        "piRunStart",
        "piSettled",
        "piSpeech",
        "piSpeechEnd",
        "piSpeechStart",
        "piSteeredTurn",
        "piTextTurn",
        "piToolTurn",
        "piToolUse",
        "sessionAfter",
        "untouchedSession",
      ],
    },
  ])("$entry exports exactly these names", ({ names, expected }) => {
    expect(names.toSorted()).toEqual(expected.toSorted());
  });

  it(". names every port and service", () => {
    expect(Object.keys(host.ports).toSorted()).toEqual([
      "agentDialect",
      "attachmentReader",
      "binaryLocator",
      "childEnvironment",
      "clock",
      "companionFiles",
      "customModelStore",
      "fileStamps",
      "idGenerator",
      "processSpawner",
      "rpcConnector",
      "sessionFiles",
      "telemetry",
    ]);
    expect(Object.keys(host.services).toSorted()).toEqual(["options", "provider"]);
  });
});

function compiled(file: string): { readonly types: string; readonly default: string } {
  return { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` };
}

describe("the package", () => {
  it("serves every entry, and nothing else, from what is compiled of it", () => {
    expect(manifest.exports).toEqual({
      ".": compiled("app/index"),
      "./ports": compiled("ports/index"),
      "./testing": compiled("app/testing"),
      "./picker": compiled("app/picker"),
      "./transcript": compiled("app/transcript"),
      "./opentelemetry": compiled("app/opentelemetry"),
      "./package.json": "./package.json",
    });
  });
});

/** The compiler is the judge of these, too. */
describe("a type", () => {
  it("of what a host sets is exported beside its default", () => {
    const inventory: host.InventorySettings = host.defaultInventorySettings;
    const limits: host.CustomModelLimits = host.defaultCustomModelLimits;
    expect([inventory, limits]).toEqual([
      { recheckMs: 1_000, staleMs: 1_800_000, retryMs: 10_000, warmStartMs: 60_000 },
      { count: 32, length: 256 },
    ]);
  });

  it("of what a snapshot becomes for the host's picker is exported", () => {
    const { capabilities } = host.createPiProvider();
    const input: host.ServerProviderInput = { snapshot: { provider: "pi", instanceId: "pi", displayName: "Pi", capabilities }, madeAt: "2026-01-01T00:00:00.000Z" };
    const provider: host.ServerProvider = host.serverProviderOf(input);
    expect(provider.instanceId).toBe("pi");
  });
});

/** The compiler is the judge of these: `tsc` fails when a line that is marked as an error compiles. */
describe("an identifier", () => {
  it("binds a port to its own type only", () => {
    const clock = new ManualClock();
    const container = host.createProviderContainer({
      modules: [
        new ContainerModule(({ rebind }) => {
          // @ts-expect-error A generator of ids is no clock.
          rebind(host.ports.clock).toConstantValue(new CountedIds());
          rebind(host.ports.clock).toConstantValue(clock);
        }),
      ],
    });
    expect(container.get(host.ports.clock)).toBe(clock);
  });

  it("gives a service as its own type only", () => {
    const container = host.createProviderContainer();
    const clock: Clock = container.get(host.ports.clock);
    // @ts-expect-error A clock is no generator of ids.
    const ids: IdGenerator = container.get(host.ports.clock);
    expect(ids).toBe(clock);
    const provider: host.Provider = container.get(host.services.provider);
    expect(provider.provider).toBe("pi");
  });
});
