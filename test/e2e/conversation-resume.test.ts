import { copyFile, readFile, rename, rm, symlink, truncate } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProviderSession } from "../../src/ports/provider.js";
import { markedProcesses } from "../process-census.js";
import { theAgentPid } from "./agent-pids.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { uniqueSleep } from "./running-programs.js";
import { spoken } from "./scripted-model.js";

/** What a host stores is JSON. */
interface StoredCursor {
  readonly sessionId: string;
  readonly sessionFile?: string;
  readonly [field: string]: unknown;
}

function stored(session: ProviderSession | undefined): StoredCursor {
  return JSON.parse(JSON.stringify(session?.resumeCursor)) as StoredCursor;
}

/** A conversation of one turn whose session has ended. */
async function endedConversation(fixture: ProviderFixture, threadId: string): Promise<StoredCursor & { readonly sessionFile: string }> {
  await fixture.start({ threadId });
  await fixture.turn({ threadId, input: `I am in ${threadId}.` }, [{ text: "So you are." }]);
  const { sessionFile, ...cursor } = stored(fixture.view(threadId));
  await fixture.provider.stopSession(threadId);
  if (sessionFile === undefined) throw new Error("The cursor names no session file.");
  return { ...cursor, sessionId: cursor.sessionId, sessionFile };
}

describe.each(realPiVersions)("resuming a conversation of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });

  it("continues it with the model and level it had, and says that the earlier session is over", async () => {
    const fixture = shared();
    const { provider, endpoint, log } = fixture;
    const threadId = "resumed";
    await fixture.start({ threadId, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
    await fixture.turn({ threadId, input: "My name is Ada." }, [{ text: "Hello, Ada." }]);
    const cursor = stored(fixture.view(threadId));
    await provider.stopSession(threadId);
    const before = log.events.length;
    const session = await fixture.start({ threadId, resumeCursor: cursor });
    await fixture.delivered();

    expect(session).toMatchObject({ model: "demo/thinker", status: "ready", resumeCursor: cursor });
    expect(log.events.slice(before)).toMatchObject([
      { type: "session.exited", payload: { exitKind: "graceful" } },
      { type: "session.started", payload: { resume: cursor } },
      { type: "session.configured", payload: { config: { model: "demo/thinker", thinkingLevel: "low" } } },
      { type: "thread.started", payload: { providerThreadId: cursor.sessionId } },
    ]);
    const turn = await fixture.turn({ threadId, input: "What is my name?" }, [{ text: "Ada." }]);
    expect(turn.events[0]?.payload).toEqual({ model: "demo/thinker", effort: "low" });
    expect(endpoint.requests.at(-1)).toMatchObject({ model: "thinker", reasoningEffort: "low" });
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["My name is Ada.", "What is my name?"]);
    expect(spoken(endpoint.requests.at(-1), "assistant")).toEqual(["Hello, Ada."]);
    await provider.stopSession(threadId);
  });

  it("continues it with another model when the host chooses one", async () => {
    const fixture = shared();
    const threadId = "resumed with another model";
    const cursor = await endedConversation(fixture, threadId);
    const session = await fixture.start({ threadId, resumeCursor: cursor, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });

    expect(session).toMatchObject({ model: "demo/thinker", resumeCursor: { sessionId: cursor.sessionId, model: "demo/thinker", thinkingLevel: "high" } });
    await fixture.turn({ threadId, input: "Where am I?" }, [{ text: "There." }]);
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ model: "thinker", reasoningEffort: "high" });
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toEqual([`I am in ${threadId}.`, "Where am I?"]);
    await fixture.provider.stopSession(threadId);
  });

  it("works after Pi was killed in the middle of a tool", async () => {
    const fixture = shared();
    const { provider, model, endpoint } = fixture;
    const threadId = "killed in a tool";
    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Remember the number 17." }, [{ text: "I will." }]);
    const sleep = uniqueSleep();
    model.willAnswer([{ toolCall: { name: "bash", arguments: { command: sleep.command } } }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Sleep." });
    await sleep.begun();
    process.kill(await theAgentPid(), "SIGKILL");
    await fixture.finished(turnId);
    await fixture.start({ threadId, resumeCursor });
    const turn = await fixture.turn({ threadId, input: "Which number was it?" }, [{ text: "17." }]);

    expect(turn.end.state).toBe("completed");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Remember the number 17.", "Sleep.", "Which number was it?"]);
    await provider.stopSession(threadId);
  });

  it("loses only the line that a kill has torn", async () => {
    const fixture = shared();
    const { provider, endpoint } = fixture;
    const threadId = "torn";
    const cursor = await endedConversation(fixture, threadId);
    const whole = await readFile(cursor.sessionFile);
    const lastLine = whole.lastIndexOf("\n", whole.length - 2) + 1;
    await truncate(cursor.sessionFile, lastLine + Math.floor((whole.length - lastLine) / 2));
    await fixture.start({ threadId, resumeCursor: cursor });
    await fixture.turn({ threadId, input: "Are you there?" }, [{ text: "I am." }]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual([`I am in ${threadId}.`, "Are you there?"]);
    await provider.stopSession(threadId);

    // What was appended after the torn line must be there at the next time, too.
    await fixture.start({ threadId, resumeCursor: cursor });
    await fixture.turn({ threadId, input: "Still?" }, [{ text: "Still." }]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual([`I am in ${threadId}.`, "Are you there?", "Still?"]);
    expect(spoken(endpoint.requests.at(-1), "assistant").at(-1)).toBe("I am.");
    await provider.stopSession(threadId);
  });

  it("works after Pi was killed in the first turn, before the model said anything", async () => {
    const fixture = shared();
    const { provider, model, endpoint } = fixture;
    const threadId = "killed at once";
    await fixture.start({ threadId });
    model.willIgnore("Remember the number 18.");
    const asked = model.nextRequest();
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Remember the number 18." });
    await asked;
    process.kill(await theAgentPid(), "SIGKILL");
    await fixture.finished(turnId);
    await fixture.start({ threadId, resumeCursor });
    await fixture.turn({ threadId, input: "Which number was it?" }, [{ text: "Which one?" }]);
    expect(spoken(endpoint.requests.at(-1), "user").at(-1)).toBe("Which number was it?");
    expect(fixture.view(threadId)?.status).toBe("ready");
    await provider.stopSession(threadId);
  });

  it("is offered by a cursor that is always the present one", async () => {
    const fixture = shared();
    const { provider, model, log } = fixture;
    const threadId = "current";
    const cursor = () => stored(fixture.view(threadId));
    const session = await fixture.start({ threadId, model: "demo/plain" });
    expect(session.resumeCursor).toEqual(cursor());
    expect(cursor()).toMatchObject({ model: "demo/plain", cwd: fixture.sandbox.projectDir });
    expect(cursor()).not.toHaveProperty("sessionFile");

    model.willAnswer([{ text: "Let me think." }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Think.", model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
    expect(resumeCursor).toMatchObject({ sessionFile: expect.any(String), model: "demo/thinker", thinkingLevel: "low" });
    await log.turn(turnId);
    // Until the agent has answered once, it may have saved nothing.
    const { provisional, ...saved } = resumeCursor as StoredCursor;
    expect(provisional).toBe(true);
    expect(cursor()).toEqual({ ...saved, turnMessages: [1] });
    await fixture.turn({ threadId, input: "Think again." }, [{ text: "Again." }]);
    expect(cursor()).toEqual({ ...saved, turnMessages: [1, 1] });
    await provider.stopSession(threadId);
    expect(fixture.view(threadId)).toBeUndefined();
  });

  it("begins a conversation in which nothing was said anew, with its model and level", async () => {
    const fixture = shared();
    const threadId = "unsaid";
    const session = await fixture.start({ threadId, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });
    const cursor = stored(session);
    await fixture.provider.stopSession(threadId);
    expect(cursor).not.toHaveProperty("sessionFile");
    const resumed = await fixture.start({ threadId, resumeCursor: cursor });
    await fixture.turn({ threadId, input: "Hello?" }, [{ text: "Hello." }]);

    expect(resumed.model).toBe("demo/thinker");
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ model: "thinker", reasoningEffort: "high" });
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toEqual(["Hello?"]);
    await fixture.provider.stopSession(threadId);
  });
});

describe.each(realPiVersions)("a conversation that Pi $version cannot continue", (pi) => {
  const shared = sharedProvider({ pi });

  it("is refused, never silently begun anew", async () => {
    const fixture = shared();
    const { provider, log, sandbox, spareFolder } = fixture;
    const cursor = await endedConversation(fixture, "here");
    const [elsewhere, away] = [join(spareFolder, "copy.jsonl"), `${cursor.sessionFile}.away`];
    await copyFile(cursor.sessionFile, elsewhere);
    const wrong = [
      { threadId: "outside", resumeCursor: { ...cursor, sessionFile: elsewhere } },
      { threadId: "another session", resumeCursor: { ...cursor, sessionId: "01999999-0000-7000-8000-000000000000" } },
      { threadId: "another folder", resumeCursor: cursor, cwd: join(sandbox.projectDir, "src") },
      { threadId: "no session", resumeCursor: { ...cursor, sessionFile: join(sandbox.agentDir, "sessions", "none.jsonl") } },
      { threadId: "links outside", resumeCursor: cursor, providerOptions: { pi: { agentDir: spareFolder } } },
    ];
    for (const input of wrong) {
      const before = log.events.length;
      await expect(fixture.start(input)).rejects.toMatchObject({ kind: "process", code: "resume-refused", threadId: input.threadId });
      await fixture.delivered();
      // The host gives the cursor up only when it hears of an exit.
      expect(log.events.slice(before)).toMatchObject([
        { type: "runtime.error", threadId: input.threadId, payload: { message: expect.stringContaining("cannot be continued") } },
        { type: "session.exited", threadId: input.threadId, payload: { recoverable: false, exitKind: "error" } },
      ]);
      expect(markedProcesses()).toEqual([]);
      expect(provider.hasSession(input.threadId)).toBe(false);
    }
    const threadId = "gone";
    await rename(cursor.sessionFile, away);
    await expect(fixture.start({ threadId, resumeCursor: cursor })).rejects.toMatchObject({ code: "resume-refused" });
    await rename(away, cursor.sessionFile);
    await fixture.start({ threadId, resumeCursor: cursor });
    await fixture.turn({ threadId, input: "Back again?" }, [{ text: "Back." }]);
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toEqual(["I am in here.", "Back again?"]);
    await provider.stopSession(threadId);
    await rm(elsewhere);
  });
});

describe.each(realPiVersions)("a conversation that Pi $version keeps", (pi) => {
  it.each([
    { where: "in the project", sessionDir: ".conversations" },
    { where: "in the user's home", sessionDir: "~/conversations" },
  ])("$where, as the user's settings say, is continued from there, also by a host that comes by a link", async ({ sessionDir }) => {
    await withProvider({ pi, sandbox: { settings: { sessionDir } } }, async (fixture) => {
      const { provider, endpoint, sandbox, spareFolder } = fixture;
      const threadId = "kept elsewhere";
      const cursor = await endedConversation(fixture, threadId);
      expect(cursor.sessionFile).toContain("conversations");
      expect(cursor.sessionFile).not.toContain(sandbox.agentDir);
      const cwd = join(spareFolder, "link-to-project");
      await symlink(sandbox.projectDir, cwd);
      await fixture.start({ threadId, resumeCursor: cursor, cwd });
      await fixture.turn({ threadId, input: "Where am I?" }, [{ text: "There." }]);

      expect(spoken(endpoint.requests.at(-1), "user")).toEqual([`I am in ${threadId}.`, "Where am I?"]);
      await provider.stopSession(threadId);
      // What is not in that folder is no conversation of this user's.
      const stray = join(spareFolder, "stray.jsonl");
      await copyFile(resolve(sandbox.projectDir, cursor.sessionFile), stray);
      await expect(fixture.start({ threadId, resumeCursor: { ...cursor, sessionFile: stray } })).rejects.toMatchObject({ code: "resume-refused" });
    });
  });
});
