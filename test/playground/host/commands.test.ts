import { describe, expect, it } from "vitest";
import { ScriptedAgent, piTextTurn } from "../../../src/app/testing.js";
import { fakePi, OpenedHost } from "./opened-host.js";

const selection = { provider: "pi" };

describe("what is no command", () => {
  it.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["no object", 7],
    ["an unknown type", { type: "format-disk" }],
    ["one without its thread", { type: "interrupt" }],
    ["one with an empty thread", { type: "interrupt", threadId: "" }],
    ["one with more than belongs there", { type: "interrupt", threadId: "a", cwd: "/" }],
    ["a folder of the page's choice", { type: "new-thread", instanceId: "pi", runtimeMode: "full-access", cwd: "/" }],
    ["a message without a model's provider", { type: "send", threadId: "a", text: "Hello", selection: {} }],
    ["a message with another field in its selection", { type: "send", threadId: "a", text: "Hello", selection: { provider: "pi", providerOptions: { pi: { binaryPath: "/bin/sh" } } } }],
    ["half a rollback", { type: "roll-back", threadId: "a", turns: 0.5 }],
    ["a rollback of nothing", { type: "roll-back", threadId: "a", turns: 0 }],
    ["an unknown decision", { type: "decide", threadId: "a", requestId: "b", decision: "perhaps" }],
    ["an answer that is no text", { type: "answer", threadId: "a", requestId: "b", answers: { c: 1 } }],
    ["a setting that is no text", { type: "configure", instanceId: "pi", settings: { binaryPath: 1, launchArguments: "" } }],
    ["settings that are not known", { type: "configure", instanceId: "pi", settings: { binaryPath: "", launchArguments: "", agentDir: "/" } }],
    ["a path of ten thousand characters", { type: "configure", instanceId: "pi", settings: { binaryPath: "x".repeat(10_000), launchArguments: "" } }],
  ])("is refused before anything is done: %s", async (_name, value) => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { method: "POST", body: JSON.stringify(value) ?? "" });
    expect([response.status, await response.json()]).toEqual([400, { ok: false, error: { code: "invalid-command", detail: expect.stringContaining("This is no command") as string } }]);
  });

  it.each(["", "{", "null", '{"type":', "[]"])("is refused: the body %j", async (body) => {
    const opened = await OpenedHost.open();
    expect((await opened.request("/api/commands", { method: "POST", body })).status).toBe(400);
  });

  it("never repeats what was sent", async () => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { method: "POST", body: JSON.stringify({ type: "send", threadId: "secret-thread", text: 5, selection: { provider: "secret-provider" } }) });
    expect(await response.text()).not.toContain("secret");
  });

  it.each<readonly [string, string, string]>([
    ["one without a word", " \n ", "An empty message"],
    ["one of more characters than a message has", "x".repeat(100_001), "100,000 characters"],
  ])("is refused in words for its writer: a message, %s", async (_name, text, words) => {
    const opened = await OpenedHost.open();
    const threadId = await opened.newThread();
    const response = await opened.request("/api/commands", { method: "POST", body: JSON.stringify({ type: "send", threadId, text, selection }) });
    expect([response.status, await response.json()]).toEqual([400, { ok: false, error: { code: "invalid-command", detail: expect.stringContaining(words) as string } }]);
  });
});

describe("a command that cannot be carried out", () => {
  it.each([
    [{ type: "new-thread", instanceId: "nobody", runtimeMode: "full-access" }, "instance-unknown"],
    [{ type: "new-thread", instanceId: "pi", runtimeMode: "whatever" as "full-access" }, "mode-unsupported"],
    [{ type: "send", threadId: "nobody", text: "Hello", selection }, "thread-unknown"],
    [{ type: "interrupt", threadId: "nobody" }, "thread-unknown"],
    [{ type: "remove-thread", threadId: "nobody" }, "thread-unknown"],
    [{ type: "configure", instanceId: "nobody", settings: { binaryPath: "", launchArguments: "" } }, "instance-unknown"],
    [{ type: "refresh", instanceId: "nobody" }, "instance-unknown"],
    [{ type: "scenario", scenario: "plain" }, "scenario-unknown"],
    [{ type: "add-custom-model", instanceId: "pi", slug: "no slash", allowUnverified: false }, "invalid-model"],
    [{ type: "remove-custom-model", instanceId: "pi", slug: "lab/unknown" }, "invalid-model"],
  ] as const)("is answered with the reason: %j", async (command, code) => {
    const opened = await OpenedHost.open();
    expect(await opened.command(command)).toEqual({ ok: false, error: expect.objectContaining({ code, detail: expect.stringMatching(/\.$/) as string }) as unknown });
    expect(opened.defects).toEqual([]);
  });

  it.each([
    [{ type: "interrupt" }, "session-missing"],
    [{ type: "crash" }, "session-missing"],
    [{ type: "roll-back", turns: 1 }, "rollback-refused"],
    [{ type: "answer", requestId: "request", answers: {} }, "session-missing"],
    [{ type: "set-runtime-mode", runtimeMode: "whatever" as "full-access" }, "mode-unsupported"],
    [{ type: "send", text: "Hello", selection: { provider: "echo" } }, "selection-of-another"],
    [{ type: "send", text: "Hello", selection: { provider: "pi", model: "no-slash" } }, "invalid-model"],
  ] as const)("in a thread that has no process: %j", async (command, code) => {
    const opened = await OpenedHost.open();
    const threadId = await opened.newThread();
    expect(await opened.command({ ...command, threadId })).toMatchObject({ ok: false, error: { code } });
  });

  it("leaves its thread as it was, and the next message works", async () => {
    const agent = new ScriptedAgent({ scenario: { on: { prompt: { always: piTextTurn("Here I am.") } } } });
    const opened = await OpenedHost.open({ definitions: [fakePi({ agent }).definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    expect(await opened.command({ type: "send", threadId, text: "Hello", selection: { provider: "pi", model: "nobody/nothing" } })).toMatchObject({ ok: false, error: { code: "model-unavailable" } });
    await journal.until(() => journal.row(threadId)?.lastError ?? undefined);
    expect(journal.row(threadId)).toMatchObject({ session: "none", title: "New thread" });
    expect(journal.of("message")).toEqual([]);
    const turnId = await opened.send(threadId, "Hello again");
    await journal.turnEnd(turnId);
    expect(journal.row(threadId)).toMatchObject({ session: "live", title: "Hello again", lastError: null });
  });

  it("kills no process of the user's own", async () => {
    const opened = await OpenedHost.open({ definitions: [fakePi({ isPlaything: false }).definition] });
    const threadId = await opened.newThread();
    expect(await opened.command({ type: "crash", threadId })).toMatchObject({ ok: false, error: { code: "not-ours" } });
  });

  it("says so when there are as many threads as there may be", async () => {
    const opened = await OpenedHost.open();
    for (let index = 0; index < 50; index += 1) await opened.newThread();
    expect(await opened.command({ type: "new-thread", instanceId: "pi", runtimeMode: "full-access" })).toMatchObject({ ok: false, error: { code: "too-many-threads" } });
  });

  it("because of a defect tells the page no more than that", async () => {
    const { definition } = fakePi();
    const defective = { ...definition, get cwd(): string { throw new Error("a secret of the host"); } };
    const opened = await OpenedHost.open({ definitions: [defective] });
    expect(await opened.command({ type: "new-thread", instanceId: "pi", runtimeMode: "full-access" })).toEqual({ ok: false, error: { code: "host-defect", detail: expect.not.stringContaining("secret") as string } });
    expect(opened.defects).toEqual([new Error("a secret of the host")]);
  });
});
