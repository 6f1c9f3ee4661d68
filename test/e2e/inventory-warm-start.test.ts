import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { markedProcesses } from "../process-census.js";
import { agentPids, theAgentPid } from "./agent-pids.js";
import { type ProviderFixture, realPiVersions, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

/** Everything of the user's that a Pi without a conversation must leave as it is. */
async function belongings({ sandbox, spareFolder }: ProviderFixture): Promise<unknown> {
  const files = await readdir(sandbox.agentDir, { recursive: true });
  return {
    settings: await readFile(join(sandbox.agentDir, "settings.json"), "utf8"),
    conversations: files.filter((file) => file.endsWith(".jsonl")),
    project: await readdir(sandbox.projectDir, { recursive: true }),
    homeIsTouched: existsSync(join(spareFolder, "home", ".pi")),
  };
}

describe.each(realPiVersions)("the Pi $version that has told its models for a project", (pi) => {
  it("is the one that serves the next session there, which nobody can tell from an ordinary one", async () => {
    await withProvider({ pi }, async (fixture) => {
      const { provider, sandbox, log, endpoint } = fixture;
      const threadId = "warm";
      const before = await belongings(fixture);
      await provider.listModels({ cwd: sandbox.projectDir });
      const pid = await theAgentPid();
      const session = await fixture.start({ threadId, cwd: sandbox.projectDir });

      expect(await theAgentPid()).toBe(pid);
      expect(await belongings(fixture)).toEqual(before);
      expect(session).toMatchObject({ status: "ready", model: "demo/plain", cwd: sandbox.projectDir });
      await fixture.delivered();
      expect(log.types).toEqual(["session.started", "session.configured", "thread.started"]);
      expect(log.of("session.configured")[0]?.payload.config).toEqual({ model: "demo/plain", thinkingLevel: "off", cwd: sandbox.projectDir, runtimeMode: "full-access", agentVersion: pi.version });

      const turn = await fixture.turn({ threadId, input: "Read the notes." }, [{ toolCall: { name: "read", arguments: { path: "notes.txt" } } }], [{ text: "Three lines." }]);
      expect(turn.end).toMatchObject({ state: "completed" });
      expect(log.texts(turn.turnId)).toEqual(["Three lines."]);
      expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Read the notes."]);
      expect(fixture.view(threadId)?.resumeCursor).toMatchObject({ cwd: sandbox.projectDir, sessionFile: expect.stringContaining(sandbox.agentDir) });
      await provider.stopSession(threadId);
      expect(markedProcesses()).toEqual([]);
    });
  });
});

describe.each(realPiVersions.slice(0, 1))("a process of Pi $version for a session that may come", (pi) => {
  it("leaves nothing behind when its time is over and none came", async () => {
    await withProvider({ pi, provider: { inventory: { warmStartMs: 1 } } }, async (fixture) => {
      const before = await belongings(fixture);
      await fixture.provider.listModels({ cwd: fixture.sandbox.projectDir });
      await vi.waitFor(() => expect(markedProcesses()).toEqual([]), { timeout: 20_000 });
      expect(await belongings(fixture)).toEqual(before);
    });
  });

  it("leaves nothing behind either when the provider goes first", async () => {
    await withProvider({ pi }, async (fixture) => {
      const before = await belongings(fixture);
      await fixture.provider.listModels({ cwd: fixture.sandbox.projectDir });
      expect(await agentPids()).toHaveLength(1);
      await fixture.provider[Symbol.asyncDispose]();
      expect(markedProcesses()).toEqual([]);
      expect(await belongings(fixture)).toEqual(before);
    });
  });

  it("is not kept for a host that does not want it", async () => {
    await withProvider({ pi, provider: { inventory: { warmStartMs: 0 } } }, async ({ provider, sandbox }) => {
      await provider.listModels({ cwd: sandbox.projectDir });
      expect(markedProcesses()).toEqual([]);
    });
  });
});
