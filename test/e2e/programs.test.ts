import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markedProcesses } from "../process-census.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

interface WrongProgram {
  readonly what: string;
  /** Makes it in this folder and returns what the user configures. */
  readonly make: (folder: string) => Promise<string> | string;
  readonly verdict: string;
  readonly code: string;
  readonly says: RegExp;
}

const wrongPrograms: readonly WrongProgram[] = [
  { what: "a name that is not on the PATH", make: () => "no-such-pi", verdict: "not-installed", code: "binary-not-found", says: /was not found.*npm install -g @earendil-works\/pi-coding-agent/ },
  { what: "a path that leads nowhere", make: (folder) => join(folder, "nowhere"), verdict: "configured-path-wrong", code: "binary-not-found", says: /nowhere" does not exist\. Correct the path/ },
  {
    what: "a folder",
    make: async (folder) => {
      const path = join(folder, "a-folder");
      await mkdir(path, { recursive: true });
      return path;
    },
    verdict: "configured-path-wrong",
    code: "binary-path-invalid",
    says: /a-folder" is not a file\. Give the path of the program itself/,
  },
  { what: "a relative path", make: () => "./pi", verdict: "configured-path-wrong", code: "binary-path-invalid", says: /is a relative path/ },
  { what: "a file that may not be executed", make: (folder) => script(folder, { name: "no-program", text: "echo 0.87.1", mode: 0o644 }), verdict: "not-executable", code: "binary-not-executable", says: /no-program" may not be executed\. Make the file executable/ },
  { what: "a program that says something else", make: (folder) => script(folder, { name: "garbage", text: "echo 'no version at all'; exit 3" }), verdict: "not-the-agent", code: "agent-unrecognised", says: /garbage" does not look like Pi: .*exit code 3/ },
  { what: "a program that says nothing and waits", make: (folder) => script(folder, { name: "silent", text: "sleep 600" }), verdict: "timed-out", code: "start-timeout", says: /silent" did not tell its version within/ },
  { what: "a Pi that is too old", make: (folder) => script(folder, { name: "old-pi", text: "echo 0.74.2" }), verdict: "too-old", code: "agent-too-old", says: /Pi 0\.74\.2 at ".*old-pi" is too old; 0\.80\.6 or newer is needed\. On Node older than 22\.19, npm installs Pi 0\.74 or older/ },
];

describe("a configured program that is", () => {
  const shared = sharedProvider({ provider: { versionProbeMs: 300 } });

  it.each(wrongPrograms)("$what is refused, and the refusal says what to do", async ({ what, make, verdict, code, says }) => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = `fresh start: ${what}`;
    const binaryPath = await make(fixture.spareFolder);
    const providerOptions = { pi: { binaryPath } };
    const error: unknown = await fixture.start({ threadId, providerOptions }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ kind: "process", code, message: expect.stringMatching(says) });
    // What failed to start has to end as stopped, or T3 would never start the thread again.
    expect(log.events.filter((event) => event.threadId === threadId)).toMatchObject([
      { type: "runtime.error", payload: { message: expect.stringMatching(says), class: "provider_error" } },
      { type: "session.exited", payload: { exitKind: "error" } },
    ]);
    expect(provider.hasSession(threadId)).toBe(false);
    expect(markedProcesses()).toEqual([]);

    const report = await provider.inspect({ binaryPath });
    expect(report).toMatchObject({ verdict, minimumVersion: "0.80.6", nextStep: expect.any(String) });
    expect(report.status).toMatchObject({ status: "error", available: false, authStatus: "unknown", message: expect.stringMatching(says) });
    expect(markedProcesses()).toEqual([]);
  });

  it("Pi by its version only is refused when it does not start", async () => {
    const fixture = shared();
    const binaryPath = await script(fixture.spareFolder, { name: "impostor", text: 'if [ "$1" = --version ]; then echo 0.87.1; else exit 7; fi' });
    const error: unknown = await fixture.start({ threadId: "impostor", providerOptions: { pi: { binaryPath } } }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ kind: "process", code: "start-failed", message: expect.stringContaining("Pi ended with exit code 7 before it was ready") });
    expect(fixture.log.events.filter((event) => event.threadId === "impostor").map((event) => event.type)).toEqual(["runtime.error", "session.exited"]);
    expect(await fixture.provider.inspect({ binaryPath })).toMatchObject({ verdict: "cannot-start", version: "0.87.1" });
  });
});

describe.each(realPiVersions)("a start of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });

  it("in a folder that does not exist is refused", async () => {
    const fixture = shared();
    const threadId = "nowhere";
    const cwd = join(fixture.spareFolder, "no-project");
    const error: unknown = await fixture.start({ threadId, cwd }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ kind: "process", code: "working-directory-missing", message: expect.stringContaining(cwd) });
    expect(fixture.log.events.filter((event) => event.threadId === threadId)).toMatchObject([
      { type: "runtime.error", payload: { message: expect.stringContaining(cwd) } },
      { type: "session.exited", payload: { exitKind: "error" } },
    ]);
  });

  it("that fails keeps the cursor good: it is only told, and the next start continues", async () => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "cursor";
    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Remember the number 19." }, [{ text: "I will." }]);
    const resumeCursor = fixture.view(threadId)?.resumeCursor;
    await provider.stopSession(threadId);
    const before = log.events.length;
    await expect(fixture.start({ threadId, resumeCursor, providerOptions: { pi: { binaryPath: "/no/such/pi" } } })).rejects.toMatchObject({ code: "binary-not-found" });
    await fixture.delivered();

    expect(log.types.slice(before)).toEqual(["runtime.error"]);
    await fixture.start({ threadId, resumeCursor });
    const turn = await fixture.turn({ threadId, input: "Which number was it?" }, [{ text: "19." }]);
    expect(log.texts(turn.turnId)).toEqual(["19."]);
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toEqual(["Remember the number 19.", "Which number was it?"]);
    await provider.stopSession(threadId);
  });

  it("with a cursor whose conversation is lost is refused for good, and the thread can begin anew", async () => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "lost";
    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Remember the number 21." }, [{ text: "I will." }]);
    const resumeCursor = fixture.view(threadId)?.resumeCursor as { readonly sessionFile: string };
    await provider.stopSession(threadId);
    for (const spoil of [(file: string) => writeFile(file, "no session at all\n"), (file: string) => rm(file)]) {
      await spoil(resumeCursor.sessionFile);
      const before = log.events.length;
      await expect(fixture.start({ threadId, resumeCursor })).rejects.toMatchObject({ kind: "process", code: "resume-refused" });
      await fixture.delivered();
      // Without the exit T3 would try the same cursor for ever.
      expect(log.events.slice(before)).toMatchObject([
        { type: "runtime.error", payload: { message: expect.stringContaining("cannot be continued") } },
        { type: "session.exited", payload: { exitKind: "error" } },
      ]);
    }

    await fixture.start({ threadId });
    await fixture.turn({ threadId, input: "Which number was it?" }, [{ text: "I do not know." }]);
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toEqual(["Which number was it?"]);
    await provider.stopSession(threadId);
  });

  it("that Pi itself gives up says why", async () => {
    const fixture = shared();
    const threadId = "unusable agent folder";
    const file = join(fixture.spareFolder, "a-file");
    await writeFile(file, "");
    const error: unknown = await fixture.start({ threadId, providerOptions: { pi: { agentDir: join(file, "agent") } } }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ kind: "process", code: "start-failed", message: expect.stringContaining("Pi cannot create its own folders") });
    expect(fixture.log.events.filter((event) => event.threadId === threadId).map((event) => event.type)).toEqual(["runtime.error", "session.exited"]);
  });
});

async function script(folder: string, { name, text, mode = 0o755 }: { readonly name: string; readonly text: string; readonly mode?: number }): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, mode);
  return path;
}
