import { describe, expect, it } from "vitest";
import type { InstanceState } from "../../../playground/shared/protocol.js";
import { ScriptedAgent, piTextTurn } from "../../../src/app/testing.js";
import type { JournalReader } from "./journal-reader.js";
import { fakePi, goodPath, MemoryFolder, OpenedHost } from "./opened-host.js";

function talkative(): ScriptedAgent {
  return new ScriptedAgent({ scenario: { on: { prompt: { always: piTextTurn("Yes.") } } } });
}

const wrong = { binaryPath: "/nowhere/pi", launchArguments: "" };
const right = { binaryPath: goodPath, launchArguments: "" };

/** The newest of an instance that is not being asked any more. */
async function settled(journal: JournalReader, instanceId: string, after = 0): Promise<InstanceState> {
  return await journal.until(() => journal.of("instance").findLast(({ seq, instance }) => seq > after && instance.server.instanceId === instanceId && !instance.checking)?.instance);
}

describe("instances", () => {
  it("are asked when the first page looks, and only then", async () => {
    const { definition, agent } = fakePi();
    const opened = await OpenedHost.open({ definitions: [definition] });
    await opened.command({ type: "inspect", on: false });
    expect(agent.received).toEqual([]);
    const journal = await opened.look();
    expect(await settled(journal, "pi")).toMatchObject({ server: { status: "ready", version: "0.87.1", models: expect.arrayContaining([]) as unknown } });
    expect(journal.of("instance").map(({ instance }) => instance.checking)).toContain(true);
    const asked = agent.received.length;
    expect(asked).toBeGreaterThan(0);
    const second = await opened.look();
    await second.until(() => second.entries[0]);
    expect(second.state.instances).toMatchObject([{ checking: false, server: { status: "ready" } }]);
    expect(agent.received).toHaveLength(asked);
  });

  it("that cannot be used say why and what to do, and cost the others nothing", async () => {
    const opened = await OpenedHost.open({ definitions: [fakePi({ instanceId: "pi", agent: talkative() }).definition, fakePi({ instanceId: "missing", settings: wrong }).definition] });
    const journal = await opened.look();
    const missing = await settled(journal, "missing");
    expect(missing).toMatchObject({ settings: wrong, nextStep: expect.stringContaining("path") as string, server: { status: "error", installed: false, message: expect.stringContaining("/nowhere/pi") as string } });
    const threadId = await opened.newThread("missing");
    expect(await opened.command({ type: "send", threadId, text: "Hello?", selection: { provider: "pi" } })).toMatchObject({ ok: false, error: { nextStep: expect.any(String) as string } });
    await journal.turnEnd(await opened.send(await opened.newThread(), "Hello?"));
  });

  it("are made anew with other settings, without a restart and without touching another one", async () => {
    const [one, other] = [fakePi({ instanceId: "pi", agent: talkative() }), fakePi({ instanceId: "missing", settings: wrong, agent: talkative() })];
    const opened = await OpenedHost.open({ definitions: [one.definition, other.definition] });
    const journal = await opened.look();
    await settled(journal, "missing");
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, "Hello?"));
    const before = journal.entries.at(-1)?.seq ?? 0;

    expect(await opened.command({ type: "configure", instanceId: "missing", settings: right })).toEqual({ ok: true });
    expect(await settled(journal, "missing", before)).toMatchObject({ settings: right, server: { status: "ready" } });
    expect([one.made, other.made]).toEqual([[{ binaryPath: "", launchArguments: "" }], [wrong, right]]);
    expect(journal.row(threadId)?.session).toBe("live");
    expect(journal.entries.filter(({ seq, type }) => seq > before && type === "runtime-event")).toEqual([]);

    const mended = await opened.newThread("missing");
    await journal.turnEnd(await opened.send(mended, "And you?"));
  });

  it("take their own threads along: they go on with the new settings", async () => {
    const { definition, made } = fakePi({ agent: talkative() });
    const opened = await OpenedHost.open({ definitions: [definition] });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    await journal.turnEnd(await opened.send(threadId, "Hello?"));
    await opened.command({ type: "configure", instanceId: "pi", settings: wrong });
    await journal.until(() => (journal.row(threadId)?.session === "resumable" ? true : undefined));
    expect(await opened.command({ type: "send", threadId, text: "Still there?", selection: { provider: "pi" } })).toMatchObject({ ok: false });
    await opened.command({ type: "configure", instanceId: "pi", settings: right });
    await journal.turnEnd(await opened.send(threadId, "And now?"));
    expect(made.map(({ binaryPath }) => binaryPath)).toEqual(["", "/nowhere/pi", goodPath]);
    expect(journal.of("violation")).toEqual([]);
  });

  it("are configured one after the other, and the last word counts", async () => {
    const { definition, made } = fakePi();
    const opened = await OpenedHost.open({ definitions: [definition] });
    await Promise.all([wrong, right, wrong, right].map((settings) => opened.command({ type: "configure", instanceId: "pi", settings })));
    expect(made.map(({ binaryPath }) => binaryPath)).toEqual(["", "/nowhere/pi", goodPath, "/nowhere/pi", goodPath]);
    expect(opened.playground.state.instances).toMatchObject([{ settings: right, checking: false, server: { status: "ready" } }]);
  });

  it("refuse launch arguments that are not the user's to give, and say so", async () => {
    const opened = await OpenedHost.open();
    const journal = await opened.look();
    await opened.command({ type: "configure", instanceId: "pi", settings: { binaryPath: "", launchArguments: "--mode json" } });
    expect(await settled(journal, "pi")).toMatchObject({ server: { status: "error", message: expect.stringContaining("--mode") as string } });
  });

  it("keep their settings over a restart of the host", async () => {
    const folder = new MemoryFolder();
    const first = await OpenedHost.open({ folder });
    await first.command({ type: "configure", instanceId: "pi", settings: wrong });
    await first.playground[Symbol.asyncDispose]();
    const { definition, made } = fakePi();
    const second = await OpenedHost.open({ folder, definitions: [definition] });
    expect(made).toEqual([wrong]);
    expect(second.playground.state.instances).toMatchObject([{ settings: wrong }]);
  });

  it("take custom models, and tell what the agent said to them", async () => {
    const opened = await OpenedHost.open({ definitions: [fakePi({ settings: wrong }).definition] });
    const journal = await opened.look();
    await settled(journal, "pi");
    const refused = await opened.command({ type: "add-custom-model", instanceId: "pi", slug: "lab/new", allowUnverified: false });
    expect(refused).toMatchObject({ ok: false, error: { detail: expect.any(String) as string } });
    expect(await opened.command({ type: "add-custom-model", instanceId: "pi", slug: "lab/new", allowUnverified: true })).toEqual({ ok: true });
    expect(opened.playground.state.instances).toMatchObject([{ customModels: [{ slug: "lab/new", verdict: "unverified" }] }]);
    expect(await opened.command({ type: "refresh", instanceId: "pi" })).toEqual({ ok: true });
    expect(opened.playground.state.instances).toMatchObject([{ checking: false, customModels: [{ slug: "lab/new", verdict: "unverified" }] }]);
    expect(await opened.command({ type: "remove-custom-model", instanceId: "pi", slug: "lab/new" })).toEqual({ ok: true });
    expect(opened.playground.state.instances).toMatchObject([{ customModels: [] }]);
  });
});
