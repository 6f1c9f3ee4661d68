import { describe, expect, it, vi } from "vitest";
import type { Provider } from "../../src/app/provider-facade.js";
import { ProviderError } from "../../src/ports/errors.js";
import { isAlive, markedProcesses } from "../process-census.js";
import { agentPids, theAgentPid } from "./agent-pids.js";
import { realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { runningPrograms, uniqueSleep } from "./running-programs.js";

interface EarlyEnd {
  readonly provider: Provider;
  readonly threadId: string;
  readonly call: AbortController;
}

/** Processes of a start that is under way. */
async function processesBegun(): Promise<void> {
  await vi.waitFor(
    () => {
      if (markedProcesses().length === 0) throw new Error("No process was started.");
    },
    { timeout: 10_000, interval: 5 },
  );
}

describe.each(realPiVersions)("the sessions of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });

  it("leave nothing of a running command when they are stopped", async () => {
    const fixture = shared();
    const { provider, model, log } = fixture;
    const threadId = "stopped";
    await fixture.start({ threadId });
    const sleep = uniqueSleep();
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: sleep.command } } }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Sleep." });
    await sleep.begun();
    await provider.stopSession(threadId);

    expect(runningPrograms(sleep.argument)).toEqual([]);
    expect(markedProcesses()).toEqual([]);
    expect(provider.hasSession(threadId)).toBe(false);
    const turn = await fixture.finished(turnId);
    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    expect(turn.of("item.completed")).toMatchObject([{ payload: { itemType: "command_execution", status: "failed" } }]);
    const exited = await log.first("session.exited", (event) => event.threadId === threadId);
    expect(exited.payload).toMatchObject({ exitKind: "graceful" });
    expect(log.events.at(-1)).toBe(exited);
  });

  it("give way when their thread is started again, even in a turn", async () => {
    const fixture = shared();
    const { provider, model, log } = fixture;
    const threadId = "replaced";
    await fixture.start({ threadId });
    const first = await theAgentPid();
    model.willAnswer([{ text: "I am the first" }, { waitFor: Promise.withResolvers().promise }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Who are you?" });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await fixture.start({ threadId, model: "demo/thinker" });

    expect(isAlive(first)).toBe(false);
    expect(await theAgentPid()).not.toBe(first);
    expect((await fixture.finished(turnId)).end.state).toBe("interrupted");
    expect(fixture.view(threadId)).toMatchObject({ model: "demo/thinker", status: "ready" });
    const turn = await fixture.turn({ threadId, input: "And who are you?" }, [{ text: "The second one." }]);
    expect(log.texts(turn.turnId)).toEqual(["The second one."]);
    expect(log.of("session.exited").filter((event) => event.threadId === threadId)).toEqual([]);
    await provider.stopSession(threadId);
  });

  it("are started once when the same start is asked for twice", async () => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "started once";
    const [first, second] = await Promise.all([fixture.start({ threadId }), fixture.start({ threadId })]);

    expect(second).toEqual(first);
    expect(await agentPids()).toHaveLength(1);
    expect(log.of("session.started").filter((event) => event.threadId === threadId)).toHaveLength(1);
    await provider.stopSession(threadId);
  });

  it("work side by side", async () => {
    const fixture = shared();
    const { provider, model, log, endpoint } = fixture;
    await Promise.all([fixture.start({ threadId: "left" }), fixture.start({ threadId: "right" })]);
    expect(await agentPids()).toHaveLength(2);
    const goOn = Promise.withResolvers<void>();
    model.willAnswer([{ text: "Left begins" }, { waitFor: goOn.promise }, { text: " and ends." }]);
    const left = await provider.sendTurn({ threadId: "left", input: "To the left." });
    await log.first("content.delta", (event) => event.turnId === left.turnId);
    const right = await fixture.turn({ threadId: "right", input: "To the right." }, [{ text: "All of right." }]);
    goOn.resolve();
    await fixture.finished(left.turnId);

    expect(log.texts(right.turnId)).toEqual(["All of right."]);
    expect(log.texts(left.turnId)).toEqual(["Left begins and ends."]);
    expect(endpoint.requests.slice(-2).map(({ lastUserText }) => lastUserText)).toEqual(["To the left.", "To the right."]);
    const ends = log.of("turn.completed").slice(-2);
    expect(ends.map((event) => event.threadId)).toEqual(["right", "left"]);
    await provider.stopAll();
    expect(markedProcesses()).toEqual([]);
  });

  it.each([
    { how: "stopped", end: async ({ provider, threadId }: EarlyEnd) => provider.stopSession(threadId) },
    { how: "called off", end: async ({ call }: EarlyEnd) => call.abort() },
  ])("are gone when they are $how while they start", async ({ how, end }) => {
    const fixture = shared();
    const { provider } = fixture;
    const threadId = `${how} early`;
    const call = new AbortController();
    const failure = provider.startSession({ threadId, runtimeMode: "full-access" }, { signal: call.signal }).catch((error: unknown) => error);
    await processesBegun();
    await end({ provider, threadId, call });

    expect(await failure).toMatchObject({ kind: "session-closed", code: "aborted" });
    expect(markedProcesses()).toEqual([]);
    await fixture.delivered();
    expect(fixture.log.events.filter((event) => event.threadId === threadId)).toMatchObject([{ type: "session.exited", payload: { exitKind: "graceful" } }]);
  });
});

describe.each(realPiVersions)("disposing of a provider with Pi $version", (pi) => {
  it.each([
    { moment: "at once", until: () => Promise.resolve() },
    { moment: "when the process runs", until: processesBegun },
  ])("ends a start that is under way, $moment", async ({ until }) => {
    await withProvider({ pi }, async (fixture) => {
      const failure = fixture.start({ threadId: "early" }).catch((error: unknown) => error);
      await until();
      await fixture.provider[Symbol.asyncDispose]();

      expect(markedProcesses()).toEqual([]);
      expect(ProviderError.is(await failure)).toBe(true);
      expect(await failure).toMatchObject({ kind: "session-closed" });
      expect(fixture.provider.listSessions()).toEqual([]);
      await expect(fixture.start({ threadId: "late" })).rejects.toMatchObject({ kind: "session-closed", code: "disposed" });
    });
  });
});
