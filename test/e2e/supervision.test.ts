import { existsSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ContainerModule } from "inversify";
import { describe, expect, it } from "vitest";
import type { ModelAnswer, ModelToolCall } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import { TemporaryCompanionFiles } from "../../src/adapters/node/temporary-companion-files.js";
import { ports } from "../../src/app/identifiers.js";
import type { CompanionFiles } from "../../src/ports/companion-files.js";
import { ProviderError } from "../../src/ports/errors.js";
import type { ProviderApprovalDecision, RuntimeMode } from "../../src/ports/provider.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import { theAgentPid } from "./agent-pids.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

type Opened = Extract<ProviderRuntimeEvent, { type: "request.opened" }> & { readonly requestId: string };

const calls = (...toolCalls: readonly ModelToolCall[]): ModelAnswer => toolCalls.map((toolCall) => ({ toolCall }));
const bash = (command: string): ModelToolCall => ({ name: "bash", arguments: { command } });
const write = (path: string, content = "written"): ModelToolCall => ({ name: "write", arguments: { path, content } });
const done: ModelAnswer = [{ text: "Done." }];

/** The request that is opened first from now on. */
async function request(fixture: ProviderFixture, threadId: string): Promise<Opened> {
  const before = fixture.log.events.length;
  const event = await fixture.log.first("request.opened", (event) => event.threadId === threadId && fixture.log.events.indexOf(event) >= before);
  return { ...event, requestId: event.requestId ?? "" };
}

/** A turn whose requests are decided one after the other; what is asked beyond that is waited for in vain. */
async function decidedTurn(fixture: ProviderFixture, threadId: string, turn: { readonly answers: readonly ModelAnswer[]; readonly decisions: readonly ProviderApprovalDecision[] }) {
  fixture.model.willAnswer(...turn.answers);
  let asked = request(fixture, threadId);
  const { turnId } = await fixture.provider.sendTurn({ threadId, input: "Go." });
  const opened: Opened[] = [];
  for (const decision of turn.decisions) {
    const event = await asked;
    opened.push(event);
    asked = request(fixture, threadId);
    await fixture.provider.respondToRequest(threadId, event.requestId, decision);
  }
  return { turn: await fixture.finished(turnId), opened };
}

describe.each(realPiVersions)("supervised Pi $version", (pi) => {
  const shared = sharedProvider({ pi, provider: { session: { probeMs: 20 } } });
  const inProject = (path: string): string => join(shared().sandbox.projectDir, path);

  /** One session for most tests; only its mode changes, which costs no process. */
  async function supervised(runtimeMode: RuntimeMode): Promise<{ readonly fixture: ProviderFixture; readonly threadId: string }> {
    const fixture = shared();
    const threadId = "supervised";
    const view = fixture.view(threadId);
    if (view?.runtimeMode !== runtimeMode) await fixture.start({ threadId, runtimeMode, resumeCursor: view?.resumeCursor });
    return { fixture, threadId };
  }

  it("runs a command that was accepted, and not one that was declined", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    const { turn, opened } = await decidedTurn(fixture, threadId, { answers: [calls(bash("touch yes")), calls(bash("touch no")), done], decisions: ["accept", "decline"] });

    expect(opened.map(({ payload }) => [payload.requestType, payload.detail])).toEqual([
      ["command_execution_approval", "touch yes"],
      ["command_execution_approval", "touch no"],
    ]);
    expect(opened[0]?.payload.args).toEqual({ toolName: "bash", input: { command: "touch yes" } });
    expect(turn.of("request.resolved").map(({ requestId, payload }) => [requestId, payload])).toEqual([
      [opened[0]?.requestId, { requestType: "command_execution_approval", decision: "accept" }],
      [opened[1]?.requestId, { requestType: "command_execution_approval", decision: "decline" }],
    ]);
    expect([existsSync(inProject("yes")), existsSync(inProject("no"))]).toEqual([true, false]);
    expect(turn.of("item.completed").flatMap(({ payload }) => (payload.itemType === "command_execution" ? [payload.status] : []))).toEqual(["completed", "declined"]);
    expect(turn.end.state).toBe("completed");
    const told = fixture.endpoint.requests.at(-1)?.body["messages"] as readonly { readonly role: string; readonly content: unknown }[];
    expect(JSON.stringify(told.findLast(({ role }) => role === "tool")?.content)).toContain("The user declined this tool call.");
  });

  it("asks once for what was accepted for the session", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    const { turn, opened } = await decidedTurn(fixture, threadId, {
      answers: [calls(bash("echo again >> counted")), calls(bash("echo again >> counted")), calls(write("kept")), calls(write("kept", "another text")), calls(write("other")), done],
      decisions: ["acceptForSession", "acceptForSession", "decline"],
    });
    expect(opened.map(({ payload }) => payload.detail)).toEqual(["echo again >> counted", inProject("kept"), inProject("other")]);
    expect(turn.tools.filter((tool) => tool.startsWith("completed")).map((tool) => tool.split(" ").at(-1))).toEqual(["completed", "completed", "completed", "completed", "declined"]);
  });

  it("reads and edits in the project by itself where the mode says so, and nothing beyond it", async () => {
    const { fixture, threadId } = await supervised("auto-accept-edits");
    await writeFile(join(fixture.spareFolder, "secret"), "secret");
    await symlink(fixture.spareFolder, inProject("way-out")).catch(() => undefined);
    const { turn, opened } = await decidedTurn(fixture, threadId, {
      answers: [
        calls({ name: "read", arguments: { path: "notes.txt" } }, write("new/folder/file"), { name: "edit", arguments: { path: "notes.txt", edits: [{ oldText: "second", newText: "2nd" }] } }),
        calls(write("way-out/planted"), write(".pi/extensions/planted.js"), { name: "read", arguments: { path: "way-out/secret" } }, bash("true")),
        done,
      ],
      decisions: ["decline", "decline", "decline", "accept"],
    });
    expect(opened.map(({ payload }) => [payload.requestType, payload.detail])).toEqual([
      ["file_change_approval", join(fixture.spareFolder, "planted")],
      // In a project that its user trusts, Pi would run it the next time it takes up a session.
      ["file_change_approval", inProject(".pi/extensions/planted.js")],
      ["file_read_approval", join(fixture.spareFolder, "secret")],
      ["command_execution_approval", "true"],
    ]);
    expect([existsSync(inProject("new/folder/file")), existsSync(join(fixture.spareFolder, "planted"))]).toEqual([true, false]);
    expect(turn.end.state).toBe("completed");
  });

  it("keeps its process when the mode changes in the middle of a turn", async () => {
    const { fixture, threadId } = await supervised("full-access");
    const { provider, model } = fixture;
    const pid = await theAgentPid();
    const goOn = Promise.withResolvers<void>();
    model.willAnswer(calls(bash("touch free")), [{ waitFor: goOn.promise }, ...calls(bash("touch asked"))], done);
    const second = model.nextRequest().then(() => model.nextRequest());
    const { turnId } = await provider.sendTurn({ threadId, input: "Go." });
    await second;
    const asked = request(fixture, threadId);
    const running = await fixture.start({ threadId, runtimeMode: "approval-required", resumeCursor: fixture.view(threadId)?.resumeCursor });
    expect(running).toMatchObject({ runtimeMode: "approval-required", status: "running", activeTurnId: turnId });
    goOn.resolve();
    const { payload } = await asked;
    expect(payload.detail).toBe("touch asked");
    // Back again: what waits goes on without an answer.
    await fixture.start({ threadId, runtimeMode: "full-access" });
    const turn = await fixture.finished(turnId);

    expect(turn.of("request.resolved").map((event) => event.payload.decision)).toEqual(["accept"]);
    expect([existsSync(inProject("free")), existsSync(inProject("asked"))]).toEqual([true, true]);
    expect(turn.end.state).toBe("completed");
    expect(await theAgentPid()).toBe(pid);
    expect(fixture.view(threadId)?.runtimeMode).toBe("full-access");
  });

  it("obeys an interrupt while it asks", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    fixture.model.willAnswer(calls(bash("touch first"), bash("touch second")));
    const asked = request(fixture, threadId);
    const { turnId } = await fixture.provider.sendTurn({ threadId, input: "Go." });
    const { requestId } = await asked;
    await fixture.provider.interruptTurn(threadId);
    const turn = await fixture.finished(turnId);
    expect(turn.end.state).toBe("interrupted");
    expect(turn.of("request.resolved").map((event) => [event.requestId, event.payload.decision])).toEqual([[requestId, "cancel"]]);
    expect([existsSync(inProject("first")), existsSync(inProject("second"))]).toEqual([false, false]);
    await expect(fixture.provider.respondToRequest(threadId, requestId, "accept")).rejects.toMatchObject({ kind: "request", code: "request-unknown", detail: expect.stringContaining("Unknown pending permission request") });
  });

  it("stops at once what is cancelled, and goes on with the next message", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    const { turn } = await decidedTurn(fixture, threadId, { answers: [calls(bash("touch cancelled"))], decisions: ["cancel"] });
    expect(turn.end.state).toBe("interrupted");
    expect(existsSync(inProject("cancelled"))).toBe(false);
    expect((await fixture.turn({ threadId, input: "Still there?" }, done)).end.state).toBe("completed");
  });

  it("asks for each of several calls of one message, and not for those that Pi itself refuses", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    const { turn, opened } = await decidedTurn(fixture, threadId, {
      answers: [calls(bash("touch one"), { name: "no-such-tool", arguments: {} }, bash("touch two"), { name: "write", arguments: { path: "incomplete" } }), done],
      decisions: ["accept", "decline"],
    });
    expect(opened.map(({ payload }) => payload.detail)).toEqual(["touch one", "touch two"]);
    expect([existsSync(inProject("one")), existsSync(inProject("two"))]).toEqual([true, false]);
    expect(turn.of("item.completed").flatMap(({ payload }) => (payload.itemType === "assistant_message" ? [] : [`${payload.itemType} ${payload.status}`])).toSorted((one, other) => one.localeCompare(other))).toEqual([
      "command_execution completed",
      "command_execution declined",
      "dynamic_tool_call failed",
      "file_change failed",
    ]);
    expect(turn.end.state).toBe("completed");
  });

  it("still asks after its conversation was rolled back", async () => {
    const { fixture, threadId } = await supervised("approval-required");
    const pid = await theAgentPid();
    await fixture.turn({ threadId, input: "To be forgotten." }, done);
    await fixture.provider.rollbackThread(threadId, 1);
    const { opened } = await decidedTurn(fixture, threadId, { answers: [calls(bash("touch rolled-back")), done], decisions: ["decline"] });
    expect(opened).toHaveLength(1);
    expect(existsSync(inProject("rolled-back"))).toBe(false);
    expect(await theAgentPid()).toBe(pid);
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).not.toContain("To be forgotten.");
    await fixture.provider.stopSession(threadId);
  });

  it("asks as well when it was told to load no extensions", async () => {
    const fixture = shared();
    const threadId = "without extensions";
    await fixture.start({ threadId, runtimeMode: "approval-required", providerOptions: { pi: { launchArguments: "-ne" } } });
    const { opened } = await decidedTurn(fixture, threadId, { answers: [calls(bash("touch unextended")), done], decisions: ["decline"] });
    expect(opened).toHaveLength(1);
    expect(existsSync(inProject("unextended"))).toBe(false);
    await fixture.provider.stopSession(threadId);
  });
});

/** What Pi finds where the gate should be. */
function inItsPlace(text: string): ContainerModule {
  const own = new TemporaryCompanionFiles();
  const companions: CompanionFiles = { provide: ({ name }) => own.provide({ name, text }), dispose: () => own.dispose() };
  return new ContainerModule(({ rebind }) => void rebind(ports.companionFiles).toConstantValue(companions));
}

it.each(realPiVersions)("a supervised Pi $version is not started without the gate", async (pi) => {
  const codes: unknown[] = [];
  for (const text of ["module.exports = () => {};", "throw new Error();"]) {
    await withProvider({ pi, provider: { modules: [inItsPlace(text)] } }, async ({ provider }) => {
      codes.push(await provider.startSession({ threadId: "gateless", runtimeMode: "approval-required" }).catch((error: unknown) => (ProviderError.is(error) ? error.code : error)));
    });
  }
  expect(codes).toEqual(["supervision-missing", "start-failed"]);
});
