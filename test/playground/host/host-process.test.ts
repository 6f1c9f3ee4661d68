import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expectNoLeftoverProcesses } from "../../process-census.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { PlaygroundProgram } from "./host-program.js";

afterAll(() => expectNoLeftoverProcesses());

describe("the playground's host as a process", () => {
  it("holds a conversation with the real Pi over two lives, and leaves nothing behind", async () => {
    const state = await temporaryFolder();
    const options = ["--port", "0", "--state", state, "--pace", "0"];
    await using first = new PlaygroundProgram(options);
    const { hostname, hash } = await first.address();
    expect([hostname, hash]).toEqual(["127.0.0.1", expect.stringMatching(/^#key=[\w-]{43}$/) as string]);
    const journal = await first.look();
    const started = await first.command({ type: "new-thread", instanceId: "pi", runtimeMode: "full-access" });
    const threadId = started.ok ? (started.threadId ?? "") : "";
    await first.command({ type: "scenario", scenario: "tools" });
    const sent = await first.command({ type: "send", threadId, text: "Make the greeting another one.", selection: { provider: "pi" } });
    expect(sent).toMatchObject({ ok: true });
    const end = await journal.turnEnd(sent.ok ? (sent.turnId ?? "") : "");
    expect(end.payload.state).toBe("completed");
    const tools = journal.events.flatMap((event) => (event.type === "item.completed" && event.payload.status !== undefined && !["assistant_message", "reasoning"].includes(event.payload.itemType) ? [`${event.payload.itemType} ${event.payload.status}`] : []));
    expect(tools).toEqual(["command_execution completed", "dynamic_tool_call completed", "file_change completed", "command_execution completed"]);
    expect(journal.of("violation")).toEqual([]);
    expect(first.agents().length).toBeGreaterThan(0);
    first.end("SIGTERM");
    expect(await first.ended).toEqual({ code: 0, signal: null });
    expect(first.agents()).toEqual([]);
    expect(first.errors).toEqual([]);
    await journal.ended;
    expect(existsSync(join(state, "host.pid"))).toBe(false);

    await using second = new PlaygroundProgram(options);
    const again = await second.look();
    await again.until(() => again.entries[0]);
    expect(again.state.threads).toMatchObject([{ threadId, title: "Make the greeting another one.", session: "resumable" }]);
    await second.command({ type: "scenario", scenario: "slow" });
    const resumed = await second.command({ type: "send", threadId, text: "And now count.", selection: { provider: "pi" } });
    await again.event("content.delta");
    expect(resumed).toMatchObject({ ok: true });
    // The conversation of the first life has two turns to go back to only if it was resumed.
    await second.command({ type: "interrupt", threadId });
    await again.turnEnd(resumed.ok ? (resumed.turnId ?? "") : "");
    expect(await second.command({ type: "roll-back", threadId, turns: 2 })).toEqual({ ok: true });

    // Its terminal goes in the middle of a turn.
    const other = await second.command({ type: "new-thread", instanceId: "echo", runtimeMode: "full-access" });
    const echoing = other.ok ? (other.threadId ?? "") : "";
    await second.command({ type: "send", threadId: echoing, text: "wait", selection: { provider: "echo" } });
    await again.event("content.delta", (event) => event.threadId === echoing);
    second.end("SIGHUP");
    expect(await second.ended).toEqual({ code: 0, signal: null });
    expect([second.agents(), second.errors]).toEqual([[], []]);
    await again.ended;
  });

  it("says in one line that its port is taken, and starts nothing", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const state = await temporaryFolder();
    await using host = new PlaygroundProgram(["--port", String(port), "--state", state]);
    expect(await host.ended).toEqual({ code: 1, signal: null });
    expect([host.lines, host.errors]).toEqual([[], [`Port ${port} of 127.0.0.1 is used by another program. Choose another one with --port.`]]);
    expect(existsSync(join(state, "sandbox"))).toBe(false);
    taken.close();
  });
});
