import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { ScriptedRpcConnector, type RpcScript, type ScriptedCall } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import type { DiscoveryRequest } from "../../../src/domain/inventory/agent-discovery.js";
import { endAgent } from "../../../src/domain/session/spare-agents.js";
import type { FailureEvidence } from "../../../src/ports/agent-dialect.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { echoParts, idleProgram, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";
import { consent } from "../echo-script.js";

interface Bench {
  readonly parts: EchoParts;
  readonly scripted: ScriptedRpcConnector;
}

const answers: Readonly<Record<string, RpcRecord>> = { tricks: { tricks: [] }, levels: { levels: [] } };

/** As the echo agent would. */
function answering(call: ScriptedCall): void {
  const answer = answers[String(call.record["do"])];
  if (answer === undefined) consent(call);
  else call.emit({ re: call.id, ok: true, ...answer });
}

function silentOn(name: string): RpcScript {
  return (call) => {
    if (call.record["do"] !== name) answering(call);
  };
}

/** Around a script, or around a program that speaks for itself. */
function benchWith({ script, ...options }: EchoPartsOptions & { readonly script?: RpcScript } = {}): Bench {
  const clock = new ManualClock();
  const scripted = new ScriptedRpcConnector({ clock, script: script ?? answering });
  return { scripted, parts: echoParts({ clock, ...(options.program === undefined ? { program: idleProgram, connector: scripted } : {}), ...options }) };
}

function request(change: Partial<DiscoveryRequest> = {}): DiscoveryRequest {
  return { binaryPath: undefined, agentDir: undefined, signal: new AbortController().signal, ...change };
}

function left({ parts }: Bench): readonly [processes: number, timers: number] {
  return [parts.spawner.running, parts.clock.pendingTimers];
}

const failing: InMemoryProgram = (io) => {
  io.writeError("Out of echoes.");
  return 9;
};

describe("a discovery", () => {
  it("asks the agent for its state, models and commands, in one process that is gone then", async () => {
    const bench = benchWith({ program: echoAgent });
    const found = await bench.parts.discovery.run(request({ agentDir: "/agent-home/echo", binaryPath: "/bin/echo" }));
    expect(found.version).toEqual({ major: 1, minor: 2, patch: 3 });
    expect(found.state).toMatchObject({ model: { provider: "echo", id: "plain" } });
    expect([found.models.models.map(({ id }) => id), found.commands?.map(({ name }) => name), found.failedExtensions]).toEqual([["plain", "deep"], ["ping"], 0]);
    expect(bench.parts.spawner.spawned).toMatchObject([{ cwd: "/neutral", environment: { ECHO_HOME: "/agent-home/echo" } }]);
    expect([bench.parts.locator.queries[0]?.configured, ...left(bench)]).toEqual(["/bin/echo", 0, 0]);
  });

  it("runs in the project that was named", async () => {
    const { parts } = benchWith();
    await parts.discovery.run(request({ cwd: "/project" }));
    expect(parts.spawner.spawned[0]?.cwd).toBe("/project");
  });

  it("is ephemeral unless it is held", async () => {
    const modes: string[] = [];
    const launch = ({ mode }: { readonly mode: string }) => {
      modes.push(mode);
      return { args: [], environment: {} };
    };
    const { parts } = benchWith({ dialect: { launch } });
    await parts.discovery.run(request());
    await parts.discovery.stateWith({ ...request(), model: { provider: "echo", id: "plain" } });
    await endAgent((await parts.discovery.hold(request())).agent);
    expect(modes).toEqual(["discovery", "discovery", "session"]);
  });

  it("cancels a question, for nobody would answer it", async () => {
    const { scripted, parts } = benchWith({
      script: (call) => {
        if (call.record["do"] === "look") call.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Trust it?", choices: [] });
        answering(call);
      },
    });
    await parts.discovery.run(request());
    expect(scripted.connections[0]?.sent).toContainEqual({ do: "answer", ask: "ask-1" });
  });

  it("counts the extensions that failed meanwhile", async () => {
    const { parts } = benchWith({
      dialect: { decodeEvent: (): AgentEvent => ({ type: "extension-failed", extension: "x", event: "start" }) },
      script: (call) => {
        if (call.record["do"] === "look") call.emit({ now: "broken" });
        answering(call);
      },
    });
    expect((await parts.discovery.run(request())).failedExtensions).toBe(1);
  });

  it("needs no commands and no levels", async () => {
    const { parts } = benchWith({
      script: (call) => {
        if (call.record["do"] === "look" || call.record["do"] === "models") answering(call);
        else call.emit({ re: call.id, ok: false, why: "unknown-command", because: "No." });
      },
    });
    const found = await parts.discovery.run(request());
    expect([found.models.models.length, "commands" in found]).toEqual([1, false]);
  });

  it.each<[what: string, model: string, levels: readonly string[], proven: readonly string[]]>([
    ["of its current model", "echo/deep", ["brief", "thorough"], ["low", "high"]],
    ["and not of one without reasoning", "echo/deep", [], []],
    ["and not of another model", "echo/plain", ["brief"], ["brief"]],
  ])("believes the agent's own word on the levels %s", async (_what, model, levels, proven) => {
    const said: Readonly<Record<string, RpcRecord>> = {
      look: { model, busy: false, waiting: 0, lines: 0, session: "echo" },
      models: { models: [{ name: "echo/deep", title: "Deep", sees: ["text"], levels }] },
      levels: { levels: ["low", "high"] },
      tricks: { tricks: [] },
    };
    const { parts } = benchWith({ script: ({ record, id, emit }) => emit({ re: id, ok: true, ...said[String(record["do"])] }) });
    expect((await parts.discovery.run(request())).models.models[0]?.thinkingLevels).toEqual(proven);
  });
});

describe("a discovery that is held", () => {
  it("leaves its process there, at rest, to whoever asked", async () => {
    const bench = benchWith({ program: echoAgent });
    const { discovery, agent } = await bench.parts.discovery.hold(request({ cwd: "/project" }));
    expect([discovery.models.models.length, agent.state, ...left(bench)]).toEqual([2, discovery.state, 1, 0]);
    await endAgent(agent);
    expect(left(bench)).toEqual([0, 0]);
  });
});

describe("the question what the agent makes of a model", () => {
  it("is its state when it is started with it, in a process that is gone then", async () => {
    const bench = benchWith({ program: echoAgent });
    const state = await bench.parts.discovery.stateWith({ ...request(), model: { provider: "echo", id: "deep" } });
    expect([state.model, state.thinkingLevel, bench.parts.spawner.spawned[0]?.args, ...left(bench)]).toEqual([{ provider: "echo", id: "deep" }, "brief", ["--model=echo/deep"], 0, 0]);
  });

  it("fails with its own code where the agent does not know the model, and is not asked twice", async () => {
    const bench = benchWith({ program: echoAgent });
    await expect(bench.parts.discovery.stateWith({ ...request(), model: { provider: "echo", id: "gone" } })).rejects.toMatchObject({ code: "model-unavailable", detail: "The echo agent does not know the model it was started with." });
    expect([bench.parts.spawner.spawned.length, ...left(bench)]).toEqual([1, 0, 0]);
  });
});

describe("a discovery that fails", () => {
  it.each<[what: string, script: RpcScript, code: string, words: string]>([
    ["refuses to tell its state", ({ id, emit }) => emit({ re: id, ok: false, why: "other", because: "Broken" }), "request-rejected", "did not tell its state: Broken."],
    [
      "refuses to tell its models",
      (call) => {
        if (call.record["do"] === "models") call.emit({ re: call.id, ok: false, why: "other", because: "Broken" });
        else answering(call);
      },
      "request-rejected",
      "did not tell its models: Broken.",
    ],
    ["gives an answer that cannot be read", ({ id, emit }) => emit({ re: id, ok: true }), "request-rejected", "its answer cannot be read"],
  ])("because the agent %s leaves no process, and is not tried again", async (_what, script, code, words) => {
    const bench = benchWith({ script });
    await expect(bench.parts.discovery.run(request())).rejects.toMatchObject({ kind: "process", code, operation: "model discovery", detail: expect.stringContaining(words) as unknown });
    expect([bench.parts.spawner.spawned.length, ...left(bench)]).toEqual([1, 0, 0]);
  });

  it.each([
    ["look", 60_000],
    ["models", 15_000],
    ["tricks", 15_000],
  ])("because the agent does not answer in time (%s) leaves no process, and is not tried again", async (name, ms) => {
    const bench = benchWith({ script: silentOn(name) });
    const failure = expect.soft(bench.parts.discovery.run(request())).rejects.toMatchObject({ code: "start-timeout", detail: `Echo was started but did not answer within ${ms / 1_000} s.` });
    await expect.poll(() => bench.scripted.connections[0]?.sent.some((sent) => sent["do"] === name)).toBe(true);
    await bench.parts.clock.advance(ms);
    await failure;
    expect([bench.parts.spawner.spawned.length, ...left(bench)]).toEqual([1, 0, 0]);
  });

  it("because the agent crashed is tried once more, and says then what the crash means", async () => {
    const evidence: FailureEvidence[] = [];
    const diagnose = (found: FailureEvidence) => {
      evidence.push(found);
      return { code: "crashed", detail: "Echo crashed." } as const;
    };
    const bench = benchWith({ program: failing, dialect: { diagnose } });
    await expect(bench.parts.discovery.run(request())).rejects.toMatchObject({ code: "agent-exited", detail: "Echo crashed." });
    const seen: FailureEvidence = { phase: "start", exitCode: 9, signal: null, errorTail: "Out of echoes." };
    expect([evidence, ...left(bench)]).toEqual([[seen, seen], 0, 0]);
  });

  it("once, by accident, is no failure", async () => {
    let starts = 0;
    const bench = benchWith({
      program: (io) => {
        starts += 1;
        return starts === 1 ? failing(io) : echoAgent(io);
      },
    });
    expect((await bench.parts.discovery.run(request())).models.models).toHaveLength(2);
    expect([starts, ...left(bench)]).toEqual([2, 0, 0]);
  });

  it("because the agent said why it does not start is not tried again", async () => {
    const bench = benchWith({ program: () => 2 });
    await expect(bench.parts.discovery.run(request())).rejects.toMatchObject({ code: "agent-exited", detail: "The echo agent does not know one of its flags." });
    expect(bench.parts.spawner.spawned).toHaveLength(1);
  });

  it("because there is no program says so", async () => {
    const { parts } = benchWith({ lookup: { type: "missing", reason: "not-on-path", searched: [] } });
    await expect(parts.discovery.run(request())).rejects.toMatchObject({ code: "binary-not-found" });
  });

  it("because the agent's version has no such question says so", async () => {
    const bench = benchWith({ dialect: { encodeCommand: () => undefined } });
    await expect(bench.parts.discovery.run(request())).rejects.toMatchObject({ code: "not-supported" });
    expect(left(bench)).toEqual([0, 0]);
  });

  it.each([
    ["while it is being started", 0],
    ["while it is asked", 1],
  ])("because it was called off %s leaves no process, and is not tried again", async (_when, connections) => {
    const bench = benchWith({ script: silentOn("look") });
    const abort = new AbortController();
    const failure = expect.soft(bench.parts.discovery.run(request({ signal: abort.signal }))).rejects.toMatchObject({ code: "aborted" });
    await expect.poll(() => bench.scripted.connections.length >= connections).toBe(true);
    abort.abort();
    await failure;
    expect([bench.parts.spawner.spawned.length <= 1, ...left(bench)]).toEqual([true, 0, 0]);
  });
});
