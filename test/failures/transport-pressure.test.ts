import { setImmediate } from "node:timers/promises";
import { ContainerModule } from "inversify";
import { assert, describe, expect, it, vi } from "vitest";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { ScriptedAgent } from "../../src/adapters/fake/scripted-agent.js";
import { piRunEnd, piRunStart, piSettled, piSpeech, piSpeechEnd, piSpeechStart } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { createPiProvider, piDialect, ports, type Provider, type ProviderOptions } from "../../src/app/index.js";
import { EventLog } from "../../src/app/testing.js";
import { isAlive } from "../process-census.js";
import { InstalledProvider } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const threadId = "thread-1";
const deltas = 20_000;
const delta = "0123456789";
/** An answer in very many pieces. */
const flood: Script = [
  ...piRunStart,
  ...piSpeechStart({ text: "" }),
  { repeat: deltas, steps: [{ update: { type: "text_delta", contentIndex: 0, delta } }] },
  ...piSpeechEnd({ text: delta.repeat(deltas) }),
  ...piRunEnd(),
  ...piSettled,
];

/** A provider in memory whose events nobody reads unless the test does. */
class UnreadProvider implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly telemetry = new RecordingTelemetry();
  readonly spawner: InMemoryProcessSpawner;
  readonly provider: Provider;

  constructor({ agent, options }: { readonly agent: AgentScenario; readonly options: ProviderOptions }) {
    this.spawner = new InMemoryProcessSpawner({ program: new ScriptedAgent({ scenario: agent }).program });
    const located = { type: "found", binary: { path: "/bin/pi", command: "/bin/pi", leadingArgs: [], identity: "pi", packageVersion: "0.87.1" }, searched: [] } as const;
    const modules = [
      new ContainerModule(({ rebind }) => {
        rebind(ports.clock).toConstantValue(this.clock);
        rebind(ports.telemetry).toConstantValue(this.telemetry);
        rebind(ports.processSpawner).toConstantValue(this.spawner);
        rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
        rebind(ports.binaryLocator).toConstantValue(new FixedBinaryLocator(located));
      }),
    ];
    this.provider = createPiProvider({ coalesceMs: 0, ...options, modules });
  }

  /** The records that were read by the time at which nothing moves any more: in memory everything goes on by promises alone. */
  async recordsAtRest(): Promise<number> {
    let count = -1;
    for (let quietRounds = 0; quietRounds < 100; quietRounds += 1) {
      const { length } = this.telemetry.nativeRecords;
      if (length !== count) quietRounds = 0;
      count = length;
      await setImmediate();
    }
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider[Symbol.asyncDispose]();
    assert.equal(this.spawner.running, 0, "processes outlived their provider");
  }
}

describe("a host that does not read the events", () => {
  it("F78: holds back the agent, so that what waits is bounded, and misses nothing once it reads", async () => {
    const maxWaitingEvents = 100;
    await using host = new UnreadProvider({ agent: { on: { prompt: [flood] } }, options: { maxWaitingEvents } });
    await host.provider.startSession({ threadId, runtimeMode: "full-access" });
    const { turnId } = await host.provider.sendTurn({ threadId, input: "Flood me." });
    const read = await host.recordsAtRest();

    // One chunk more than the bound is read, which is at most what a pipe holds.
    expect(read).toBeGreaterThan(maxWaitingEvents);
    expect(read).toBeLessThan(maxWaitingEvents + 2_000);
    expect(await host.recordsAtRest()).toBe(read);

    const log = new EventLog(host.provider.events);
    await log.turn(turnId);
    expect(log.texts(turnId)).toEqual([delta.repeat(deltas)]);
    expect(log.of("content.delta")).toHaveLength(deltas);
    expect(log.violations).toEqual([]);
  });

  it("F78: is not told that the agent is silent: its answers lie unread, and no deadline counts meanwhile", async () => {
    await using host = new UnreadProvider({ agent: { on: { prompt: [flood] } }, options: { maxWaitingEvents: 20 } });
    await host.provider.startSession({ threadId, runtimeMode: "full-access" });
    const { turnId } = await host.provider.sendTurn({ threadId, input: "Flood me." });
    const reading = host.provider.readThread(threadId);
    await host.clock.advance(3 * 60_000);
    const log = new EventLog(host.provider.events);
    const end = await log.turn(turnId);

    expect(end.payload.state).toBe("completed");
    expect(log.of("runtime.warning")).toEqual([]);
    expect((await reading).threadId).toBe(threadId);
  });

  it("F78: can end the session all the same", async () => {
    await using host = new UnreadProvider({ agent: { on: { prompt: [flood] } }, options: { maxWaitingEvents: 20, session: { stopGraceMs: 50 } } });
    await host.provider.startSession({ threadId, runtimeMode: "full-access" });
    await host.provider.sendTurn({ threadId, input: "Flood me." });
    await host.recordsAtRest();
    const stopping = host.provider.stopSession(threadId);
    await host.clock.advance(60_000);
    await stopping;

    expect(host.spawner.running).toBe(0);
    expect(host.provider.listSessions()).toEqual([]);
  });

  it("F78: because it has left its loop stops no agent", async () => {
    await using host = new UnreadProvider({ agent: { on: { prompt: [flood] } }, options: { maxWaitingEvents: 20 } });
    await host.provider.startSession({ threadId, runtimeMode: "full-access" });
    for await (const event of host.provider.events) {
      expect(event.type).toBe("session.started");
      break;
    }
    await host.provider.sendTurn({ threadId, input: "Flood me." });
    await vi.waitFor(() => expect(host.provider.listSessions()).toMatchObject([{ status: "ready", resumeCursor: { turnMessages: [1] } }]), { timeout: 20_000 });
  });

  it("F78: can end a real program that its full pipe has stopped", async () => {
    await using folders = await InstalledProvider.open({ agent: { on: { prompt: [flood] } } });
    const telemetry = new RecordingTelemetry();
    const recording = new ContainerModule(({ rebind }) => {
      rebind(ports.telemetry).toConstantValue(telemetry);
    });
    const { binaryPath, agentDir, projectDir: cwd } = folders;
    await using unread = createPiProvider({ binaryPath, agentDir, cwd, coalesceMs: 0, maxWaitingEvents: 20, session: { abortMs: 100, stopGraceMs: 100 }, modules: [recording] });
    await unread.startSession({ threadId, runtimeMode: "full-access" });
    const { pid } = folders;
    await unread.sendTurn({ threadId, input: "Flood me." });
    await vi.waitFor(() => expect(telemetry.nativeRecords.length).toBeGreaterThan(20), { timeout: 20_000 });
    await unread.stopSession(threadId);

    expect(isAlive(pid)).toBe(false);
    expect(telemetry.nativeRecords.length).toBeLessThan(deltas);
  });
});

const maxRecordBytes = 32 * 1024;
const smallRecords = new ContainerModule(({ rebind }) => {
  rebind(ports.agentDialect).toConstantValue({ ...piDialect, framing: { ...piDialect.framing, maxRecordBytes } });
});

describe("a record that is too large", () => {
  it("F78: is left out with a word of its size, and the turn still ends", async () => {
    const secret = "a long secret ".repeat(5_000);
    const speech = { text: secret, deltas: 50 };
    // The whole message stands in the end of the message and in that of the run: both are too large.
    const end: Script = [{ emit: { type: "agent_end", messages: [{ role: "assistant", content: [{ type: "text", text: secret }] }], willRetry: false } }];
    const agent: AgentScenario = { on: { prompt: [[...piRunStart, { oversize: 1_000_000 }, ...piSpeechStart(speech), ...piSpeechEnd(speech), ...end, ...piSettled]] } };
    await using host = await InstalledProvider.open({ agent, options: { modules: [smallRecords] } });
    await host.start();
    const turnId = await host.send("Tell me everything.");
    const ended = await host.log.turn(turnId);

    expect(ended.payload.state).toBe("completed");
    expect(host.log.texts(turnId)).toEqual([secret]);
    const warnings = host.log.of("runtime.warning").map(({ payload }) => payload.message);
    expect(warnings[0]).toMatch(/sent a record of 1000000 bytes, which is too large; it was left out/);
    expect(warnings.join("\n")).not.toContain("secret");
    expect(host.telemetry.counts.filter(({ attributes }) => attributes["reason"] === "too-large").length).toBe(warnings.length);
    expect((await host.log.turn(await host.send("And now?"))).payload.state).toBe("completed");
  });

  it("F78: that was an answer fails its call in time, and no other", async () => {
    const agent: AgentScenario = { on: { get_entries: [[{ reply: { data: { entries: [], padding: "x".repeat(2 * maxRecordBytes) } } }]], prompt: [[...piRunStart, ...piSpeech("Hello!"), ...piRunEnd(), ...piSettled]] } };
    await using host = await InstalledProvider.open({ agent, options: { modules: [smallRecords], session: { requestMs: 2_000 } } });
    await host.start();
    const reading = host.provider.readThread(host.threadId).catch((error: unknown) => error);
    const turnId = await host.send("Hello?");

    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
    expect(await reading).toMatchObject({ kind: "request", code: "request-timeout" });
    expect(host.provider.listSessions()).toMatchObject([{ status: "ready" }]);
  });
});
