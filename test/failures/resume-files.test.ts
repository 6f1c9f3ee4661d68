import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markedProcesses } from "../process-census.js";
import { InstalledProvider } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const sessionId = "0198d5c4-0000-7000-8000-000000000000";

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A Pi whose session is the one on its file, as a real one's is. */
function openPi(): Promise<InstalledProvider> {
  return InstalledProvider.open({ agent: { startup: [{ pretend: { sessionId } }] } });
}

function headerOf({ id = sessionId, cwd }: { readonly id?: string; readonly cwd: string }): string {
  return `${JSON.stringify({ type: "session", version: 3, id, timestamp: "2026-01-01T00:00:00.000Z", cwd })}\n`;
}

/** The folder in which Pi keeps the sessions of this project. */
async function sessionFolder({ agentDir }: InstalledProvider): Promise<string> {
  const folder = join(agentDir, "sessions", "--project--");
  await mkdir(folder, { recursive: true });
  return folder;
}

async function written(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}

interface BadFile {
  readonly what: string;
  readonly reason: RegExp;
  /** Makes it and tells the path that stands in the cursor. */
  readonly make: (host: InstalledProvider, folder: string) => Promise<string>;
}

const badFiles: readonly BadFile[] = [
  { what: "a file outside the session folder", reason: /does not lie in/, make: (host) => written(join(host.folder, "outside.jsonl"), headerOf({ cwd: host.projectDir })) },
  {
    what: "a way out of the folder",
    reason: /does not lie in/,
    make: async (host, folder) => {
      await written(join(host.folder, "outside.jsonl"), headerOf({ cwd: host.projectDir }));
      return `${folder}/../../../outside.jsonl`;
    },
  },
  {
    what: "a link out of the folder",
    reason: /does not lie in/,
    make: async (host, folder) => {
      await symlink(await written(join(host.folder, "outside.jsonl"), headerOf({ cwd: host.projectDir })), join(folder, "link.jsonl"));
      return join(folder, "link.jsonl");
    },
  },
  {
    what: "a folder that is a link",
    reason: /does not lie in/,
    make: async (host) => {
      await mkdir(join(host.folder, "elsewhere"));
      await written(join(host.folder, "elsewhere", "session.jsonl"), headerOf({ cwd: host.projectDir }));
      await symlink(join(host.folder, "elsewhere"), join(host.agentDir, "sessions", "link"));
      return join(host.agentDir, "sessions", "link", "session.jsonl");
    },
  },
  { what: "the folder itself", reason: /does not lie in|cannot be read|is not a session/, make: (_host, folder) => Promise.resolve(folder) },
  { what: "a file that is gone", reason: /is gone/, make: (_host, folder) => Promise.resolve(join(folder, "gone.jsonl")) },
  { what: "an empty file", reason: /is not a session/, make: (_host, folder) => written(join(folder, "empty.jsonl"), "") },
  { what: "a file that begins with something else", reason: /is not a session/, make: (_host, folder) => written(join(folder, "other.jsonl"), `{"type":"message"}\n`) },
  { what: "a file without an end to its first line", reason: /is not a session/, make: (_host, folder) => written(join(folder, "endless.jsonl"), "x".repeat(1_000_000)) },
  { what: "another thread's session", reason: /holds another session/, make: (host, folder) => written(join(folder, "another.jsonl"), headerOf({ id: "0198d5c4-ffff-7000-8000-000000000000", cwd: host.projectDir })) },
  { what: "a session of another project", reason: /another working directory/, make: (host, folder) => written(join(folder, "project.jsonl"), headerOf({ cwd: host.agentDir })) },
  {
    what: "a pipe",
    reason: /cannot be read|is not a session/,
    make: (_host, folder) => {
      execFileSync("mkfifo", [join(folder, "pipe.jsonl")]);
      return Promise.resolve(join(folder, "pipe.jsonl"));
    },
  },
];

describe.skipIf(process.platform === "win32")("a conversation's file", () => {
  it.each(badFiles)("F52: is not opened by anybody when the cursor names $what", async ({ reason, make }) => {
    await using host = await openPi();
    const folder = await sessionFolder(host);
    const sessionFile = await make(host, folder);
    const error = await failureOf(host.start({ resumeCursor: { version: 1, provider: "pi", sessionId, sessionFile } }));

    expect(error).toMatchObject({ kind: "process", code: "resume-refused", message: expect.stringMatching(reason) });
    expect(markedProcesses()).toEqual([]);
    expect(host.telemetry.nativeRecords).toEqual([]);
  });

  it("F52: is not touched where it is refused", async () => {
    await using host = await openPi();
    const torn = headerOf({ cwd: host.agentDir }) + '{"type":"mess';
    const sessionFile = await written(join(await sessionFolder(host), "project.jsonl"), torn);
    await failureOf(host.start({ resumeCursor: { version: 1, provider: "pi", sessionId, sessionFile } }));

    expect(await readFile(sessionFile, "utf8")).toBe(torn);
  });

  it.each([
    { what: "a bare id", sessionFile: sessionId },
    { what: "an id that is a prefix", sessionFile: sessionId.slice(0, 8) },
    { what: "a relative path", sessionFile: "sessions/session.jsonl" },
    { what: "a flag", sessionFile: "--continue" },
  ])("F51: is given to the agent as a path that was checked, or not at all: $what", async ({ sessionFile }) => {
    await using host = await openPi();
    await sessionFolder(host);
    const error = await failureOf(host.start({ resumeCursor: { version: 1, provider: "pi", sessionId, sessionFile } }));

    expect(error).toMatchObject({ code: "resume-refused" });
    expect(markedProcesses()).toEqual([]);
  });

  it("F52: is continued where it is what the cursor says, its torn last line completed, so that nothing vanishes in it", async () => {
    await using host = await openPi();
    const sessionFile = await written(join(await sessionFolder(host), "session.jsonl"), `${headerOf({ cwd: host.projectDir })}{"type":"mess`);
    const session = await host.start({ resumeCursor: { version: 1, provider: "pi", sessionId, sessionFile, turnMessages: [1] } });

    expect(session.resumeCursor).toMatchObject({ sessionId, sessionFile });
    expect(await readFile(sessionFile, "utf8")).toMatch(/\{"type":"mess\n$/);
    expect(markedProcesses()[0]?.commandLine).toContain(`--session ${sessionFile}`);
  });

  it("F52: may lie where the user's own settings put it, however that folder is linked", async () => {
    await using host = await openPi();
    await mkdir(join(host.folder, "my-sessions"));
    await symlink(join(host.folder, "my-sessions"), join(host.folder, "linked-sessions"));
    await writeFile(join(host.agentDir, "settings.json"), JSON.stringify({ sessionDir: join(host.folder, "linked-sessions") }));
    await written(join(host.folder, "my-sessions", "session.jsonl"), headerOf({ cwd: host.projectDir }));
    await host.start({ resumeCursor: { version: 1, provider: "pi", sessionId, sessionFile: join(host.folder, "linked-sessions", "session.jsonl"), turnMessages: [1] } });

    expect(host.provider.hasSession(host.threadId)).toBe(true);
  });
});
