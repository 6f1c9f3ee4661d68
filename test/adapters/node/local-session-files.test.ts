import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LocalSessionFiles } from "../../../src/adapters/node/local-session-files.js";
import type { SessionFileRequest, SessionFileVerdict } from "../../../src/ports/session-files.js";
import { temporaryFolder } from "../../temporary-folder.js";

/** A folder with a session file of this project, whose header is `<session id> <working directory>`. */
async function machine(): Promise<{ readonly project: string; readonly folder: string; readonly file: string; readonly prepare: (change?: Partial<SessionFileRequest>) => Promise<SessionFileVerdict>; readonly discard: (change: Partial<SessionFileRequest & { readonly sessionId: string }>) => Promise<void> }> {
  const root = await temporaryFolder();
  const [project, folder] = [join(root, "project"), join(root, "sessions")];
  const file = join(folder, "one.jsonl");
  await mkdir(project);
  await mkdir(folder);
  await writeFile(file, `session-1 ${project}\nsomething\n`);
  const request = {
    file,
    folder,
    sessionId: "session-1",
    cwd: project,
    readHeader: (line: string) => {
      const [sessionId = "", cwd] = line.split(" ");
      return cwd === undefined ? undefined : { sessionId, cwd };
    },
  };
  const files = new LocalSessionFiles();
  return { project, folder, file, prepare: (change) => files.prepare({ ...request, ...change }), discard: (change) => files.discard({ ...request, ...change }) };
}

/** Settings whose whole text is the name of the folder. */
async function setting(project: string, text: string): Promise<NonNullable<SessionFileRequest["setting"]>> {
  const file = join(project, "settings");
  await writeFile(file, text);
  return { file, folderIn: (read) => (read === "" ? undefined : read) };
}

describe("a session file", () => {
  it("may be resumed where everything about it is right", async () => {
    const { prepare } = await machine();
    expect(await prepare()).toEqual({ type: "ready" });
  });

  it.each([
    { reason: "missing", change: (folder: string) => ({ file: join(folder, "none.jsonl") }) },
    { reason: "outside", change: (folder: string) => ({ folder: join(folder, "..", "project") }) },
    { reason: "another-session", change: () => ({ sessionId: "session-2" }) },
    { reason: "another-folder", change: (folder: string) => ({ cwd: folder }) },
    { reason: "not-a-session", change: () => ({ readHeader: () => undefined }) },
  ])("is refused: $reason", async ({ reason, change }) => {
    const { folder, prepare } = await machine();
    expect(await prepare(change(folder))).toEqual({ type: "refused", reason });
  });

  it("may hold any session where whoever asks knows only the file, and has to be one all the same", async () => {
    const { prepare } = await machine();
    expect(await prepare({ sessionId: undefined })).toEqual({ type: "ready" });
    expect(await prepare({ sessionId: undefined, readHeader: () => undefined })).toEqual({ type: "refused", reason: "not-a-session" });
  });

  it("is removed only where it could be resumed, as the session that it is", async () => {
    const { file, discard } = await machine();
    await discard({ sessionId: "session-2" });
    await discard({ folder: join(file, "..", "..", "project") });
    expect(existsSync(file)).toBe(true);
    await discard({});
    expect(existsSync(file)).toBe(false);
    await discard({});
  });

  it("is found from the working directory when it is told relative to that, as settings with a relative folder make the agent tell it", async () => {
    const { project, prepare } = await machine();
    await mkdir(join(project, ".sessions"));
    await writeFile(join(project, ".sessions", "two.jsonl"), `session-1 ${project}\n`);
    const relative = { file: join(".sessions", "two.jsonl"), setting: await setting(project, ".sessions") };
    expect(await prepare(relative)).toEqual({ type: "ready" });
    expect(await prepare({ ...relative, file: join("..", "sessions", "one.jsonl") })).toEqual({ type: "refused", reason: "outside" });
  });

  it("may be meant with a working directory that is a link to where it was made", async () => {
    const { project, folder, prepare } = await machine();
    const link = join(folder, "link");
    await symlink(project, link);
    expect(await prepare({ cwd: link })).toEqual({ type: "ready" });
  });

  it.each([
    { text: "session-1 PROJECT\nhalf a li", completed: "session-1 PROJECT\nhalf a li\n" },
    { text: "session-1 PROJECT\nwhole\n", completed: "session-1 PROJECT\nwhole\n" },
    { text: "session-1 PROJECT", completed: "session-1 PROJECT\n" },
  ])("gets the line feed that its last line lacks, and no other: $text", async ({ text, completed }) => {
    const { project, file, prepare } = await machine();
    await writeFile(file, text.replace("PROJECT", project));
    expect(await prepare()).toEqual({ type: "ready" });
    expect(await readFile(file, "utf8")).toBe(completed.replace("PROJECT", project));
  });

  it("is left as it is where it is refused", async () => {
    const { project, file, prepare } = await machine();
    const torn = `session-1 ${project}\nhalf a li`;
    await writeFile(file, torn);
    await prepare({ sessionId: "session-2" });
    expect(await readFile(file, "utf8")).toBe(torn);
  });
});
