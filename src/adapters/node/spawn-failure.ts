import { stat } from "node:fs/promises";
import { SpawnError, type SpawnFailureReason } from "../../ports/errors.js";
import type { SpawnRequest } from "../../ports/process-spawner.js";

/** Translates what the operating system says about a program that did not start. */
export async function spawnFailure({ request, cause }: { request: SpawnRequest; cause: unknown }): Promise<SpawnError> {
  const systemCode = systemCodeOf(cause);
  return new SpawnError({ reason: await reasonFor({ request, systemCode }), command: request.command, systemCode, cause });
}

/** The system uses the same few codes for the program, for its interpreter and for the working directory: only looking tells which. */
async function reasonFor({ request, systemCode }: { request: SpawnRequest; systemCode: string | undefined }): Promise<SpawnFailureReason> {
  const { command, cwd } = request;
  if (cwd !== undefined && (await kindOf(cwd)) !== "directory") return "bad-working-directory";
  switch (systemCode) {
    case "ENOENT":
    case "ENOTDIR":
      // A script whose interpreter is missing exists, and is called missing all the same.
      return (await kindOf(command)) === "absent" ? "not-found" : "not-executable";
    case "EACCES":
    case "EPERM":
      return (await kindOf(command)) === "directory" ? "not-executable" : "permission-denied";
    case "ENOEXEC":
    case "EISDIR":
    // Windows: a batch file without a shell, and a file that is no program.
    case "EINVAL":
    case "UNKNOWN":
      return "not-executable";
    default:
      return "other";
  }
}

async function kindOf(path: string): Promise<"directory" | "other" | "absent"> {
  try {
    return (await stat(path)).isDirectory() ? "directory" : "other";
  } catch {
    return "absent";
  }
}

function systemCodeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
