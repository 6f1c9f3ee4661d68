import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { readInstances } from "../../src/app/picker.js";
import { serverProviderOf } from "../../src/domain/inventory/server-provider.js";
import type { BinaryLookup, MissingBinaryReason } from "../../src/ports/binary-locator.js";
import type { ProviderHealthVerdict } from "../../src/ports/provider-inventory.js";
import type { ServerProvider } from "../../src/ports/server-provider.js";
import { foundPi, HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const modelsFile = "/home/user/.pi/agent/models.json";

/** In the shape in which T3's newer servers send it to their pickers. */
function sent(host: HostileProvider): ServerProvider {
  return serverProviderOf({ snapshot: host.provider.snapshot(), madeAt: new Date(host.clock.now()).toISOString() });
}

describe("custom models of a Pi that is not logged in", () => {
  it("F54: do not make it look logged in, nor usable", async () => {
    await using host = new HostileProvider({ agent: { models: [] } });
    const { provider } = host;
    // Typed while Pi could not be asked.
    host.spawner.refuse = "other";
    await provider.customModels.add("lab/mine", { allowUnverified: true });
    host.spawner.refuse = undefined;
    await host.pass(10_000);

    const health = await provider.inspect();
    expect(health).toMatchObject({ verdict: "no-models", modelCount: 0, status: { status: "warning", available: false, authStatus: "unauthenticated" } });
    expect(await provider.listModels()).toMatchObject({ defaultModel: null, models: [{ slug: "lab/mine", isCustom: true, verified: false }] });
    expect(sent(host)).toMatchObject({ status: "warning", auth: { status: "unauthenticated" }, models: [{ name: "mine (not verified)", isCustom: true }] });
  });

  it("F54: are no evidence either while it cannot be asked", async () => {
    await using host = new HostileProvider({});
    host.spawner.refuse = "other";
    await host.provider.customModels.add("lab/mine", { allowUnverified: true });

    expect(await host.provider.inspect()).toMatchObject({ verdict: "cannot-start", status: { available: false, authStatus: "unknown" } });
    await expect(host.provider.listModels()).rejects.toMatchObject({ code: "start-failed" });
    expect(sent(host)).toMatchObject({ status: "error", auth: { status: "unknown" }, models: [] });
  });

  it("F54: are not accepted from it: it takes them for no model", async () => {
    await using host = new HostileProvider({ agent: { models: [] } });
    await expect(host.provider.customModels.add("lab/mine", { allowUnverified: true })).rejects.toMatchObject({ code: "custom-model-refused" });
    expect(await host.provider.listModels()).toMatchObject({ models: [] });
  });
});

interface Situation {
  readonly verdict: ProviderHealthVerdict;
  readonly version?: string;
  readonly agent?: AgentScenario;
  readonly lookup?: BinaryLookup;
  readonly refuse?: HostileProvider["spawner"]["refuse"];
}

function missing(reason: MissingBinaryReason): BinaryLookup {
  return { type: "missing", reason, searched: [] };
}

const situations: readonly Situation[] = [
  { verdict: "ready" },
  { verdict: "not-installed", lookup: missing("not-on-path") },
  { verdict: "configured-path-wrong", lookup: missing("configured-path-missing") },
  { verdict: "not-executable", lookup: missing("configured-path-not-executable") },
  { verdict: "not-the-agent", lookup: foundPi({}), agent: { versionProbe: [{ raw: "GNU bash\n" }, { exit: 0 }] } },
  { verdict: "too-old", version: "0.74.0" },
  { verdict: "cannot-start", refuse: "other" },
  { verdict: "timed-out", agent: { on: { get_state: { always: [{ stall: true }] } } } },
  { verdict: "no-models", agent: { models: [] } },
];

/** T3's own words, in its older contract and in today's: an unknown one crashed its settings page. */
const t3Words = {
  status: ["ready", "warning", "error"],
  authStatus: ["authenticated", "unauthenticated", "unknown"],
  instanceStatus: ["ready", "warning", "error", "disabled"],
  availability: ["available", "unavailable"],
} as const;

describe("the words for a provider's status", () => {
  it.each(situations)("F68: are T3's own when it is $verdict", async ({ verdict, agent = {}, refuse, ...more }) => {
    await using host = new HostileProvider({ agent, ...more });
    host.spawner.refuse = refuse;
    const asking = host.provider.inspect();
    await host.pass(60_000);
    const report = await asking;
    const instance = sent(host);

    expect(report.verdict).toBe(verdict);
    expect(t3Words.status).toContain(report.status.status);
    expect(t3Words.authStatus).toContain(report.status.authStatus);
    expect(t3Words.instanceStatus).toContain(instance.status);
    expect(t3Words.authStatus).toContain(instance.auth.status);
    expect(t3Words.availability).toContain(instance.availability);
    expect(instance.status === "ready").toBe(verdict === "ready");
    // Only what is ready is offered, and the reason is given where it is not.
    const [shown] = readInstances([instance]);
    expect(shown?.state).toMatchObject(verdict === "ready" ? { selectable: true } : { selectable: false, message: report.status.message });
  });

  it("F68: that no picker knows yet cost neither that provider nor the others", async () => {
    await using host = new HostileProvider({});
    await host.provider.inspect();
    const known = sent(host);
    const newer = { ...known, instanceId: "newer", status: "hibernating", auth: { status: "expired" }, availability: "elsewhere", models: [...known.models, { slug: 7 }] };

    const [first, second] = readInstances([newer, known]);
    expect(first).toMatchObject({ instanceId: "newer", state: { selectable: true, warning: expect.stringContaining('"hibernating"') }, models: [{ slug: "lab/plain" }, { slug: "lab/thinker" }] });
    expect(second).toMatchObject({ instanceId: "pi", state: { selectable: true } });
  });
});

describe("the configured path", () => {
  const configured = "/opt/pi-of-mine/pi";

  /** Another Pi would be found by whoever forgets to look where the user said. */
  function twoPis(): HostileProvider {
    const host = new HostileProvider({
      options: { binaryPath: configured },
      lookup: (query) => foundPi({ path: query.configured ?? "/usr/bin/pi" }),
    });
    host.stamps.touch(modelsFile);
    return host;
  }

  it("F69: is where everything that is ever started is started from", async () => {
    await using host = twoPis();
    const { provider } = host;
    expect(await provider.inspect()).toMatchObject({ verdict: "ready", binaryPath: configured });
    await provider.listModels({ refresh: true });
    await provider.customModels.add("lab/elsewhere").catch(() => undefined);
    await host.start({ model: "lab/thinker" });
    await host.log.turn(await host.send("As you like.", { modelOptions: { pi: { thinkingLevel: "default" } } }));

    // The level that Pi chooses itself is asked for in a process of its own, as a custom model is.
    const kinds = new Set(host.spawner.spawned.map(({ args }) => kindOf(args)));
    expect([...kinds].toSorted()).toEqual(["configuration check", "discovery", "model check", "session", "version"]);
    expect(new Set(host.spawner.spawned.map(({ command }) => command))).toEqual(new Set([configured]));
    expect(new Set(host.locator.queries.map((query) => query.configured))).toEqual(new Set([configured]));
  });

  it("F69: that a call names instead is used for all of that call, and for no other", async () => {
    await using host = twoPis();
    const { provider } = host;
    const binaryPath = "/opt/another/pi";
    expect(await provider.inspect({ binaryPath })).toMatchObject({ binaryPath });
    await provider.listModels({ binaryPath, refresh: true });
    await provider.customModels.add("lab/elsewhere", { binaryPath }).catch(() => undefined);
    await host.start({ providerOptions: { pi: { binaryPath } } });
    expect(new Set(host.spawner.spawned.map(({ command }) => command))).toEqual(new Set([binaryPath]));

    expect(await provider.inspect()).toMatchObject({ binaryPath: configured });
    expect(host.spawner.spawned.at(-1)?.command).toBe(configured);
  });

  it("F69: that is wrong is never replaced by a Pi that is somewhere else", async () => {
    await using host = new HostileProvider({
      options: { binaryPath: configured },
      lookup: (query) => (query.configured === configured ? missing("configured-path-missing") : foundPi({})),
    });
    expect(await host.provider.inspect()).toMatchObject({ verdict: "configured-path-wrong", binaryPath: configured, status: { message: expect.stringContaining(configured) } });
    await expect(host.start()).rejects.toMatchObject({ code: "binary-not-found" });
    expect(host.spawner.spawned).toEqual([]);
  });
});

describe("the folder of a probe", () => {
  it("F70: is a neutral one, neither the project's nor the host's, for every kind of probe", async () => {
    await using host = new HostileProvider({ lookup: foundPi({}), options: { cwd: "/mnt/c/project", neutralFolder: "/neutral" } });
    expect(await foldersOf(host)).toEqual({ version: ["/neutral"], discovery: ["/neutral"], "configuration check": ["/neutral"], "model check": ["/neutral"] });
  });

  it("F70: is the system's folder for temporary files unless the host has a better one", async () => {
    await using host = new HostileProvider({ lookup: foundPi({}) });
    expect(new Set(Object.values(await foldersOf(host)).flat())).toEqual(new Set([tmpdir()]));
    expect(tmpdir()).not.toBe(process.cwd());
  });

  it("F70: is the project's only where the project is asked about, and then for nothing but that question", async () => {
    await using host = new HostileProvider({ lookup: foundPi({}), options: { neutralFolder: "/neutral" } });
    host.stamps.touch(modelsFile);
    await host.provider.inspect({ cwd: "/project" });
    expect(host.spawner.spawned.map(({ args, cwd }) => [kindOf(args), cwd])).toEqual([["version", "/neutral"], ["session", "/project"], ["configuration check", "/neutral"]]);
  });
});

/** Of every kind of probe the folders in which it ran. */
async function foldersOf(host: HostileProvider): Promise<Readonly<Record<string, readonly (string | undefined)[]>>> {
  host.stamps.touch(modelsFile);
  await host.provider.inspect();
  await host.provider.customModels.add("lab/elsewhere").catch(() => undefined);
  const folders: Record<string, (string | undefined)[]> = {};
  for (const { args, cwd } of host.spawner.spawned) (folders[kindOf(args)] ??= []).push(cwd);
  return folders;
}

/** What a process is for, as its arguments tell. */
function kindOf(args: readonly string[]): "version" | "configuration check" | "discovery" | "model check" | "session" {
  if (args.includes("--version")) return "version";
  if (args.includes("--list-models")) return "configuration check";
  if (!args.includes("--no-session")) return "session";
  return args.includes("--model") ? "model check" : "discovery";
}
