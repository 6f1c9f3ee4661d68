import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import type { ConfigurationStamp } from "../../../src/domain/inventory/configuration-stamp.js";
import { SpareAgents, type SpareAgent, type SpareWish } from "../../../src/domain/session/spare-agents.js";
import type { AgentModelRef, AgentState } from "../../../src/ports/agent-messages.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { echoParts, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";

const stamp: ConfigurationStamp = { launch: "as a session is started", files: ["settings, first state", "absent"] };
const anything: SpareWish = { stamp, model: undefined, level: undefined, gated: false };
const deep: AgentModelRef = { provider: "echo", id: "deep" };

/** Echo's processes in a waiting room. Nothing of them is left at the end. */
class SpareBench implements AsyncDisposable {
  readonly parts: EchoParts;
  readonly spares: SpareAgents;

  constructor(options: EchoPartsOptions = {}) {
    this.parts = echoParts(options);
    this.spares = new SpareAgents({ ...this.parts, keepMs: 60_000 });
  }

  /** A process that has answered; nobody owns it yet. */
  async agent(): Promise<SpareAgent> {
    const { discovery } = this.parts;
    return (await discovery.hold({ binaryPath: undefined, agentDir: undefined, cwd: "/project", signal: new AbortController().signal })).agent;
  }

  /** One that waits, and says of itself what `state` changes; what it says when it is asked once more may be `later`. */
  async waiting(state: Partial<AgentState> = {}, later?: (agent: SpareAgent) => Promise<AgentState>): Promise<SpareAgent> {
    const asked = await this.agent();
    const agent: SpareAgent = { ...asked, state: { ...asked.state, ...state }, recheck: async () => ({ ...(await asked.recheck()), ...state }) };
    this.spares.keep(later === undefined ? agent : { ...agent, recheck: () => later(agent) }, stamp);
    return agent;
  }

  get outcomes(): readonly unknown[] {
    return this.parts.telemetry.counts.flatMap(({ name, attributes }) => (name === "agent.spares" ? [attributes.outcome] : []));
  }

  /** How many processes and timers there are. */
  get left(): readonly [processes: number, timers: number] {
    return [this.parts.spawner.running, this.parts.clock.pendingTimers];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spares.dispose();
    if (this.left.some((count) => count > 0)) throw new Error(`The bench left ${this.left.join(" processes and ")} timers.`);
  }
}

describe("a process that waits", () => {
  it("is given to the first who wants just that, and to nobody else", async () => {
    await using bench = new SpareBench();
    const { process, version } = await bench.waiting();
    expect([bench.spares.isEmpty, bench.left]).toEqual([false, [1, 1]]);
    expect(await bench.spares.take(anything)).toMatchObject({ process, version });
    expect([bench.spares.isEmpty, await bench.spares.take(anything), bench.outcomes]).toEqual([true, undefined, ["adopted"]]);
    await process.stop({ graceMs: 0 });
  });

  it("is its new owner's from then on: no time ends it, no other one, no disposal", async () => {
    await using bench = new SpareBench();
    const { process, transport } = await bench.waiting();
    await bench.spares.take(anything);
    await bench.waiting();
    bench.spares.withdraw(transport, "ended");
    await bench.parts.clock.advance(60_000);
    await bench.spares.dispose();
    expect([bench.left, bench.outcomes]).toEqual([[1, 0], ["adopted", "expired"]]);
    await process.stop({ graceMs: 0 });
  });

  it("tells its new owner what it says, and takes what that says", async () => {
    await using bench = new SpareBench();
    const { process } = await bench.waiting();
    const heard: RpcRecord[] = [];
    const transport = (await bench.spares.take(anything))?.connect({ onRecord: (record) => heard.push(record), onDropped: () => undefined, onClose: () => undefined });
    transport?.post({ do: "say", text: "/ping", pictures: [] });
    await expect.poll(() => heard.map(({ now, went }) => now ?? went)).toEqual(["tell", "handled"]);
    transport?.detach();
    await process.stop({ graceMs: 0 });
  });

  it.each<[what: string, wish: Pick<SpareWish, "model" | "level">]>([
    ["nothing in particular", { model: undefined, level: undefined }],
    ["the model that it uses", { model: deep, level: undefined }],
    ["the level that it uses", { model: undefined, level: "brief" }],
    ["both of them", { model: deep, level: "brief" }],
  ])("fits who wants %s", async (_what, wish) => {
    await using bench = new SpareBench();
    const { process } = await bench.waiting({ model: deep, thinkingLevel: "brief" });
    expect(await bench.spares.take({ ...anything, ...wish })).toMatchObject({ process });
    await process.stop({ graceMs: 0 });
  });

  it.each<[what: string, wish: Partial<SpareWish>]>([
    ["another program, folder, argument or variable", { stamp: { ...stamp, launch: "otherwise" } }],
    ["another provider's model of that name", { model: { ...deep, provider: "other" } }],
    ["another model", { model: { ...deep, id: "plain" } }],
    ["another model with that level", { model: { ...deep, id: "plain" }, level: "brief" }],
    ["another level", { level: "thorough" }],
    ["another level of that model", { model: deep, level: "thorough" }],
    ["one that asks before each tool call", { gated: true }],
  ])("goes on waiting where someone wants %s", async (_what, wish) => {
    await using bench = new SpareBench();
    await bench.waiting({ model: deep, thinkingLevel: "brief" });
    expect(await bench.spares.take({ ...anything, ...wish })).toBeUndefined();
    expect([bench.spares.isEmpty, bench.left, bench.outcomes]).toEqual([false, [1, 1], []]);
  });

  it("that has no model and no level fits only who wants none", async () => {
    await using bench = new SpareBench();
    const agent = await bench.agent();
    const { model: _none, thinkingLevel: _neither, ...state } = agent.state;
    bench.spares.keep({ ...agent, state, recheck: async () => state }, stamp);
    expect([await bench.spares.take({ ...anything, model: deep }), await bench.spares.take({ ...anything, level: "brief" })]).toEqual([undefined, undefined]);
    expect(await bench.spares.take(anything)).toBeDefined();
    await agent.process.stop({ graceMs: 0 });
  });
});

describe("a process that is about to be given away", () => {
  it.each<[what: string, wish: Partial<SpareWish>, later: (agent: SpareAgent) => Promise<AgentState>]>([
    ["has died", {}, () => Promise.reject(new Error("It has ended."))],
    ["works on something", {}, async ({ state }) => ({ ...state, streaming: true })],
    ["uses another model by now", { model: deep }, async ({ state }) => ({ ...state, model: { ...deep, id: "plain" } })],
    ["uses another level by now", { level: "brief" }, async ({ state }) => ({ ...state, thinkingLevel: "thorough" })],
  ])("is asked once more, and ended where it %s", async (_what, wish, later) => {
    await using bench = new SpareBench();
    await bench.waiting({ model: deep, thinkingLevel: "brief" }, later);
    expect(await bench.spares.take({ ...anything, ...wish })).toBeUndefined();
    expect([bench.spares.isEmpty, bench.outcomes]).toEqual([true, ["ended"]]);
    await expect.poll(() => bench.left).toEqual([0, 0]);
  });

  it("is no longer there for anybody else, and no longer bound to its time", async () => {
    await using bench = new SpareBench();
    const answer = Promise.withResolvers<AgentState>();
    const { process, transport, state } = await bench.waiting({}, () => answer.promise);
    const taking = bench.spares.take(anything);
    bench.spares.withdraw(transport, "busy");
    await bench.parts.clock.advance(60_000);
    expect([bench.spares.isEmpty, await bench.spares.take(anything), bench.left]).toEqual([true, undefined, [1, 0]]);
    answer.resolve(state);
    expect([await taking, bench.outcomes]).toMatchObject([{ process }, ["adopted"]]);
    await process.stop({ graceMs: 0 });
  });

  it("is ended where it does not answer soon", async () => {
    let isHung = false;
    await using bench = new SpareBench({
      program: (io) => echoAgent({ ...io, write: (bytes) => (isHung ? new Promise<never>(() => undefined) : io.write(bytes)) }),
    });
    await bench.waiting();
    isHung = true;
    const taking = bench.spares.take(anything);
    await bench.parts.clock.advance(2_000);
    expect([await taking, bench.outcomes]).toEqual([undefined, ["ended"]]);
    await expect.poll(() => bench.left).toEqual([0, 0]);
  });
});

describe("a process that nobody took", () => {
  it.each<[outcome: string, end: (bench: SpareBench, agent: SpareAgent) => unknown]>([
    ["expired", ({ parts }) => parts.clock.advance(60_000)],
    ["outdated", ({ spares }) => spares.take({ ...anything, stamp: { ...stamp, files: ["settings, second state", "absent"] } })],
    ["outdated", ({ spares }) => spares.take({ ...anything, stamp: { ...stamp, files: ["settings, first state", "there now"] } })],
    ["outdated", ({ spares }) => spares.take({ ...anything, stamp: { ...stamp, files: ["settings, first state"] } })],
    ["ended", ({ spares }, { transport }) => spares.withdraw(transport, "ended")],
    ["busy", ({ spares }, { transport }) => spares.withdraw(transport, "busy")],
    ["disposed", ({ spares }) => spares.dispose()],
  ])("is ended (%s), counted, and leaves no timer", async (outcome, end) => {
    await using bench = new SpareBench();
    const agent = await bench.waiting();
    await end(bench, agent);
    expect([bench.spares.isEmpty, await bench.spares.take(anything), bench.outcomes]).toEqual([true, undefined, [outcome]]);
    await expect.poll(() => bench.left).toEqual([0, 0]);
  });

  it("waits to the last moment of its time", async () => {
    await using bench = new SpareBench();
    await bench.waiting();
    await bench.parts.clock.advance(59_999);
    expect([bench.spares.isEmpty, bench.left]).toEqual([false, [1, 1]]);
    await bench.parts.clock.advance(1);
    expect(bench.spares.isEmpty).toBe(true);
  });

  it("gives way to one that comes later, which has a whole time of its own", async () => {
    await using bench = new SpareBench();
    await bench.waiting();
    await bench.parts.clock.advance(30_000);
    const { process } = await bench.waiting();
    await expect.poll(() => bench.left).toEqual([1, 1]);
    await bench.parts.clock.advance(59_999);
    expect([bench.outcomes, await bench.spares.take(anything)]).toMatchObject([["replaced"], { process }]);
    await process.stop({ graceMs: 0 });
  });

  it("is not ended for what happens to another one", async () => {
    await using bench = new SpareBench();
    const [first, second] = [await bench.waiting(), await bench.waiting()];
    bench.spares.withdraw(first.transport, "ended");
    expect(await bench.spares.take(anything)).toMatchObject({ process: second.process });
    await second.process.stop({ graceMs: 0 });
  });

  it("is ended at once where nobody can take it any more", async () => {
    await using bench = new SpareBench();
    const agent = await bench.agent();
    await bench.spares.dispose();
    bench.spares.keep(agent, stamp);
    expect([bench.spares.isEmpty, bench.outcomes]).toEqual([true, ["disposed"]]);
    await expect.poll(() => bench.left).toEqual([0, 0]);
  });

  it("is waited for by a disposal until it is gone, whatever ended it", async () => {
    await using bench = new SpareBench();
    const agent = await bench.agent();
    const gate = Promise.withResolvers<void>();
    const { locality, output, exited } = agent.process;
    const reluctant: SpareAgent["process"] = {
      locality,
      output,
      exited,
      write: (bytes) => agent.process.write(bytes),
      closeInput: () => agent.process.closeInput(),
      errorTail: () => agent.process.errorTail(),
      stop: async (ladder) => {
        await gate.promise;
        return await agent.process.stop(ladder);
      },
    };
    bench.spares.keep({ ...agent, process: reluctant }, stamp);
    bench.spares.withdraw(agent.transport, "busy");
    let isOver = false;
    const disposal = bench.spares.dispose().finally(() => (isOver = true));
    await bench.parts.clock.advance(0);
    expect([isOver, bench.left]).toEqual([false, [1, 0]]);
    gate.resolve();
    await disposal;
    expect(bench.left).toEqual([0, 0]);
  });

  it("tells its new owner in which session it asks before each tool call", async () => {
    await using bench = new SpareBench();
    const agent = await bench.agent();
    bench.spares.keep({ ...agent, gatedSession: () => "s1" }, stamp);
    expect(await bench.spares.take({ ...anything, gated: true })).toMatchObject({ gatedSession: "s1" });
    await agent.process.stop({ graceMs: 0 });
  });
});
