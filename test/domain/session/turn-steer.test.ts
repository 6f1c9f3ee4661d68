import { describe, expect, it } from "vitest";
import { idleState, ReducerWorld } from "./reducer-world.js";
import { otherModel } from "./session-phases.js";

const ok = { type: "ok", value: { disposition: "queued" } } as const;

function running(): { readonly world: ReducerWorld; readonly turnId: string } {
  const world = new ReducerWorld().ready();
  return { world, turnId: world.turn() };
}

/** A turn whose agent works on a prompt that it has not answered yet. */
function unanswered(): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.send("hello");
  world.event({ type: "run-started" });
  return world;
}

/** A turn that is about to end, and a message sent in that moment. */
function settling(): { readonly world: ReducerWorld; readonly call: number } {
  const { world } = running();
  world.event({ type: "settled", aborted: false });
  return { world, call: world.send("and then?") };
}

function texts(world: ReducerWorld): readonly string[] {
  return world.commands.flatMap(({ command }) => (command.type === "steer" || command.type === "prompt" ? [`${command.type} ${command.text}`] : []));
}

describe("a message sent while a turn runs", () => {
  it("goes into that turn and gets its id", () => {
    const { world, turnId } = running();
    const images = [{ mimeType: "image/png", base64: "AAAA" }];
    const call = world.call((call) => ({ type: "send", call, request: { text: "look", images, wanted: {} } }));
    expect(world.effects.at(-1)).toEqual({ type: "command", command: { type: "steer", text: "look", images }, tag: { turnId, call }, deadlineMs: 600_000 });
    expect(world.timers.has(`call:${call}`)).toBe(true);
    world.reply("steer", ok);
    expect(world.results.get(call)).toMatchObject({ type: "turn", turn: { turnId, resumeCursor: { sessionId: "s1" } } });
    expect(world.types.slice(3)).toEqual(["turn.started"]);
  });

  it("does not wait for the message before it", () => {
    const { world } = running();
    world.send("one");
    world.send("two");
    expect(texts(world)).toEqual(["steer one", "steer two"]);
  });

  it.each<[what: string, outcome: Parameters<typeof ReducerWorld.prototype.reply<"steer">>[1]]>([
    ["is refused", { type: "refused", message: "Not now.", reason: "busy" }],
    ["is not answered", { type: "unanswered", detail: "Not now." }],
  ])("that %s fails its call and warns in the turn, which goes on", (_what, outcome) => {
    const { world, turnId } = running();
    const call = world.send("and this");
    world.reply("steer", outcome);
    const detail = "Demo did not take the message into the running turn: Not now.";
    expect(world.results.get(call)).toMatchObject({ type: "error", error: { code: "request-rejected", operation: "sendTurn", detail } });
    expect(world.events.at(-1)).toMatchObject({ type: "runtime.warning", turnId, payload: { message: detail } });
    expect(world.state.phase.type).toBe("running");
  });

  it.each([
    ["another model", { model: otherModel }, 1],
    ["another level", { level: "high" }, 1],
    ["the model and level in use", { model: { provider: "demo", id: "plain" }, level: "off" }, 0],
    ["nothing", {}, 0],
  ])("that wants %s stays on the turn's own", (_what, wanted, warnings) => {
    const { world } = running();
    world.send("and this", wanted);
    expect(world.asked).toEqual(["steer"]);
    expect(world.types.filter((type) => type === "runtime.warning")).toHaveLength(warnings);
  });

  it("finds out soon if the run had just ended", () => {
    const { world } = running();
    world.send("and this");
    world.reply("steer", ok);
    expect(world.effects.at(-1)).toEqual({ type: "timer", key: "quiet", delayMs: 100 });
    world.fire("quiet");
    for (let look = 0; look < 3; look += 1) {
      expect(world.state.phase.type).toBe("settling");
      world.idle();
      world.fire("probe");
    }
    expect(world.types.at(-1)).toBe("turn.completed");
  });
});

describe("a message sent before the prompt was answered", () => {
  it("waits for that answer, for two prompts are never under way", () => {
    const world = unanswered();
    const [one, two] = [world.send("one"), world.send("two")];
    expect(texts(world)).toEqual(["prompt hello"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(texts(world)).toEqual(["steer one", "steer two"]);
    world.reply("steer", ok);
    world.reply("steer", ok);
    expect([world.results.get(one)?.type, world.results.get(two)?.type]).toEqual(["turn", "turn"]);
  });

  it("is sent when the run ends without that answer, and the turn goes on", () => {
    const world = unanswered();
    world.send("one");
    world.event({ type: "settled", aborted: false });
    expect([texts(world), world.state.phase.type]).toEqual([["prompt hello", "steer one"], "running"]);
  });

  it("waits before its turn was accepted, too", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.send("one");
    expect(texts(world)).toEqual(["prompt hello"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(texts(world)).toEqual(["steer one"]);
  });

  it("fails with the prompt", () => {
    const world = new ReducerWorld().ready();
    const [prompt, steer] = [world.send("hello"), world.send("one")];
    world.reply("prompt", { type: "refused", message: "No.", reason: "other" });
    expect([world.errorOf(prompt), world.errorOf(steer), [...world.openCalls]]).toEqual(["request-rejected", "request-rejected", []]);
  });
});

describe("a message that its agent takes its time over", () => {
  it("is told its turn when the caller has waited long enough", () => {
    const { world, turnId } = running();
    const call = world.send("and this");
    world.fire(`call:${call}`);
    expect(world.results.get(call)).toMatchObject({ type: "turn", turn: { turnId } });
    world.reply("steer", ok);
    expect([world.answeredTwice, world.types.at(-1)]).toEqual([[], "turn.started"]);
  });

  it("is told its turn when it waits for the prompt's answer, and is sent then", () => {
    const world = unanswered();
    const call = world.send("one");
    world.fire(`call:${call}`);
    expect(world.results.get(call)?.type).toBe("turn");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect([texts(world), world.answeredTwice, world.timers.has(`call:${call}`)]).toEqual([["steer one"], [], false]);
  });

  it.each<[what: string, act: (world: ReducerWorld) => void]>([
    ["refuses it later", (world) => world.reply("steer", { type: "refused", message: "Not now.", reason: "busy" })],
    ["crashes", (world) => world.lost()],
  ])("is told as lost with a warning if the agent %s", (_what, act) => {
    const { world } = running();
    world.fire(`call:${world.send("and this")}`);
    act(world);
    expect([world.types.includes("runtime.warning"), world.answeredTwice]).toEqual([true, []]);
  });

  it("leaves no timer when it was acknowledged in time", () => {
    const { world } = running();
    const call = world.send("and this");
    world.reply("steer", ok);
    world.fire(`call:${call}`);
    expect(world.answeredTwice).toEqual([]);
  });
});

describe("a message that its agent never acknowledged", () => {
  it("fails when the turn ends by force, and the thread is told", () => {
    const { world } = running();
    const call = world.send("and this");
    world.lost();
    expect([world.errorOf(call), world.types.at(-1)]).toEqual(["request-rejected", "runtime.warning"]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("keeps the turn from ending before it is acknowledged", () => {
    const { world } = running();
    world.send("and this");
    world.settle();
    for (let look = 0; look < 5; look += 1) {
      world.fire("probe");
      world.reply("get-state", { type: "ok", value: idleState });
    }
    expect(world.state.phase.type).toBe("settling");
    expect(world.types).not.toContain("turn.completed");
  });
});

describe("a message sent while its turn is about to end", () => {
  it("waits for that end and begins the next turn", () => {
    const { world, call } = settling();
    expect(texts(world)).toEqual([]);
    world.idle();
    expect([texts(world), world.types.at(-1)]).toEqual([["prompt and then?"], "turn.completed"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(call)).toMatchObject({ turn: { turnId: world.events.at(-1)?.turnId } });
  });

  it("changes the model first if it wants another one", () => {
    const { world } = running();
    world.event({ type: "settled", aborted: false });
    world.send("and then?", { model: otherModel });
    world.idle();
    expect([world.state.phase.type, world.asked]).toEqual(["preparing", ["list-models"]]);
  });

  it("goes into the turn if that goes on after all", () => {
    const { world } = settling();
    world.event({ type: "run-started" });
    expect([texts(world), world.state.phase.type]).toEqual([["steer and then?"], "running"]);
  });

  it("goes into the turn if that does not end for long", () => {
    const { world, call } = settling();
    world.fire(`call:${call}`);
    expect([texts(world), world.state.phase.type]).toEqual([["steer and then?"], "running"]);
  });

  it("is the only one that waits", () => {
    const { world, call } = settling();
    expect(world.errorOf(world.send("me too"))).toBe("busy");
    expect(world.openCalls.has(call)).toBe(true);
  });

  it.each<[what: string, end: (world: ReducerWorld) => void]>([
    ["its session is stopped", (world) => void world.stop()],
    ["its agent crashes", (world) => world.lost()],
  ])("fails if %s", (_what, end) => {
    const { world, call } = settling();
    end(world);
    world.reply("abort", { type: "ok", value: null });
    for (let answer = 0; answer < 2; answer += 1) world.idle();
    world.disposed();
    expect([world.errorOf(call), world.state.phase.type, [...world.openCalls]]).toEqual(["session-ended", "closed", []]);
  });
});
