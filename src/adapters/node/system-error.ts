/** The operating system's code for a failure, e.g. `"ENOENT"`; `"unknown"` for anything else that was thrown. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
