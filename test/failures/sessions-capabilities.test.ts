import { describe, expect, it } from "vitest";
import { piEndlessTurn, piRunEnd, piRunStart, piSettled, piSpeech, piSteeredTurn, piTextTurn, piToolUse } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import { capabilitiesOf } from "../../src/app/capabilities.js";
import type { ProviderCapabilities, RuntimeMode } from "../../src/ports/provider.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const capabilities = capabilitiesOf(piDialect);
const modes: readonly RuntimeMode[] = ["full-access", "approval-required", "auto-accept-edits"];
/** T3's later generation has it. */
const unknownMode = "auto" as RuntimeMode;
const dialogs = [
  { id: "d1", method: "confirm", title: "Run bash?", message: "rm -rf build" },
  { id: "d2", method: "select", title: "Allow multiedit?", options: ["Allow", "Deny"] },
] as const;

/** What each flag promises, seen to happen. A flag without a promise here does not compile. */
const promises: { readonly [Flag in keyof ProviderCapabilities]: (claim: ProviderCapabilities[Flag]) => Promise<void> } = {
  sessionModelSwitch: async (claim) => {
    expect(claim).toBe("in-session");
    await using host = new HostileProvider({});
    const { resumeCursor: before } = await host.start();
    const turnId = await host.send("Think.", { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });
    await host.log.turn(turnId);
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.log.of("turn.started")).toMatchObject([{ payload: { model: "lab/thinker", effort: "high" } }]);
    expect(host.session).toMatchObject({ model: "lab/thinker", resumeCursor: { sessionId: (before as { sessionId: string }).sessionId } });
  },
  runtimeModes: async (claim) => {
    for (const runtimeMode of modes) {
      await using host = new HostileProvider({});
      const error = await failureOf(host.start({ runtimeMode }));
      expect(claim).toContain(runtimeMode);
      if (claim.includes(runtimeMode)) expect(host.session).toMatchObject({ runtimeMode, status: "ready" });
      else expect(error).toMatchObject({ kind: "unsupported", code: "not-supported" });
    }
  },
  steering: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({ agent: { on: { prompt: [piSteeredTurn("Blue it is.")] } } });
    await host.start();
    const turnId = await host.send("Paint.");
    expect(await host.send("In blue!")).toBe(turnId);
    await host.log.turn(turnId);
    expect(host.shown(turnId).texts).toEqual(["Working.", "Blue it is."]);
  },
  userInput: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, { ask: dialogs[1] }, ...piSpeech("Thanks."), ...piRunEnd(), ...piSettled]] } } });
    await host.start();
    const turnId = await host.send("Ask me.");
    const { requestId = "", payload } = await host.log.first("user-input.requested");
    await host.provider.respondToUserInput(host.threadId, requestId, { [payload.questions[0]?.id ?? ""]: "Deny" });
    await host.log.turn(turnId);
    expect(host.received("extension_ui_response")).toMatchObject([{ id: "d2", value: "Deny" }]);
  },
  attachments: async (claim) => {
    expect(claim).toEqual(["image"]);
    await using host = new HostileProvider({ attachments: { cat: Uint8Array.from([1, 2, 3]) } });
    await host.start();
    const attachment = { type: "image", id: "cat", name: "cat.png", mimeType: "image/png", sizeBytes: 3 } as const;
    await host.log.turn(await host.send("Look.", { attachments: [attachment] }));
    expect(host.received("prompt")).toMatchObject([{ message: "Look.", images: [{ data: "AQID", mimeType: "image/png" }] }]);
  },
  resume: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({});
    await host.start();
    await host.log.turn(await host.send("Remember me."));
    const resumeCursor: unknown = JSON.parse(JSON.stringify(host.session?.resumeCursor));
    await host.provider.stopSession(host.threadId);
    await host.start({ resumeCursor });
    expect(host.spawner.spawned[1]?.args.join(" ")).toContain("--session /sessions/scripted.jsonl");
  },
  readThread: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn("Hello!")] } } });
    await host.start();
    await host.log.turn(await host.send("Hi."));
    const { turns } = await host.provider.readThread(host.threadId);
    expect(turns).toMatchObject([{ items: [{ type: "user_message", text: "Hi." }, { type: "assistant_message", text: "Hello!" }] }]);
  },
  rollback: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({});
    await host.start();
    await host.log.turn(await host.send("First."));
    await host.log.turn(await host.send("Second."));
    const { turns } = await host.provider.rollbackThread(host.threadId, 1);
    expect(turns).toMatchObject([{ items: [{ text: "First." }, { text: "Done." }] }]);
  },
  fork: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({});
    await host.start();
    await host.log.turn(await host.send("First."));
    const { nativeThread } = await host.provider.forkThread(host.threadId);
    expect(nativeThread.nativeId).not.toBe(host.session?.nativeThread?.nativeId);
    expect(host.spawner.running).toBe(1);
  },
  commands: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({});
    await host.start();
    expect(await host.provider.listCommands(host.threadId)).toEqual([{ name: "ping", description: "Answers without a run", source: "extension" }]);
  },
  compaction: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({});
    await host.start();
    await host.log.turn(await host.send("A long story."));
    const { turnId } = await host.provider.compactThread(host.threadId, "Keep the names.");
    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
    expect(host.received("compact")).toMatchObject([{ customInstructions: "Keep the names." }]);
    expect(host.log.of("thread.state.changed")).toMatchObject([{ turnId, payload: { state: "compacted" } }]);
  },
  textGeneration: async (claim) => {
    expect(claim).toBe(true);
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn('{"title": "Fix the login"}')] } } });
    expect(await host.provider.generateJson({ prompt: "Name this change." })).toEqual({ title: "Fix the login" });
    expect(host.spawner.spawned[0]?.args).toEqual(expect.arrayContaining(["--no-session", "--no-tools", "--no-extensions"]));
    expect(host.log.events).toEqual([]);
  },
};

describe("what the provider claims", () => {
  it.each(Object.keys(promises) as (keyof ProviderCapabilities)[])("F71: is true: %s", async (flag) => {
    expect.hasAssertions();
    // A flag and its promise belong together by the type of `promises`; a loop over both loses that.
    await (promises[flag] as (claim: unknown) => Promise<void>)(capabilities[flag]);
  });

  it("F71: is all there is to claim, and the same wherever a host looks", async () => {
    expect(Object.keys(promises).toSorted()).toEqual(Object.keys(capabilities).toSorted());
    await using host = new HostileProvider({});
    expect(host.provider.capabilities).toEqual(capabilities);
    expect(host.provider.snapshot().capabilities).toEqual(capabilities);
  });
});

describe("what the provider does not claim", () => {
  it("F71: a mode that nobody knows is refused loudly, and the live session works on", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piSteeredTurn("Here I am.")] } } });
    await host.start();
    const turnId = await host.send("Work.");
    const error = await failureOf(host.start({ runtimeMode: unknownMode }));

    expect(error).toMatchObject({ kind: "unsupported", code: "not-supported", message: expect.stringMatching(/"auto".*full-access/) });
    // As a warning: an error would take the running turn from T3's eyes.
    expect(host.log.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringContaining('"auto"') } }]);
    expect(host.log.of("runtime.error")).toEqual([]);
    expect(host.log.of("session.exited")).toEqual([]);
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
    expect(host.session).toMatchObject({ runtimeMode: "full-access", status: "running", activeTurnId: turnId });
    expect(await host.send("Still there?")).toBe(turnId);
    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("F71: a mode that nobody knows is refused loudly while the session rests, which then works on", async () => {
    await using host = new HostileProvider({});
    await host.start();
    expect(await failureOf(host.start({ runtimeMode: unknownMode }))).toMatchObject({ code: "not-supported" });
    await host.rest();

    expect(host.log.of("runtime.error")).toMatchObject([{ payload: { message: expect.stringContaining('"auto"') } }]);
    expect(host.log.of("session.exited")).toEqual([]);
    expect((await host.log.turn(await host.send("Still there?"))).payload.state).toBe("completed");
    expect(host.spawner.spawned).toHaveLength(1);
  });

  it("F71: a mode that nobody knows starts nothing, and the thread can be started in another one", async () => {
    await using host = new HostileProvider({});
    expect(await failureOf(host.start({ runtimeMode: unknownMode }))).toMatchObject({ code: "not-supported" });
    expect(host.spawner.spawned).toEqual([]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: expect.stringContaining('"auto"') });
    await host.start();
    expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
  });

  it("F71: plan mode is refused loudly, and the session is as it was", async () => {
    await using host = new HostileProvider({});
    await host.start();
    const error = await failureOf(host.send("Make a plan.", { interactionMode: "plan" }));
    await host.rest();

    expect(error).toMatchObject({ kind: "unsupported", code: "not-supported", message: expect.stringContaining("plan mode") });
    expect(host.received("prompt")).toEqual([]);
    // Without a word T3's composer would stay in "Sending…".
    expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("plan mode") });
    const turnId = await host.send("Then just do it.");
    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
  });

  it("F71: plan mode in the middle of a turn is refused loudly, and the turn goes on", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piSteeredTurn("Done.")] } } });
    await host.start();
    const turnId = await host.send("Work.");
    expect(await failureOf(host.send("Make a plan.", { interactionMode: "plan" }))).toMatchObject({ code: "not-supported" });
    await host.rest();

    expect(host.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual([expect.stringContaining("plan mode")]);
    expect(host.session).toMatchObject({ status: "running", activeTurnId: turnId });
    await host.send("Go on.");
    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
  });
});

describe("approvals", () => {
  it("F76: are never asked for with full access, whatever a tool or an extension's question is called", async () => {
    const tools = ["bash", "multiedit", "apply_patch", "mcp__files__delete"].map((name, index) => piToolUse({ id: `call-${index}`, name, args: { command: "rm -rf build" }, output: "ok" }));
    await using host = new HostileProvider({
      agent: { on: { prompt: [[...piRunStart, ...tools.flat(), ...dialogs.map((ask) => ({ ask })), ...piSpeech("Done."), ...piRunEnd(), ...piSettled]] } },
    });
    await host.start();
    const turnId = await host.send("Work.");
    for (const { id, title } of dialogs) {
      const asked = await host.log.first("user-input.requested", ({ payload }) => JSON.stringify(payload.questions).includes(title));
      await host.provider.respondToUserInput(host.threadId, asked.requestId ?? "", { answer: id === "d1" ? "No" : "Deny" });
    }
    await host.log.turn(turnId);

    expect(host.log.types.filter((type) => type.startsWith("request."))).toEqual([]);
    const answers = host.received("extension_ui_response");
    expect(answers.filter(({ id }) => String(id).startsWith("gate:"))).toEqual(tools.map((_tool, index) => ({ type: "extension_ui_response", id: `gate:call-${index}`, value: "accept" })));
    expect(answers.slice(tools.length)).toMatchObject([{ id: "d1", confirmed: false }, { id: "d2", value: "Deny" }]);
  });

  it("F76: are asked for before every tool that may do something, however it is called, and not for an extension's question", async () => {
    const tools = ["bash", "multiedit", "apply_patch", "mcp__files__delete", "read"].map((name, index) => piToolUse({ id: `call-${index}`, name, args: { command: "rm -rf build", path: "notes.txt" }, output: "ok" }));
    await using host = new HostileProvider({
      agent: { on: { prompt: [[...piRunStart, ...tools.flat(), { ask: dialogs[0] }, ...piSpeech("Done."), ...piRunEnd(), ...piSettled]] } },
    });
    await host.start({ runtimeMode: "approval-required" });
    const turnId = await host.send("Work.");
    for (let asked = 1; asked <= 4; asked += 1) {
      const { requestId = "" } = await host.log.first("request.opened", ({ requestId }) => requestId?.endsWith(`approval-${asked}`) === true);
      await host.provider.respondToRequest(host.threadId, requestId, "accept");
    }
    const { requestId = "" } = await host.log.first("user-input.requested");
    await host.provider.respondToUserInput(host.threadId, requestId, { answer: "Yes" });
    await host.log.turn(turnId);

    expect(host.log.of("request.opened").map(({ payload }) => payload.requestType)).toEqual(["command_execution_approval", "file_change_approval", "file_change_approval", "command_execution_approval"]);
  });

  it("F76: cannot be answered, in the words on which T3 takes a stale card away", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("I work and")] } } });
    await host.start();
    const turnId = await host.send("Work.");
    const error = await failureOf(host.provider.respondToRequest(host.threadId, "no-such-request", "accept"));

    expect(error).toMatchObject({ kind: "request", code: "request-unknown", message: expect.stringMatching(/^Unknown pending permission request/) });
    expect(host.session).toMatchObject({ activeTurnId: turnId });
  });
});
