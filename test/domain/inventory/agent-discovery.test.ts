import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import { ScriptedRpcConnector, type RpcScript } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import { AgentDiscovery } from "../../../src/domain/inventory/agent-discovery.js";
import type { FailureEvidence } from "../../../src/ports/agent-dialect.js";
import { echoParts, idleProgram, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";
import { consent, silentOn } from "../echo-script.js";

interface Bench {
  readonly parts: EchoParts;
  readonly scripted: ScriptedRpcConnector;
  readonly discovery: AgentDiscovery;
}

function benchWith(options: EchoPartsOptions & { readonly script?: RpcScript } = {}): Bench {
  const parts = echoParts({ program: idleProgram, ...options });
  const scripted = new ScriptedRpcConnector({ clock: parts.clock, script: options.script ?? consent });
  const connector = options.program === undefined ? scripted : parts.connector;
  return { parts, scripted, discovery: new AgentDiscovery({ ...parts, connector, answerMs: 60_000, neutralFolder: "/neutral" }) };
}

const failing: InMemoryProgram = (io) => {
  io.writeError("Out of echoes.");
  return 9;
};

describe("a discovery", () => {
  it("asks the agent for its state and its models, in a process that is gone then", async () => {
    const { parts, discovery } = benchWith({ program: echoAgent });
    const found = await discovery.run({ agentDir: "/agent-home/echo", binaryPath: "/bin/echo" });
    expect(found.version).toEqual({ major: 1, minor: 2, patch: 3 });
    expect(found.state).toMatchObject({ model: { provider: "echo", id: "plain" } });
    expect(found.models.models.map(({ id }) => id)).toEqual(["plain", "deep"]);
    expect(parts.spawner.spawned).toMatchObject([{ cwd: "/neutral", environment: { ECHO_HOME: "/agent-home/echo" } }]);
    expect([parts.locator.queries[0]?.configured, parts.spawner.running, parts.clock.pendingTimers]).toEqual(["/bin/echo", 0, 0]);
  });

  it("is ephemeral", async () => {
    const modes: string[] = [];
    const launch = ({ mode }: { readonly mode: string }) => {
      modes.push(mode);
      return { args: [], environment: {} };
    };
    await benchWith({ dialect: { launch } }).discovery.run({});
    expect(modes).toEqual(["discovery"]);
  });

  it("cancels a question, for nobody would answer it", async () => {
    const { scripted, discovery } = benchWith({
      script: (call) => {
        if (call.record.do === "look") call.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Trust it?", choices: [] });
        consent(call);
      },
    });
    await discovery.run({});
    expect(scripted.connections[0]?.sent).toContainEqual({ do: "answer", ask: "ask-1" });
  });

  it.each<[what: string, script: RpcScript, code: string, words: string]>([
    ["refuses to tell its state", ({ id, emit }) => emit({ re: id, ok: false, why: "other", because: "Broken" }), "request-rejected", "did not tell its state: Broken."],
    [
      "refuses to tell its models",
      (call) => {
        if (call.record.do === "models") call.emit({ re: call.id, ok: false, why: "other", because: "Broken" });
        else consent(call);
      },
      "request-rejected",
      "did not tell its models: Broken.",
    ],
    ["gives an answer that cannot be read", ({ id, emit }) => emit({ re: id, ok: true }), "request-rejected", "its answer cannot be read"],
  ])("fails where the agent %s, and leaves no process", async (_what, script, code, words) => {
    const { parts, discovery } = benchWith({ script });
    await expect(discovery.run({})).rejects.toMatchObject({ kind: "process", code, operation: "model discovery", detail: expect.stringContaining(words) as unknown });
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it.each(["look", "models"])("fails where the agent does not answer in time (%s), and leaves no process", async (name) => {
    const { parts, scripted, discovery } = benchWith({ script: silentOn(name) });
    const failure = expect.soft(discovery.run({})).rejects.toMatchObject({ code: "start-timeout", detail: "Echo was started but did not answer within 60 s." });
    await expect.poll(() => scripted.connections[0]?.sent.at(-1)?.do).toBe(name);
    await parts.clock.advance(60_000);
    await failure;
    expect(parts.spawner.running).toBe(0);
  });

  it("says what the end of the process means", async () => {
    const evidence: FailureEvidence[] = [];
    const diagnose = (found: FailureEvidence) => {
      evidence.push(found);
      return { code: "crashed", detail: "Echo crashed." } as const;
    };
    await expect(benchWith({ program: failing, dialect: { diagnose } }).discovery.run({})).rejects.toMatchObject({ code: "agent-exited", detail: "Echo crashed." });
    expect(evidence).toEqual([{ phase: "start", exitCode: 9, signal: null, errorTail: "Out of echoes." }]);
  });

  it("fails where there is no program", async () => {
    const { discovery } = benchWith({ lookup: { type: "missing", reason: "not-on-path", searched: [] } });
    await expect(discovery.run({})).rejects.toMatchObject({ code: "binary-not-found" });
  });

  it("fails where the agent's version cannot be asked", async () => {
    const { discovery } = benchWith({ dialect: { encodeCommand: () => undefined } });
    await expect(discovery.run({})).rejects.toMatchObject({ code: "not-supported" });
  });

  it.each([
    ["while it is being started", 0],
    ["while it is asked", 1],
  ])("can be called off %s, and leaves no process", async (_when, connections) => {
    const { parts, scripted, discovery } = benchWith({ script: silentOn("look") });
    const abort = new AbortController();
    const failure = expect.soft(discovery.run({ signal: abort.signal })).rejects.toMatchObject({ code: "aborted" });
    await expect.poll(() => scripted.connections.length >= connections).toBe(true);
    abort.abort();
    await failure;
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
  });
});
