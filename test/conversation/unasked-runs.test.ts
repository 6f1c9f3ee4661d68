import { expect, it } from "vitest";
import { piRunEnd, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { UnsolicitedRun, UnsolicitedRunDecision } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";

/** An answer, and later a run that an extension starts. */
const thenByItself = (run: Script): Script => [...piTextTurn("First."), { gate: "by itself" }, { emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }, ...run];
const working: Script = [...piSpeech("Working on it."), { gate: "finish" }, ...piRunEnd(), ...piSettled];

/** A provider whose host decides when a test does; its agent has just begun to work by itself. */
async function deciding({ run = working, decisionMs }: { readonly run?: Script; readonly decisionMs?: number } = {}) {
  const decision = Promise.withResolvers<UnsolicitedRunDecision>();
  const asked: UnsolicitedRun[] = [];
  const unsolicitedRuns = (about: UnsolicitedRun): Promise<UnsolicitedRunDecision> => {
    asked.push(about);
    return decision.promise;
  };
  const host = new HostileProvider({ options: { session: { unsolicitedRuns, ...(decisionMs === undefined ? {} : { decisionMs }) } }, agent: { on: { prompt: [thenByItself(run)] } } });
  await host.start();
  await host.turn("Hello?");
  host.open("by itself");
  await host.rest();
  return { host, decision, asked };
}

/** The texts of the turn that nobody asked for, if there is one. */
function shown(host: HostileProvider): readonly string[] | undefined {
  const turnId = host.log.of("turn.started")[1]?.turnId;
  return turnId === undefined ? undefined : host.shown(turnId).texts;
}

it("a host is asked about work that nobody asked for, and shows nothing of it meanwhile", async () => {
  const { host, asked } = await deciding();
  await using _end = host;
  expect(asked).toEqual([{ threadId: host.threadId }]);
  expect([host.session?.status, host.session?.activeTurnId, shown(host)]).toEqual(["ready", undefined, undefined]);
});

it("what a host adopts is a turn that begins with what has happened meanwhile", async () => {
  const { host, decision } = await deciding();
  await using _end = host;
  decision.resolve("adopt");
  await host.rest();
  expect([shown(host), host.session?.status]).toEqual([["Working on it."], "running"]);
  host.open("finish");
  await host.log.turn(host.session?.activeTurnId ?? "");
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("what a host discards is ended, and nobody hears of it", async () => {
  const { host, decision } = await deciding();
  await using _end = host;
  const told = host.log.events.length;
  decision.resolve("discard");
  await host.rest();
  expect([host.received("abort").length, host.log.events.slice(told)]).toEqual([1, []]);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("a host that fails to decide, or decides nothing, adopts", async () => {
  for (const answer of ["No.", "perhaps"]) {
    const { host, decision } = await deciding();
    await using _end = host;
    if (answer === "No.") decision.reject(new Error(answer));
    else decision.resolve(answer as UnsolicitedRunDecision);
    await host.rest();
    expect(shown(host)).toEqual(["Working on it."]);
    host.open("finish");
    await host.rest();
  }
});

it("a host that decides too late has adopted", async () => {
  const { host, decision } = await deciding({ decisionMs: 1_000 });
  await using _end = host;
  await host.pass(1_000);
  expect(shown(host)).toEqual(["Working on it."]);
  decision.resolve("discard");
  host.open("finish");
  await host.rest();
  expect([host.received("abort"), host.thread().status]).toEqual([[], "ready"]);
});

it("a message of the user adopts, and goes into it", async () => {
  const run: Script = [...piSpeech("Working on it."), { waitFor: "steer" }, { emit: { type: "queue_update", steering: [], followUp: [] } }, ...piSpeech("As you wish."), ...piRunEnd(), ...piSettled];
  const { host } = await deciding({ run });
  await using _end = host;
  const turnId = await host.send("Not so fast.");
  await host.log.turn(turnId);
  expect(host.shown(turnId).texts).toEqual(["Working on it.", "As you wish."]);
});

it("a session that is stopped meanwhile takes it along", async () => {
  const { host, decision } = await deciding();
  await using _end = host;
  await host.provider.stopSession(host.threadId);
  decision.resolve("adopt");
  await host.rest();
  expect([shown(host), host.log.types.at(-1), host.spawner.running]).toEqual([undefined, "session.exited", 0]);
});
