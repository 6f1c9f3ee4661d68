import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import { OwnChoices, type OwnChoice, type OwnChoiceQuestion } from "../../../src/domain/inventory/own-choices.js";
import type { AgentCommandType, AgentReply } from "../../../src/ports/agent-messages.js";
import type { AgentVersion } from "../../../src/ports/agent-version.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { agentDir, changingWorld, settingsFile, type ChangingWorld } from "./changing-agent.js";

const plain = { provider: "echo", id: "plain" };
const deep = { provider: "echo", id: "deep" };

interface World extends ChangingWorld {
  readonly choices: OwnChoices;
  readonly find: (change?: Partial<OwnChoiceQuestion>) => Promise<OwnChoice>;
}

/** The agent uses `echo/plain` at the level `low` by itself, and has `echo/deep` as well. */
function world(): World {
  const made = changingWorld();
  Object.assign(made.agent, { models: ["echo/plain", "echo/deep"], levels: ["low", "high"] });
  made.parts.stamps.touch(settingsFile);
  const choices = new OwnChoices(made.parts);
  return { ...made, choices, find: (change = {}) => choices.find({ binaryPath: undefined, agentDir, ...change }) };
}

/** Reads the echo agent's state as that of one without a model. */
function decodeWithoutModel<T extends AgentCommandType>(type: T, record: RpcRecord, version: AgentVersion): AgentReply<T> {
  const reply = echoDialect.decodeReply(type, record, version);
  if (reply.type !== "ok" || type !== "get-state") return reply;
  return { type: "ok", value: { ...reply.value, model: undefined } };
}

function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}

describe("the agent's own choice", () => {
  it("of a model and its level is in the catalog's answer: no process more", async () => {
    const { agent, find } = world();
    expect([await find(), await find({ model: plain }), agent.starts.rpc]).toEqual([{ model: plain, level: "low" }, { model: plain, level: "low" }, 1]);
  });

  it("of a level for another model is asked of a process that is started with it, once", async () => {
    const { agent, parts, find } = world();
    expect([await find({ model: deep }), await find({ model: deep })]).toEqual([{ model: deep, level: "low" }, { model: deep, level: "low" }]);
    expect(parts.spawner.spawned.flatMap(({ args }) => args)).toEqual(["--version", "--model=echo/deep"]);
    expect([agent.starts.rpc, parts.spawner.running, parts.clock.pendingTimers]).toEqual([2, 0, 0]);
  });

  it("is asked once for all who ask at the same time", async () => {
    const { agent, find } = world();
    const found = await Promise.all(Array.from({ length: 50 }, () => find({ model: deep })));
    expect([new Set(found.map((choice) => JSON.stringify(choice))).size, agent.starts]).toEqual([1, { version: 1, check: 0, rpc: 2 }]);
  });

  it("asks the catalog about the agent itself, whatever model is meant", async () => {
    const { parts, find } = world();
    await find({ model: deep });
    const { knowledge } = await parts.catalog.ask({ binaryPath: undefined, agentDir });
    expect(knowledge.answer?.discovery.state.model).toEqual(plain);
  });

  it("leaves no process waiting in the project", async () => {
    const { parts, find } = world();
    await find({ cwd: "/project", model: deep });
    expect([parts.spares.isEmpty, parts.spawner.running, parts.spawner.spawned.map(({ cwd }) => cwd)]).toEqual([true, 0, ["/neutral", "/project", "/project"]]);
  });

  it("is asked again when something has changed", async () => {
    const { agent, parts, find } = world();
    await find({ model: deep });
    agent.levels = ["high"];
    parts.stamps.touch(settingsFile);
    await parts.clock.advance(1_000);
    expect([await find({ model: deep }), agent.starts.rpc]).toEqual([{ model: deep, level: "high" }, 4]);
  });

  it("is the one after a change, though the one before is still being asked for", async () => {
    const { agent, parts, find } = world();
    await find();
    const release = agent.hold("rpc");
    const before = find({ model: deep });
    await expect.poll(() => agent.starts.rpc).toBe(2);
    agent.holdNoMore("rpc");
    agent.levels = ["high"];
    parts.stamps.touch(settingsFile);
    await parts.clock.advance(1_000);
    const after = find({ model: deep });
    await expect.poll(() => agent.starts.rpc).toBeGreaterThanOrEqual(3);
    await parts.clock.advance(0);
    release();
    expect([await before, await after, await find({ model: deep })]).toEqual([{ model: deep, level: "low" }, { model: deep, level: "high" }, { model: deep, level: "high" }]);
  });

  it("has no level for a model that offers no choice, and starts nothing for it", async () => {
    const { agent, find } = world();
    agent.levels = [];
    expect([await find(), await find({ model: deep }), agent.starts.rpc]).toEqual([{ model: plain }, { model: deep }, 1]);
  });

  it("of a level for a model that the agent does not list is asked for, too", async () => {
    const { agent, find } = world();
    expect([await find({ model: { provider: "mine", id: "own" } }), agent.starts.rpc]).toEqual([{ model: { provider: "mine", id: "own" }, level: "low" }, 2]);
  });

  it("is what it was when the agent cannot be asked again", async () => {
    const { agent, parts, find } = world();
    await find();
    agent.isGone = true;
    await parts.clock.advance(1_000);
    expect(await find()).toEqual({ model: plain, level: "low" });
  });
});

describe("an agent whose own choice is not to be had", () => {
  it("says why", async () => {
    const { agent, find } = world();
    agent.health = "fails";
    expect(await find().catch(codeOf)).toBe("agent-exited");
    agent.isGone = true;
    expect(await find({ agentDir: "/other" }).catch(codeOf)).toBe("binary-not-found");
  });

  it("because it has no model says what to do", async () => {
    const modelless = changingWorld({ dialect: { decodeReply: decodeWithoutModel } });
    const finding = new OwnChoices(modelless.parts).find({ binaryPath: undefined, agentDir });
    await expect(finding).rejects.toMatchObject({ kind: "request", code: "model-unavailable", operation: "model selection", nextStep: "Log in to a provider, or add a model to its configuration." });
  });

  it("is asked again: a failure is not remembered as a level", async () => {
    const { agent, find } = world();
    await find();
    agent.health = "fails";
    expect(await find({ model: deep }).catch(codeOf)).toBe("agent-exited");
    agent.health = "answers";
    expect(await find({ model: deep })).toEqual({ model: deep, level: "low" });
  });
});

describe("a question for the agent's own choice", () => {
  it("can be called off, and leaves no process", async () => {
    const { agent, parts, find } = world();
    await find();
    agent.hold("rpc");
    const abort = new AbortController();
    const finding = find({ model: deep, signal: abort.signal }).catch(codeOf);
    await expect.poll(() => agent.starts.rpc).toBe(2);
    abort.abort();
    expect([await finding, parts.spawner.running, parts.clock.pendingTimers]).toEqual(["aborted", 0, 0]);
  });

  it("leaves no process when all is ended", async () => {
    const { agent, parts, choices, find } = world();
    await find();
    agent.hold("rpc");
    const finding = find({ model: deep }).catch(codeOf);
    await expect.poll(() => agent.starts.rpc).toBe(2);
    await choices.dispose();
    expect([await finding, parts.spawner.running, parts.clock.pendingTimers]).toEqual(["aborted", 0, 0]);
    expect(await find({ model: deep }).catch(codeOf)).toBe("disposed");
  });
});
