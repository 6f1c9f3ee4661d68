import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { piEndlessTurn, piRunStart, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { ProviderError } from "../../src/ports/errors.js";
import { InstalledProvider, type InstalledProviderOptions } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const secrets = {
  key: "sk-env-7a1f",
  password: "hunter2-of-the-host",
  stderr: "sk-stderr-93bd",
  prompt: "the prompt tells of project Xanadu",
  noise: "sk-stdout-55c0",
} as const;

/** What an agent that writes its keys everywhere says before it does anything else. */
const leaks: Script = [{ errorOutput: `Error: 401 for key ${secrets.stderr}\n    at fetch (${secrets.stderr})\n` }, { raw: `debug: ${secrets.noise}\n` }];

const before = { key: process.env["OPENAI_API_KEY"], password: process.env["HOST_DATABASE_PASSWORD"] };
beforeEach(() => {
  process.env["OPENAI_API_KEY"] = secrets.key;
  process.env["HOST_DATABASE_PASSWORD"] = secrets.password;
});
afterEach(() => {
  restore("OPENAI_API_KEY", before.key);
  restore("HOST_DATABASE_PASSWORD", before.password);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

interface Failure {
  readonly what: string;
  readonly host: InstalledProviderOptions;
  readonly call: (host: InstalledProvider) => Promise<unknown>;
}

const quick = { session: { readyMs: 100, requestMs: 100, promptMs: 100, acceptMs: 60_000, stopGraceMs: 100, abortMs: 100, probeMs: 10 } };

async function startAndSend(host: InstalledProvider): Promise<void> {
  await host.start();
  const turnId = await host.send(secrets.prompt);
  await host.log.turn(turnId);
}

const failures: readonly Failure[] = [
  { what: "a program that ends at once", host: { script: `echo "fatal: ${secrets.stderr} $OPENAI_API_KEY" >&2; exit 3` }, call: (host) => host.start() },
  { what: "a program that is not spawned", host: { script: "exit 0", options: { cwd: "/no/such/folder" } }, call: (host) => host.start() },
  { what: "an agent that gets never ready", host: { agent: { startup: leaks, on: { get_state: [[{ stall: true }]] } }, options: quick }, call: (host) => host.start() },
  { what: "a model that is refused", host: { agent: { startup: leaks, on: { set_model: [[{ reply: { error: "Not allowed" } }]] } } }, call: (host) => host.start({ model: "lab/thinker" }) },
  { what: "a message that is refused", host: { agent: { startup: leaks, on: { prompt: [[{ reply: { error: "No API key" } }]] } } }, call: startAndSend },
  { what: "a crash in a turn", host: { agent: { startup: leaks, on: { prompt: [[...piRunStart, ...leaks, { exit: 7 }]] } } }, call: startAndSend },
  { what: "a kill in a turn", host: { agent: { startup: leaks, on: { prompt: [[...piEndlessTurn("I work and").slice(0, -1), { crash: "SIGKILL" }]] } } }, call: startAndSend },
  { what: "a conversation that cannot be read", host: { agent: { startup: leaks, on: { get_entries: [[{ reply: { error: "Gone" } }]] } } }, call: async (host) => {
    await startAndSend(host);
    await host.provider.readThread(host.threadId);
  } },
  { what: "a message that is invalid", host: { agent: { startup: leaks } }, call: async (host) => {
    await startAndSend(host);
    await host.provider.sendTurn({ threadId: host.threadId, input: `${secrets.prompt} `.repeat(10_000) });
  } },
  { what: "a cursor that is invalid", host: {}, call: (host) => host.start({ resumeCursor: { prompt: secrets.prompt } }) },
];

describe.skipIf(process.platform === "win32")("a secret", () => {
  it.each(failures)("F75: stands in no error, no warning and no count, whatever fails: $what", async ({ host: options, call }) => {
    await using host = await InstalledProvider.open(options);
    const error = await call(host).catch((reason: unknown) => reason);
    await host.provider[Symbol.asyncDispose]();

    const told = host.log.events.filter(({ type }) => type !== "content.delta" && type !== "item.completed");
    const everything = inspect([error, told, host.telemetry.counts, host.telemetry.spans], { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
    for (const secret of Object.values(secrets)) expect(everything).not.toContain(secret);
    // Something failed, or this would prove nothing.
    expect(ProviderError.is(error) || host.log.of("runtime.error").length > 0).toBe(true);
  });

  it("F75: of the standard error is in no record either, though prompts are: those are for a log that the host redacts itself", async () => {
    await using host = await InstalledProvider.open({ agent: { startup: leaks, on: { prompt: [piTextTurn("Understood.")] } } });
    await startAndSend(host);
    const records = JSON.stringify(host.telemetry.nativeRecords);

    expect(records).toContain(secrets.prompt);
    for (const secret of [secrets.key, secrets.password, secrets.stderr, secrets.noise]) expect(records).not.toContain(secret);
  });

  it.runIf(process.platform === "linux")("F75: of the host does not reach the agent; the agent's own key does", async () => {
    await using host = await InstalledProvider.open({});
    await host.start();
    const environment = await readFile(`/proc/${host.pid}/environ`, "utf8");

    expect(environment).toContain(secrets.key);
    expect(environment).not.toContain(secrets.password);
    expect(await readFile(`/proc/${host.pid}/cmdline`, "utf8")).not.toContain(secrets.key);
  });
});
