import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/**
 * A program that answers the few requests around a turn itself, and to a prompt lets `cat` write a recorded run into its own standard
 * output: a producer faster than whoever reads it, at the end of the very pipe that a real agent would use.
 *
 * `--run <file>`: the run. `--reports <version>`: what it says its version is. Everything else it is started with is passed over.
 */
const { values } = parseArgs({ options: { run: { type: "string" }, reports: { type: "string" }, version: { type: "boolean" } }, strict: false });

const answers: Readonly<Record<string, unknown>> = {
  get_state: { sessionId: "bench", isStreaming: false, isCompacting: false, pendingMessageCount: 0, messageCount: 0 },
  get_session_stats: { tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 }, cost: 0 },
};

/** Not through `process.stdout`, which would make the pipe non-blocking for `cat` as well. */
function print(line: string): void {
  writeSync(1, `${line}\n`);
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, type } = JSON.parse(line) as { readonly id?: string; readonly type: string };
    print(JSON.stringify({ id, type: "response", command: type, success: true, data: answers[type] }));
    if (type === "prompt") await once(spawn("cat", [String(values.run)], { stdio: ["ignore", "inherit", "inherit"] }), "exit");
  }
}

if (values.version === true) print(String(values.reports));
else await serve();
