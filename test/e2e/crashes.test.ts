import { describe, expect, it, vi } from "vitest";
import { theAgentPid } from "./agent-pids.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { runningPrograms, uniqueSleep } from "./running-programs.js";
import { spoken } from "./scripted-model.js";

describe.each(realPiVersions)("the death of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });

  it("in a turn fails the turn, and the conversation continues with the cursor", async () => {
    const fixture = shared();
    const { provider, model, log, endpoint } = fixture;
    const threadId = "killed while it wrote";
    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Remember the number 17." }, [{ text: "I will." }]);
    model.willAnswer([{ text: "It was" }, { waitFor: Promise.withResolvers().promise }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Which number was it?" });
    await log.first("content.delta", (event) => event.turnId === turnId);
    expect(fixture.view(threadId)).toMatchObject({ status: "running", activeTurnId: turnId, resumeCursor });
    process.kill(await theAgentPid(), "SIGKILL");
    const turn = await fixture.finished(turnId);

    expect(provider.hasSession(threadId)).toBe(false);
    expect(provider.listSessions()).toEqual([]);
    expect(turn.events.slice(-2)).toMatchObject([
      { type: "runtime.error", payload: { class: "transport_error", message: expect.stringContaining("SIGKILL") } },
      { type: "turn.completed", payload: { state: "failed", errorMessage: expect.stringContaining("SIGKILL") } },
    ]);
    expect(log.texts(turnId)).toEqual(["It was"]);
    expect(log.of("session.exited").filter((event) => event.threadId === threadId)).toEqual([]);
    await expect(provider.sendTurn({ threadId, input: "Hello?" })).rejects.toMatchObject({ kind: "session-not-found", code: "session-missing" });

    const before = log.events.length;
    await fixture.start({ threadId, resumeCursor });
    const next = await fixture.turn({ threadId, input: "Well?" }, [{ text: "17." }]);
    // T3 still holds the thread in an error: it has to hear that the old session is over before the new one starts.
    expect(log.types.slice(before, before + 4)).toEqual(["session.exited", "session.started", "session.configured", "thread.started"]);
    expect(log.texts(next.turnId)).toEqual(["17."]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Remember the number 17.", "Which number was it?", "Well?"]);
    expect(spoken(endpoint.requests.at(-1), "assistant")).toContain("I will.");
    await provider.stopSession(threadId);
  });

  it("in a command ends the command, and without a cursor the thread begins anew", async () => {
    const fixture = shared();
    const { provider, model, log, endpoint } = fixture;
    const threadId = "killed while it ran a command";
    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Remember the number 18." }, [{ text: "I will." }]);
    const sleep = uniqueSleep();
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: sleep.command } } }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Sleep." });
    await sleep.begun();
    process.kill(await theAgentPid(), "SIGKILL");
    const turn = await fixture.finished(turnId);

    expect(provider.hasSession(threadId)).toBe(false);
    expect(turn.events.slice(-3)).toMatchObject([
      { type: "item.completed", payload: { itemType: "command_execution", status: "failed" } },
      { type: "runtime.error" },
      { type: "turn.completed", payload: { state: "failed" } },
    ]);
    await vi.waitFor(() => expect(runningPrograms(sleep.argument)).toEqual([]), { timeout: 10_000 });

    const before = log.events.length;
    await fixture.start({ threadId });
    const next = await fixture.turn({ threadId, input: "Which number was it?" }, [{ text: "Which one?" }]);
    expect(log.types.slice(before, before + 2)).toEqual(["session.exited", "session.started"]);
    expect(log.texts(next.turnId)).toEqual(["Which one?"]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Which number was it?"]);
    await provider.stopSession(threadId);
  });

  it("between two turns is told, and nothing else is", async () => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "killed while it was idle";
    await fixture.start({ threadId });
    const before = log.events.length;
    const resumeCursor = fixture.view(threadId)?.resumeCursor;
    process.kill(await theAgentPid(), "SIGKILL");
    await log.first("runtime.warning", (event) => event.threadId === threadId && event.payload.message.includes("SIGKILL"));

    expect(provider.hasSession(threadId)).toBe(false);
    expect(log.types.slice(before)).toEqual(["runtime.warning"]);
    await expect(provider.sendTurn({ threadId, input: "Hello?" })).rejects.toMatchObject({ code: "session-missing" });

    // No message was sent: there is no conversation yet, and nothing is lost without it.
    await fixture.start({ threadId, resumeCursor });
    const turn = await fixture.turn({ threadId, input: "Hello?" }, [{ text: "Hello." }]);
    expect(log.texts(turn.turnId)).toEqual(["Hello."]);
    await provider.stopSession(threadId);
  });
});
