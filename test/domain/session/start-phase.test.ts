import { describe, expect, it } from "vitest";
import type { CommandOutcome, StartRequest } from "../../../src/domain/session/session-state.js";
import type { FailureDiagnosis } from "../../../src/ports/agent-dialect.js";
import type { ProviderErrorInput } from "../../../src/ports/errors.js";
import { idleState, ReducerWorld } from "./reducer-world.js";
import { modelList, otherModel } from "./session-phases.js";

const resume = { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false };
const notFound: ProviderErrorInput = { kind: "process", code: "binary-not-found", operation: "locate", detail: "Demo was not found.", nextStep: "Install it." };

function starting(request: Partial<StartRequest> = {}): { readonly world: ReducerWorld; readonly call: number } {
  const world = new ReducerWorld();
  return { world, call: world.start(request) };
}

/** The types of the events, and how a session's exit was told. */
function told(world: ReducerWorld): readonly string[] {
  return world.events.map((event) => (event.type === "session.exited" ? `session.exited ${event.payload.exitKind}` : event.type));
}

describe("a start", () => {
  it("opens the process, asks whether it is ready, and publishes what it says", () => {
    const { world, call } = starting();
    expect(world.effects).toEqual([{ type: "open", epoch: 1, launch: {} }]);
    world.opened();
    expect(world.effects.slice(1)).toEqual([{ type: "command", command: { type: "get-state" }, tag: {}, deadlineMs: 60_000 }]);
    expect(world.openCalls.has(call)).toBe(true);
    world.reply("get-state", { type: "ok", value: { ...idleState, messageCount: 2 } });
    expect(world.events.map(({ type, payload }) => ({ type, payload }))).toEqual([
      { type: "session.started", payload: { message: "Demo is ready", resume: { version: 1, provider: "demo", sessionId: "s1", sessionFile: "/sessions/s1.jsonl", cwd: "/project", model: "demo/plain", thinkingLevel: "off" } } },
      { type: "session.configured", payload: { config: { model: "demo/plain", thinkingLevel: "off", cwd: "/project", runtimeMode: "full-access", agentVersion: "1.0.0" } } },
      { type: "thread.started", payload: { providerThreadId: "s1" } },
    ]);
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(world.state.phase.type).toBe("idle");
  });

  it("is ready without a model where the agent has none", () => {
    const { world, call } = starting();
    const { model: _none, thinkingLevel: _neither, ...state } = idleState;
    world.opened();
    world.reply("get-state", { type: "ok", value: state });
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(world.events[1]?.payload).toEqual({ config: { cwd: "/project", runtimeMode: "full-access", agentVersion: "1.0.0" } });
  });

  it("tells the end of an earlier session directly before its own beginning, once it has succeeded", () => {
    const { world } = starting({ heal: true });
    world.opened();
    expect(world.events).toEqual([]);
    world.idle();
    expect(told(world)).toEqual(["session.exited graceful", "session.started", "session.configured", "thread.started"]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("that fails does not tell the end of an earlier session", () => {
    const { world } = starting({ heal: true, hasCursor: true });
    world.openFailed(notFound);
    world.disposed();
    expect(told(world)).toEqual(["runtime.error"]);
  });

  it("continues a conversation", () => {
    const { world, call } = starting({ resume, hasCursor: true, turnMessages: [1, 2] });
    expect(world.effects).toEqual([{ type: "open", epoch: 1, launch: { resume } }]);
    world.opened();
    world.idle();
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(world.state.core.turnMessages).toEqual([1, 2]);
  });

  it("is refused where the agent began another conversation than the one asked for", () => {
    const { world, call } = starting({ resume, hasCursor: true });
    world.opened();
    world.reply("get-state", { type: "ok", value: { ...idleState, sessionId: "s2" } });
    world.disposed();
    expect(world.errorOf(call)).toBe("resume-refused");
    expect(told(world)).toEqual(["runtime.error", "session.exited error"]);
  });

  describe("of a conversation of which only the file is known", () => {
    const named = { resume: { sessionFile: "/sessions/s2.jsonl", provisional: false }, hasCursor: true };

    it("goes on with whatever lies there", () => {
      const { world, call } = starting(named);
      world.opened();
      world.reply("get-state", { type: "ok", value: { ...idleState, sessionId: "s2", messageCount: 2 } });
      expect([world.results.get(call), world.events.at(-1)?.payload]).toEqual([{ type: "ok" }, { providerThreadId: "s2" }]);
    });

    it("is refused where nothing was said in what the agent goes on with", () => {
      const { world, call } = starting(named);
      world.opened();
      world.reply("get-state", { type: "ok", value: { ...idleState, sessionId: "s2", messageCount: 0 } });
      world.disposed();
      expect(world.errorOf(call)).toBe("resume-refused");
    });
  });

  it("remembers where the conversation stood, if it is the one that goes on", () => {
    expect(starting({ resume, hasCursor: true, head: "e3" }).world.state.core.head).toBe("e3");
    expect(starting({ hasCursor: true, head: "e3" }).world.state.core.head).toBeUndefined();
  });

  it("may begin another conversation where nothing was saved of the one asked for", () => {
    const { world, call } = starting({ resume: { ...resume, provisional: true }, hasCursor: true });
    world.opened();
    world.reply("get-state", { type: "ok", value: { ...idleState, sessionId: "s2" } });
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(world.events.at(-1)?.payload).toEqual({ providerThreadId: "s2" });
  });

  it("lets nobody wait for a question that is asked meanwhile", () => {
    const { world } = starting();
    world.opened();
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Trust it?", options: [] });
    expect(world.dialogAnswers).toEqual([{ type: "answer-dialog", dialogId: "d1", answer: { type: "cancelled" } }]);
    expect(world.types).toEqual(["runtime.warning"]);
  });
});

/** A way in which a start goes wrong. */
type Way = (world: ReducerWorld) => void;

function lost(diagnosis: FailureDiagnosis["code"]): Way {
  return (world) => {
    world.opened();
    world.lost("Demo ended.", diagnosis);
  };
}

function unready(outcome: CommandOutcome<"get-state">): Way {
  return (world) => {
    world.opened();
    world.reply("get-state", outcome);
  };
}

describe("a start that fails", () => {
  it.each<[way: string, fail: Way, code: string]>([
    ["because there is no program", (world) => world.openFailed(notFound), "binary-not-found"],
    ["because the program crashes", lost("crashed"), "start-failed"],
    ["because nobody knows why", lost("unexplained"), "start-failed"],
    ["because the conversation cannot be continued", lost("session-invalid"), "resume-refused"],
    ["because the folder is gone", lost("working-directory-missing"), "working-directory-missing"],
    ["because the model is unknown", lost("model-unknown"), "model-unavailable"],
    ["because the agent does not answer in time", unready({ type: "unanswered", detail: "No answer." }), "start-timeout"],
    ["because the agent refuses to answer", unready({ type: "refused", message: "No.", reason: "other" }), "start-failed"],
  ])("%s ends the process first and speaks then", (_way, fail, code) => {
    const { world, call } = starting();
    fail(world);
    expect([world.disposing, world.events, world.openCalls.has(call)]).toEqual([true, [], true]);
    world.disposed();
    expect(world.errorOf(call)).toBe(code);
    expect(world.state.phase.type).toBe("closed");
    expect(told(world)).toEqual(["runtime.error", "session.exited error"]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it.each<[what: string, request: Partial<StartRequest>, fail: Way, events: readonly string[]]>([
    ["as stopped without a cursor, so that it can be started again", {}, (world) => world.openFailed(notFound), ["runtime.error", "session.exited error"]],
    ["as failed with a cursor, so that the next message tries it again", { hasCursor: true, resume }, (world) => world.openFailed(notFound), ["runtime.error"]],
    ["as failed with a cursor when the process crashes", { hasCursor: true, resume }, lost("crashed"), ["runtime.error"]],
    ["as stopped when its file cannot be continued", { hasCursor: true, resume }, (world) => world.openFailed({ ...notFound, code: "resume-refused" }, { cursorLost: true }), ["runtime.error", "session.exited error"]],
    ["as stopped when the agent cannot continue it", { hasCursor: true, resume }, lost("session-invalid"), ["runtime.error", "session.exited error"]],
    ["as stopped when it held only a model that is gone", { hasCursor: true, remembered: { model: otherModel } }, lost("model-unknown"), ["runtime.error", "session.exited error"]],
    ["as failed when the model that the host chose is unknown", { hasCursor: true, resume, chosen: { model: otherModel } }, lost("model-unknown"), ["runtime.error"]],
  ])("leaves its thread %s", (_what, request, fail, events) => {
    const { world } = starting(request);
    fail(world);
    world.disposed();
    expect(told(world)).toEqual(events);
  });

  it("says what happened and what to do", () => {
    const { world } = starting();
    world.openFailed(notFound);
    world.disposed();
    expect(world.events[0]).toMatchObject({ type: "runtime.error", payload: { message: "Demo was not found. Install it.", class: "provider_error" } });
  });

  it("names the model that is unknown", () => {
    const { world, call } = starting({ chosen: { model: otherModel } });
    world.opened();
    world.lost("Demo ended.", "model-unknown");
    world.disposed();
    expect(world.results.get(call)).toMatchObject({ error: { detail: 'Demo has no model "demo/other".' } });
  });
});

describe("a start that the remembered model keeps from succeeding", () => {
  const request = { hasCursor: true, resume, remembered: { model: otherModel, level: "high", unlisted: true }, turnMessages: [2] } as const;

  /** Its first process has ended over the model, and is gone. */
  function retried(change: Partial<StartRequest> = {}): { readonly world: ReducerWorld; readonly call: number } {
    const { world, call } = starting({ ...request, ...change });
    world.opened();
    world.lost("Demo ended.", "model-unknown");
    world.disposed();
    return { world, call };
  }

  it("is tried once more without it: the conversation goes on, with a warning", () => {
    const { world, call } = retried();
    expect([world.effects.at(-1), world.openCalls.has(call), world.events]).toEqual([{ type: "open", epoch: 2, launch: { resume } }, true, []]);
    world.opened();
    world.idle();
    expect([world.results.get(call), told(world)]).toEqual([{ type: "ok" }, ["session.started", "session.configured", "thread.started", "runtime.warning"]]);
    expect(world.state.core).toMatchObject({ turnMessages: [2], agent: { model: idleState.model } });
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is tried with the level that the host chose", () => {
    const { world } = retried({ chosen: { level: "low" } });
    expect(world.effects.at(-1)).toMatchObject({ type: "open", epoch: 2, launch: { level: "low", resume } });
  });

  it("fails like any other when the second try does", () => {
    const { world, call } = retried();
    world.opened();
    world.lost("Demo ended.", "model-unknown");
    world.disposed();
    expect([world.errorOf(call), world.state.phase.type, told(world)]).toEqual(["model-unavailable", "closed", ["runtime.error"]]);
  });

  it.each<[what: string, change: Partial<StartRequest>]>([
    ["the host chose the model", { chosen: { model: otherModel, unlisted: true } }],
    ["no conversation is to be continued", { resume: undefined as never }],
    ["nothing is remembered", { remembered: {} }],
  ])("is not tried again where %s", (_what, change) => {
    const { world, call } = retried(change);
    expect([world.errorOf(call), world.opening]).toEqual(["model-unavailable", false]);
  });

  it("is not tried again where it was stopped meanwhile", () => {
    const { world, call } = starting(request);
    world.opened();
    world.lost("Demo ended.", "model-unknown");
    const stop = world.stop();
    world.disposed();
    expect([world.openCalls.has(call), world.results.get(stop), world.opening, world.state.phase.type]).toEqual([false, { type: "ok" }, false, "closed"]);
  });
});

describe("a start that the host calls off", () => {
  it.each<[when: string, arrange: (world: ReducerWorld) => void]>([
    ["while the process is being started", () => undefined],
    ["while the agent becomes ready", (world) => world.opened()],
    [
      "while the model is checked",
      (world) => {
        world.opened();
        world.idle();
      },
    ],
    [
      "while the model is switched",
      (world) => {
        world.opened();
        world.idle();
        world.reply("list-models", { type: "ok", value: modelList });
      },
    ],
  ])("%s ends its process and leaves its thread as stopped", (_when, arrange) => {
    const { world, call } = starting({ chosen: { model: otherModel } });
    arrange(world);
    const stop = world.stop();
    expect([world.disposing, world.openCalls.has(stop), world.openCalls.has(call)]).toEqual([true, true, true]);
    world.disposed();
    expect([world.errorOf(call), world.results.get(stop)]).toEqual(["aborted", { type: "ok" }]);
    expect(told(world)).toEqual(["session.exited graceful"]);
  });
});
