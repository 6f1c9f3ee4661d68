import type { AgentModelList, AgentModelRef } from "../../../src/ports/agent-messages.js";
import { ReducerWorld } from "./reducer-world.js";

export const otherModel: AgentModelRef = { provider: "demo", id: "other" };

/** What the agent offers: a model without levels and one with. It uses the first. */
export const modelList: AgentModelList = {
  models: [
    { provider: "demo", id: "plain", name: "Plain", input: ["text"], reasoning: false, thinkingLevels: [] },
    { ...otherModel, name: "Other", input: ["text"], reasoning: true, thinkingLevels: ["low", "high"] },
  ],
  rejected: 0,
};

function relaunching(): ReducerWorld {
  const world = new ReducerWorld().ready(undefined, { modelSwitch: "relaunch" });
  world.send("hello", { model: otherModel });
  world.reply("list-models", { type: "ok", value: modelList });
  return world;
}

function running(): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.turn();
  return world;
}

/** A session in each of its situations; whatever was called to bring it there still waits. */
export const inPhase = {
  new: () => new ReducerWorld(),
  "starting: opening": () => {
    const world = new ReducerWorld();
    world.start();
    return world;
  },
  "starting: readying": () => {
    const world = new ReducerWorld();
    world.start();
    world.opened();
    return world;
  },
  "starting: selecting": () => {
    const world = new ReducerWorld();
    world.start({ chosen: { model: otherModel } });
    world.opened();
    world.idle();
    return world;
  },
  idle: () => new ReducerWorld().ready(),
  "preparing: selecting": () => {
    const world = new ReducerWorld().ready();
    world.send("hello", { model: otherModel });
    return world;
  },
  "preparing: old process ending": relaunching,
  "preparing: reopening": () => {
    const world = relaunching();
    world.disposed();
    return world;
  },
  "preparing: readying": () => {
    const world = relaunching();
    world.disposed();
    world.opened({ modelSwitch: "relaunch" });
    return world;
  },
  "rolling back": () => {
    const world = new ReducerWorld().ready();
    world.rollback();
    return world;
  },
  holding: () => {
    const world = new ReducerWorld({ settings: { unsolicitedRuns: "ask" } }).ready();
    world.event({ type: "run-started" });
    return world;
  },
  "running, not accepted": () => {
    const world = new ReducerWorld().ready();
    world.send();
    return world;
  },
  running,
  aborting: () => {
    const world = running();
    world.interrupt();
    return world;
  },
  settling: () => {
    const world = running();
    world.event({ type: "settled", aborted: false });
    return world;
  },
  "settling, with a message waiting": () => {
    const world = running();
    world.event({ type: "settled", aborted: false });
    world.send("and then?");
    return world;
  },
  stopping: () => {
    const world = new ReducerWorld().ready();
    world.stop();
    return world;
  },
  closed: () => {
    const world = new ReducerWorld().ready();
    world.stop();
    world.disposed();
    return world;
  },
} satisfies Readonly<Record<string, () => ReducerWorld>>;

export type PhaseName = keyof typeof inPhase;

export const phaseNames = Object.keys(inPhase) as readonly PhaseName[];
