import { describe, expect, it } from "vitest";
import { capabilitiesOf } from "../../../src/app/capabilities.js";
import { own } from "../../../src/domain/session/model-wishes.js";
import { readRollbackTarget, readSend, readStart, readThreadName } from "../../../src/domain/session/session-requests.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { ChatAttachment, ProviderSendTurnInput, ProviderSessionStartInput, RollbackTarget } from "../../../src/ports/provider.js";

const provider = { kind: "demo", instanceId: "demo-work", displayName: "Demo", capabilities: capabilitiesOf({}) };
const attachment: ChatAttachment = { type: "image", id: "a1", name: "shot.png", mimeType: "image/png", sizeBytes: 10 };
const cursor = { version: 1, provider: "demo", sessionId: "s1", sessionFile: "/sessions/s1.jsonl", cwd: "/remembered", model: "demo/plain", thinkingLevel: "off", turnMessages: [2] };

function start(input: Partial<ProviderSessionStartInput> = {}): ReturnType<typeof readStart> {
  return readStart({ threadId: "t1", runtimeMode: "full-access", ...input }, provider);
}

function send(input: Partial<ProviderSendTurnInput> = {}): ReturnType<typeof readSend> {
  return readSend({ threadId: "t1", input: "hello", ...input }, provider);
}

/** The error that reading throws. */
function refusal(read: () => unknown): ProviderError {
  try {
    read();
  } catch (error) {
    if (ProviderError.is(error)) return error;
  }
  throw new Error("Nothing was refused.");
}

describe("a start", () => {
  it("in its smallest form leaves everything to the agent", () => {
    expect(start()).toEqual({ request: { hasCursor: false, turnMessages: [] }, wish: {}, remembered: {}, cwd: undefined, binaryPath: undefined, agentDir: undefined });
  });

  it("is read with everything that the host chose", () => {
    const read = start({
      provider: "demo",
      cwd: " /project ",
      model: "demo/other",
      modelOptions: { demo: { thinkingLevel: "high" }, another: { thinkingLevel: "low" } },
      providerOptions: { demo: { binaryPath: "/bin/demo", agentDir: "/agent-home/demo" }, another: { binaryPath: "/bin/another" } },
    });
    expect(read).toMatchObject({ wish: { model: { provider: "demo", id: "other" }, level: "high" }, cwd: "/project", binaryPath: "/bin/demo", agentDir: "/agent-home/demo" });
  });

  it("is read with a model as today's T3 selects it", () => {
    const modelSelection = { instanceId: "demo-work", model: "demo/other", options: [{ id: "thinkingLevel", value: "default" }] };
    expect(start({ modelSelection }).wish).toEqual({ model: { provider: "demo", id: "other" }, level: own });
    expect(send({ modelSelection }).wish).toEqual(start({ modelSelection }).wish);
    expect(refusal(() => start({ modelSelection: { instanceId: "demo" } }))).toMatchObject({ code: "invalid-input", operation: "startSession", threadId: "t1" });
    expect(refusal(() => send({ modelSelection: { instanceId: "demo" } }))).toMatchObject({ code: "invalid-input", operation: "sendTurn", threadId: "t1" });
  });

  it("takes blank fields for absent ones", () => {
    const read = start({ cwd: " ", model: " ", modelOptions: { demo: { thinkingLevel: "" } }, providerOptions: { demo: { binaryPath: "", agentDir: "  " } } });
    expect(read).toEqual(start());
  });

  it("is read with what a cursor remembers", () => {
    expect(start({ resumeCursor: cursor })).toMatchObject({
      request: { resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false }, hasCursor: true, turnMessages: [2] },
      wish: {},
      remembered: { model: { provider: "demo", id: "plain" }, level: "off" },
      cwd: "/remembered",
    });
  });

  it("prefers the host's folder to the remembered one", () => {
    expect(start({ resumeCursor: cursor, cwd: "/chosen" }).cwd).toBe("/chosen");
  });

  it("does without a remembered model that is none", () => {
    expect(start({ resumeCursor: { ...cursor, model: "no-slash" } }).remembered).toEqual({ level: "off" });
  });

  it("has nothing to resume where nothing was said", () => {
    expect(start({ resumeCursor: { version: 1, provider: "demo", sessionId: "s1" } }).request).not.toHaveProperty("resume");
  });

  it("continues the conversation that the agent's own name names, whatever session that is", () => {
    const nativeThread = { driver: "demo", nativeId: " /sessions/s1.jsonl ", strength: "strong" };
    expect(start({ nativeThread }).request).toEqual({ resume: { sessionFile: "/sessions/s1.jsonl", provisional: false }, hasCursor: true, turnMessages: [] });
    expect(start({ nativeThread: { nativeId: "/sessions/s1.jsonl" } }).request.resume).toEqual({ sessionFile: "/sessions/s1.jsonl", provisional: false });
  });

  it("believes a cursor rather than a name", () => {
    expect(start({ resumeCursor: cursor, nativeThread: { nativeId: "/sessions/s2.jsonl" } }).request.resume).toMatchObject({ sessionId: "s1" });
    expect(start({ resumeCursor: null, nativeThread: { nativeId: "/sessions/s2.jsonl" } }).request.resume).toMatchObject({ sessionFile: "/sessions/s2.jsonl" });
  });

  it.each<[what: string, input: Partial<ProviderSessionStartInput>, kind: string, code: string]>([
    ["with another agent's name for a conversation", { nativeThread: { driver: "another", nativeId: "/sessions/s1.jsonl" } }, "validation", "invalid-cursor"],
    ["with a blank name for a conversation", { nativeThread: { nativeId: " " } }, "validation", "invalid-cursor"],
    ["with an endless name for a conversation", { nativeThread: { nativeId: "x".repeat(5_000) } }, "validation", "invalid-cursor"],
    ["for no thread", { threadId: " " }, "validation", "invalid-input"],
    ["of another provider", { provider: "another" }, "validation", "invalid-input"],
    ["in a mode that there is not", { runtimeMode: "approval-required" }, "unsupported", "not-supported"],
    ["with a cursor that cannot be read", { resumeCursor: "s1" }, "validation", "invalid-cursor"],
    ["with another provider's cursor", { resumeCursor: { ...cursor, provider: "another" } }, "validation", "invalid-cursor"],
    ["with a model that is none", { model: "no-slash" }, "validation", "invalid-model"],
  ])("%s is refused", (_what, input, kind, code) => {
    expect(refusal(() => start(input))).toMatchObject({ kind, code, operation: "startSession" });
  });

  it("in a mode that there is not says which there are", () => {
    expect(refusal(() => start({ runtimeMode: "approval-required" })).message).toContain("Use full-access.");
  });
});

describe("a message", () => {
  it("is read without the white space around it", () => {
    expect(send({ input: "\n hello \n" })).toEqual({ text: "hello", wish: {} });
  });

  it("may be nothing but images", () => {
    expect(send({ input: undefined, attachments: [attachment] })).toEqual({ text: "", wish: {} });
  });

  it("is read with the model and level that it wishes for", () => {
    expect(send({ model: "demo/a/b:c", modelOptions: { demo: { thinkingLevel: "high" } } }).wish).toEqual({ model: { provider: "demo", id: "a/b:c" }, level: "high" });
    expect(send({ modelOptions: { demo: { thinkingLevel: "high" } } }).wish).toEqual({ level: "high" });
  });

  it.each<[what: string, input: Partial<ProviderSendTurnInput>, kind: string, code: string]>([
    ["that is empty", { input: undefined }, "validation", "invalid-input"],
    ["that is blank", { input: " \n" }, "validation", "invalid-input"],
    ["that is too long", { input: "x".repeat(120_001) }, "validation", "invalid-input"],
    ["with too many images", { attachments: Array.from({ length: 9 }, () => attachment) }, "validation", "invalid-input"],
    ["in plan mode", { interactionMode: "plan" }, "unsupported", "not-supported"],
    ["for a model that is none", { model: "no-slash" }, "validation", "invalid-model"],
  ])("%s is refused", (_what, input, kind, code) => {
    expect(refusal(() => send(input))).toMatchObject({ kind, code, operation: "sendTurn", threadId: "t1" });
  });

  it("with as much as is allowed is read", () => {
    expect(send({ input: "x".repeat(120_000), attachments: Array.from({ length: 8 }, () => attachment), interactionMode: "default" }).text).toHaveLength(120_000);
  });

  it("with images is refused by a provider that takes none", () => {
    const blind = { ...provider, capabilities: { ...provider.capabilities, attachments: [] } };
    expect(refusal(() => readSend({ threadId: "t1", attachments: [attachment] }, blind))).toMatchObject({ kind: "unsupported", code: "not-supported" });
  });
});

describe("the word for the agent's own choice", () => {
  it.each<[what: string, input: Pick<ProviderSendTurnInput, "model" | "modelOptions">, wish: unknown]>([
    ["as a model", { model: "default" }, { model: own }],
    ["as a level", { modelOptions: { demo: { thinkingLevel: "default" } } }, { level: own }],
    ["as both", { model: " default ", modelOptions: { demo: { thinkingLevel: " default " } } }, { model: own, level: own }],
    ["as a level beside a model", { model: "demo/other", modelOptions: { demo: { thinkingLevel: "default" } } }, { model: { provider: "demo", id: "other" }, level: own }],
    ["as a model beside a level", { model: "default", modelOptions: { demo: { thinkingLevel: "high" } } }, { model: own, level: "high" }],
  ])("is read %s, in a start as in a message", (_what, input, wish) => {
    expect([start(input).wish, send(input).wish]).toEqual([wish, wish]);
  });

  it("names a model of its own where a provider stands before it", () => {
    expect(send({ model: "default/default" }).wish).toEqual({ model: { provider: "default", id: "default" } });
  });

  it("in another provider's options is none of ours", () => {
    expect(send({ modelOptions: { another: { thinkingLevel: "default" } } }).wish).toEqual({});
  });
});

describe("a model's name", () => {
  it("that was typed wrongly is refused with what is wrong, and then with what to do", () => {
    const error = refusal(() => send({ model: "no-slash" }));
    expect([error.detail, error.nextStep]).toEqual(['The model "no-slash" names no provider.', 'Write it as provider/model-id, for example "openai/gpt-5".']);
  });

  it("may be as long as agents make them, also where a cursor remembers it, and no longer", () => {
    const id = "x".repeat(4_096 - "demo/".length);
    expect(send({ model: `demo/${id}` }).wish).toEqual({ model: { provider: "demo", id } });
    expect(start({ resumeCursor: { ...cursor, model: `demo/${id}` } }).remembered.model).toEqual({ provider: "demo", id });
    expect(refusal(() => send({ model: `demo/${id}x` })).detail).toBe("The model is longer than 4096 characters.");
  });
});

describe("a rollback's target", () => {
  it.each<[target: RollbackTarget, read: RollbackTarget]>([
    [1, 1],
    [{ toTurn: " e1 " }, { toTurn: "e1" }],
    [{ toStart: true }, { toStart: true }],
  ])("%j is read as %j", (target, read) => {
    expect(readRollbackTarget("t1", target)).toEqual(read);
  });

  it.each([0, -1, 1.5, Number.NaN, { toTurn: " " }, { toTurn: 7 }])("%j is none", (target) => {
    expect(refusal(() => readRollbackTarget("t1", target as RollbackTarget))).toMatchObject({ kind: "validation", code: "invalid-input", operation: "rollbackThread" });
  });
});

describe("a thread's name", () => {
  it("is one line, and no longer than a list shows", () => {
    expect(readThreadName("t1", "  Fix\n the   login ")).toBe("Fix the login");
    expect(readThreadName("t1", "x".repeat(300))).toHaveLength(200);
  });

  it("is not blank", () => {
    expect(refusal(() => readThreadName("t1", " \n"))).toMatchObject({ code: "invalid-input", operation: "nameThread" });
  });
});
