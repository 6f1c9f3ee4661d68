import { describe, expect, it } from "vitest";
import type { CommandOutcome, StartRequest, WantedModel } from "../../../src/domain/session/session-state.js";
import type { AgentModelRef, AgentState } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld, type Abilities } from "./reducer-world.js";
import { modelList, otherModel } from "./session-phases.js";

const plainModel: AgentModelRef = { provider: "demo", id: "plain" };
const unknownModel: AgentModelRef = { provider: "demo", id: "unknown" };
const onOther: AgentState = { ...idleState, model: otherModel, thinkingLevel: "low" };

interface Answers {
  readonly models?: CommandOutcome<"list-models">;
  readonly setModel?: CommandOutcome<"set-model">;
  readonly setLevel?: CommandOutcome<"set-thinking-level">;
  /** The state before anything was switched, and the one read back. */
  readonly states?: readonly [AgentState, AgentState];
}

/** A start to its end, with the commands in the order in which they were sent. Never are two of them under way. */
function start(request: Partial<StartRequest>, answers: Answers = {}, abilities: Abilities = {}): { readonly world: ReducerWorld; readonly commands: readonly string[]; readonly call: number } {
  const world = new ReducerWorld();
  const call = world.start(request);
  world.opened(abilities);
  const commands: string[] = [];
  const [before, after] = answers.states ?? [idleState, idleState];
  for (let [next] = world.commands; next !== undefined; [next] = world.commands) {
    expect(world.commands).toHaveLength(1);
    const { command } = next;
    commands.push(command.type === "set-model" ? `set-model ${command.model.id}` : command.type === "set-thinking-level" ? `set-thinking-level ${command.level}` : command.type);
    if (command.type === "get-state") world.reply("get-state", { type: "ok", value: commands.length === 1 ? before : after });
    else if (command.type === "list-models") world.reply("list-models", answers.models ?? { type: "ok", value: modelList });
    else if (command.type === "list-thinking-levels") world.reply("list-thinking-levels", { type: "ok", value: { levels: ["off", "low"] } });
    else if (command.type === "set-model") world.reply("set-model", answers.setModel ?? { type: "ok", value: {} });
    else world.reply("set-thinking-level", answers.setLevel ?? { type: "ok", value: null });
  }
  world.disposed();
  return { world, commands, call };
}

function warningsOf(world: ReducerWorld): readonly string[] {
  return world.events.flatMap((event) => (event.type === "runtime.warning" ? [event.payload.message] : []));
}

describe("a model that the host chose", () => {
  it("is checked, switched to, given its level, and read back, one after another", () => {
    const { world, commands } = start({ chosen: { model: otherModel, level: "high" } }, { states: [idleState, { ...onOther, thinkingLevel: "high" }] });
    expect(commands).toEqual(["get-state", "list-models", "set-model other", "set-thinking-level high", "get-state"]);
    expect(world.state.core.agent).toMatchObject({ model: otherModel, thinkingLevel: "high" });
    expect([world.types[0], warningsOf(world)]).toEqual(["session.started", []]);
  });

  it("is passed when the process is started, too", () => {
    const { world } = start({ chosen: { model: otherModel, level: "high" } }, { states: [onOther, onOther] });
    expect(world.effects[0]).toEqual({ type: "open", epoch: 1, launch: { model: otherModel, level: "high" } });
  });

  it("is checked even if the agent says that it uses it already", () => {
    const { commands } = start({ chosen: { model: plainModel } });
    expect(commands.slice(0, 2)).toEqual(["get-state", "list-models"]);
  });

  it("leaves the level to the agent where none was chosen", () => {
    const { commands, world } = start({ chosen: { model: otherModel } }, { states: [idleState, onOther] });
    expect(commands).toEqual(["get-state", "list-models", "set-model other", "get-state"]);
    expect(world.state.core.agent?.thinkingLevel).toBe("low");
  });

  it.each<[what: string, chosen: WantedModel, answers: Answers, code: string, words: string]>([
    ["that the agent does not have", { model: unknownModel }, {}, "model-unavailable", 'Demo has no model "demo/unknown". Choose one of its models, for example demo/plain, demo/other.'],
    ["of an agent without models", { model: otherModel }, { models: { type: "ok", value: { models: [], rejected: 0 } } }, "model-unavailable", "It reports no models at all"],
    ["without the level that was chosen", { model: otherModel, level: "max" }, {}, "thinking-level-unavailable", 'The model "demo/other" has no thinking level "max" in Demo. Choose one of: low, high.'],
    ["without any level", { model: plainModel, level: "high" }, {}, "thinking-level-unavailable", "It offers no choice of level."],
    ["whose check is refused", { model: otherModel }, { models: { type: "refused", message: "Not now.", reason: "busy" } }, "request-rejected", "Demo refused the model change: Not now."],
    ["whose check is not answered", { model: otherModel }, { models: { type: "unanswered", detail: "No answer." } }, "request-timeout", "No answer."],
  ])("%s is refused before anything is switched", (_what, chosen, answers, code, words) => {
    const { world, commands, call } = start({ chosen }, answers);
    expect(commands).toEqual(["get-state", "list-models"]);
    expect(world.errorOf(call)).toBe(code);
    expect(world.events[0]).toMatchObject({ type: "runtime.error", payload: { message: expect.stringContaining(words) as unknown } });
  });

  it.each<[what: string, answers: Answers, code: string]>([
    ["the agent refuses it", { setModel: { type: "refused", message: "No.", reason: "unknown-model" } }, "model-unavailable"],
    ["the agent does not answer", { setModel: { type: "unanswered", detail: "No answer." } }, "request-timeout"],
    ["the agent refuses its level", { setLevel: { type: "refused", message: "No.", reason: "other" } }, "request-rejected"],
    ["the agent stays with another one without a word", {}, "model-unavailable"],
  ])("fails the start if %s", (_what, answers, code) => {
    const { world, call } = start({ chosen: { model: otherModel, level: "high" } }, answers);
    expect(world.errorOf(call)).toBe(code);
    expect(world.results.get(call)).toMatchObject({ error: { operation: "startSession", threadId: "t1" } });
    expect(world.state.phase.type).toBe("closed");
  });

  it("warns of a level that the agent has clamped, and shows the one it uses", () => {
    const { world, call } = start({ chosen: { model: otherModel, level: "high" } }, { states: [idleState, onOther] });
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(warningsOf(world)).toEqual(['Demo uses the thinking level "low" instead of "high".']);
    expect(world.events.find(({ type }) => type === "session.configured")?.payload).toMatchObject({ config: { thinkingLevel: "low" } });
  });
});

describe("a level that the host chose without a model", () => {
  it("is checked against the levels of the model that is in use", () => {
    const { commands } = start({ chosen: { level: "low" } }, { states: [idleState, { ...idleState, thinkingLevel: "low" }] });
    expect(commands).toEqual(["get-state", "list-thinking-levels", "set-thinking-level low", "get-state"]);
  });

  it("is checked against the list of models where the agent cannot tell its levels", () => {
    const { commands } = start({ chosen: { level: "high" } }, { states: [onOther, onOther] }, { commands: [] });
    expect(commands).toEqual(["get-state", "list-models", "set-thinking-level high", "get-state"]);
  });

  it("is refused with the levels that there are", () => {
    const { world, commands, call } = start({ chosen: { level: "max" } });
    expect(commands).toEqual(["get-state", "list-thinking-levels"]);
    expect(world.results.get(call)).toMatchObject({ error: { code: "thinking-level-unavailable", nextStep: "Choose one of: off, low." } });
  });
});

describe("a choice that a cursor remembers", () => {
  const remembered = { model: otherModel, level: "high" };
  const resumed = { resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false }, hasCursor: true };

  it("is not touched where the agent is there already", () => {
    expect(start({ ...resumed, remembered }, { states: [{ ...onOther, thinkingLevel: "high" }, idleState] }).commands).toEqual(["get-state"]);
  });

  it("is restored where the agent is not", () => {
    const { world, commands } = start({ ...resumed, remembered }, { states: [idleState, { ...onOther, thinkingLevel: "high" }] });
    expect(commands).toEqual(["get-state", "list-models", "set-model other", "set-thinking-level high", "get-state"]);
    expect(warningsOf(world)).toEqual([]);
  });

  it("is asked for at launch where no conversation brings it along", () => {
    expect(start({ hasCursor: true, remembered }, { states: [onOther, onOther] }).world.effects[0]).toMatchObject({ type: "open", launch: remembered });
    expect(start({ ...resumed, remembered }, { states: [onOther, onOther] }).world.effects[0]).toMatchObject({ type: "open", launch: { level: "high", resume: resumed.resume } });
  });

  it.each<[what: string, remembered: WantedModel, answers: Answers]>([
    ["the model is gone", { model: unknownModel }, {}],
    ["the level is gone", { model: otherModel, level: "max" }, {}],
    ["the agent refuses the model", remembered, { setModel: { type: "refused", message: "No.", reason: "other" } }],
    ["the agent does not answer", remembered, { models: { type: "unanswered", detail: "No answer." } }],
    ["the agent stays with another one without a word", remembered, {}],
  ])("gives way with a warning where %s", (_what, remembered, answers) => {
    const { world, call } = start({ ...resumed, remembered }, answers);
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(warningsOf(world)).toHaveLength(1);
    expect(world.state.core.agent?.model).toEqual(plainModel);
  });

  it("gives its level to the same model chosen again, and lets it go with a warning where it is gone", () => {
    const kept = start({ ...resumed, remembered, chosen: { model: otherModel } }, { states: [idleState, { ...onOther, thinkingLevel: "high" }] });
    expect(kept.commands).toContain("set-thinking-level high");
    const gone = start({ ...resumed, remembered: { ...remembered, level: "max" }, chosen: { model: otherModel } }, { states: [idleState, onOther] });
    expect([gone.world.results.get(gone.call), warningsOf(gone.world)]).toEqual([{ type: "ok" }, ['The model "demo/other" has no thinking level "max" in Demo. Going on with what it uses now.']]);
  });

  it("asks for no level that its model is at, and may not even offer", () => {
    const onPlain: AgentState = { ...idleState, thinkingLevel: "off" };
    const { world, commands } = start({ ...resumed, remembered: { model: plainModel, level: "off" }, chosen: { model: plainModel } }, { states: [onPlain, onPlain] });
    expect([commands, warningsOf(world)]).toEqual([["get-state", "list-models", "set-model plain", "get-state"], []]);
  });

  it("gives its level to no other model", () => {
    const { commands } = start({ ...resumed, remembered: { model: plainModel, level: "off" }, chosen: { model: otherModel } }, { states: [idleState, onOther] });
    expect(commands).toEqual(["get-state", "list-models", "set-model other", "get-state"]);
  });
});

describe("a version that switches only at launch", () => {
  const abilities: Abilities = { modelSwitch: "relaunch" };

  it("is checked, and sent nothing more, because it was launched with the choice", () => {
    const { commands, world, call } = start({ chosen: { model: otherModel, level: "low" } }, { states: [onOther, onOther] }, abilities);
    expect(commands).toEqual(["get-state", "list-models"]);
    expect(world.results.get(call)).toEqual({ type: "ok" });
  });

  it("fails the start if it came up with another model", () => {
    const { world, call } = start({ chosen: { model: otherModel } }, {}, abilities);
    expect(world.errorOf(call)).toBe("model-unavailable");
  });

  it("warns if it came up with another level", () => {
    const { world, call } = start({ chosen: { model: otherModel, level: "high" } }, { states: [onOther, onOther] }, abilities);
    expect([world.results.get(call), warningsOf(world)]).toEqual([{ type: "ok" }, ['Demo uses the thinking level "low" instead of "high".']]);
  });
});

describe("a model that the user added by hand", () => {
  const added: WantedModel = { model: unknownModel, unlisted: true };
  const onAdded: AgentState = { ...idleState, model: unknownModel, thinkingLevel: "low" };

  it("is what the process was started with, where the agent does not list it: nothing is sent for it", () => {
    const { world, commands, call } = start({ chosen: { ...added, level: "low" } }, { states: [onAdded, onAdded] });
    expect(world.effects[0]).toEqual({ type: "open", epoch: 1, launch: { model: unknownModel, level: "low" } });
    expect([commands, world.results.get(call), warningsOf(world)]).toEqual([["get-state", "list-models"], { type: "ok" }, []]);
    expect(world.state.core.agent).toMatchObject({ model: unknownModel, thinkingLevel: "low" });
  });

  it("fails the start where the agent came up with another one", () => {
    const { world, call } = start({ chosen: added });
    expect([world.errorOf(call), world.state.phase.type]).toEqual(["model-unavailable", "closed"]);
  });

  it("shows the level that the agent uses with it, and warns where that is another one", () => {
    const { world, call } = start({ chosen: { ...added, level: "max" } }, { states: [onAdded, onAdded] });
    expect([world.results.get(call), warningsOf(world)]).toEqual([{ type: "ok" }, ['Demo uses the thinking level "low" instead of "max".']]);
  });

  it("is treated as any other where the agent lists it by now", () => {
    const listed = start({ chosen: { model: otherModel, level: "high", unlisted: true } }, { states: [idleState, { ...onOther, thinkingLevel: "high" }] });
    expect(listed.commands).toEqual(["get-state", "list-models", "set-model other", "set-thinking-level high", "get-state"]);
    const refused = start({ chosen: { model: otherModel, level: "max", unlisted: true } }, { states: [onOther, onOther] });
    expect([refused.commands, refused.world.errorOf(refused.call)]).toEqual([["get-state", "list-models"], "thinking-level-unavailable"]);
  });

  it.each<[what: string, request: Partial<StartRequest>, launch: object]>([
    ["holds no conversation", { remembered: added }, { model: unknownModel }],
    ["holds a conversation, which would not bring the model along", { resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false }, remembered: { ...added, level: "low" } }, { model: unknownModel, level: "low" }],
    ["holds a conversation, the host naming the model again", { resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false }, chosen: added, remembered: { ...added, level: "low" } }, { model: unknownModel, level: "low" }],
  ])("is asked for at launch where it comes from a cursor that %s", (_what, request, launch) => {
    const { world, call } = start({ hasCursor: true, ...request }, { states: [onAdded, onAdded] });
    expect(world.effects[0]).toMatchObject({ type: "open", launch });
    expect([world.results.get(call), warningsOf(world), world.state.core.agent?.model]).toEqual([{ type: "ok" }, [], unknownModel]);
  });

  it("gives way with a warning where it is only remembered and the agent does not take it", () => {
    const { world, call } = start({ hasCursor: true, remembered: added });
    expect([world.results.get(call), warningsOf(world)]).toEqual([{ type: "ok" }, ['Demo did not switch to the model "demo/unknown". Going on with what it uses now.']]);
    expect(world.state.core.agent?.model).toEqual(plainModel);
  });

  it("that is remembered and was removed since is asked for no more", () => {
    const { world } = start({ resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false }, hasCursor: true, remembered: { model: unknownModel } });
    expect(world.effects[0]).toMatchObject({ type: "open", launch: { resume: { sessionId: "s1" } } });
    expect(world.effects[0]).not.toHaveProperty("launch.model");
    expect(warningsOf(world)).toHaveLength(1);
  });
});

describe("the level of a model in use that the agent does not list", () => {
  const onUnlisted: AgentState = { ...idleState, model: unknownModel, thinkingLevel: "low" };

  it("is checked against what the agent tells of the model in use", () => {
    const { commands, world, call } = start({ chosen: { level: "off" } }, { states: [onUnlisted, { ...onUnlisted, thinkingLevel: "off" }] });
    expect([commands, world.results.get(call)]).toEqual([["get-state", "list-thinking-levels", "set-thinking-level off", "get-state"], { type: "ok" }]);
  });

  it("is refused where the agent tells of none, and the model is not called unknown", () => {
    const { commands, world, call } = start({ chosen: { level: "high" } }, { states: [onUnlisted, onUnlisted] }, { commands: [] });
    expect(commands).toEqual(["get-state", "list-models"]);
    expect(world.results.get(call)).toMatchObject({ error: { code: "thinking-level-unavailable", nextStep: "It offers no choice of level." } });
  });
});
