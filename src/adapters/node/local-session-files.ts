import { constants } from "node:fs";
import { open, readFile, realpath, rm, type FileHandle } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { SessionFileRequest, SessionFiles, SessionFileVerdict } from "../../ports/session-files.js";

/** A header is one short line; whatever is longer is none. */
const maxHeaderBytes = 64 * 1024;
const lineFeed = 0x0a;

/** Session files on this machine. */
export class LocalSessionFiles implements SessionFiles {
  async discard(request: SessionFileRequest & { readonly sessionId: string }): Promise<void> {
    const verdict = await this.prepare(request);
    if (verdict.type === "ready") await rm(resolve(request.cwd ?? "", request.file), { force: true }).catch(() => undefined);
  }

  async prepare(request: SessionFileRequest): Promise<SessionFileVerdict> {
    // The agent tells its file as its settings name the folder: from where it works, if they do.
    const file = await resolved(resolve(request.cwd ?? "", request.file));
    const folder = await resolved((await configuredFolder(request)) ?? request.folder);
    if (file === undefined) return { type: "refused", reason: "missing" };
    // Both are compared with their links resolved, so that no link inside the folder leads out of it.
    if (folder === undefined || !isInside(file, folder)) return { type: "refused", reason: "outside" };
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, constants.O_RDWR | constants.O_NOFOLLOW);
      const refusal = await checkHeader(handle, request);
      if (refusal !== undefined) return { type: "refused", reason: refusal };
      await completeLastLine(handle);
      return { type: "ready" };
    } catch {
      return { type: "refused", reason: "unreadable" };
    } finally {
      await handle?.close();
    }
  }
}

type Refusal = Extract<SessionFileVerdict, { type: "refused" }>["reason"];

async function checkHeader(handle: FileHandle, request: SessionFileRequest): Promise<Refusal | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxHeaderBytes), 0, maxHeaderBytes, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(lineFeed);
  const header = request.readHeader(buffer.toString("utf8", 0, end === -1 ? bytesRead : end));
  if (header === undefined) return "not-a-session";
  if (request.sessionId !== undefined && header.sessionId !== request.sessionId) return "another-session";
  // The agent's tools work where the session was made: elsewhere they would change another project.
  if (request.cwd !== undefined && (await resolved(header.cwd)) !== (await resolved(request.cwd))) return "another-folder";
  return undefined;
}

async function configuredFolder({ setting, cwd }: SessionFileRequest): Promise<string | undefined> {
  if (setting === undefined) return undefined;
  try {
    const folder = setting.folderIn(await readFile(setting.file, "utf8"));
    return folder === undefined ? undefined : resolve(cwd ?? "", folder);
  } catch {
    // Without a settings file there is no setting.
    return undefined;
  }
}

async function completeLastLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size === 0) return;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== lineFeed) await handle.write("\n", size);
}

async function resolved(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
