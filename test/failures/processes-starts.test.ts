import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { piRunStart } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { isAlive, markedProcesses } from "../process-census.js";
import { InstalledProvider } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

/** Whoever waits for this long fails by the test's own limit first. */
const patience = 240_000;
const patient = { session: { stopGraceMs: patience, readyMs: patience, requestMs: patience } };

/** A Pi that reads one request and then has no ears, before it answers: whatever is written after that answer cannot be delivered. */
const deafAfterStart = `exec '${process.execPath}' -e '
const { once } = require("node:events");
const { closeSync } = require("node:fs");
once(process.stdin, "data").then(([line]) => {
  closeSync(0);
  const data = { sessionId: "s", thinkingLevel: "off", isStreaming: false, isCompacting: false, messageCount: 0, pendingMessageCount: 0 };
  process.stdout.write(JSON.stringify({ type: "response", id: JSON.parse(line).id, command: "get_state", success: true, data }) + "\\n");
});
setInterval(() => {}, 60_000)'`;

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.skipIf(process.platform === "win32")("a program that cannot be spawned", () => {
  it("F26: because its interpreter is missing leaves no session, and says what is wrong", async () => {
    await using host = await InstalledProvider.open({ options: patient });
    await writeFile(host.binaryPath, "#!/no/such/interpreter\n");
    const error = await failureOf(host.start());

    expect(error).toMatchObject({ kind: "process", code: "binary-not-executable", message: expect.stringContaining(host.binaryPath) });
    expect(host.provider.listSessions()).toEqual([]);
    await vi.waitFor(() => expect(host.log.types).toEqual(["runtime.error", "session.exited"]));
  });

  it("F26: because its folder is gone leaves no session, and says which", async () => {
    await using host = await InstalledProvider.open({ options: patient });
    await rm(host.projectDir, { recursive: true });

    expect(await failureOf(host.start())).toMatchObject({ kind: "process", code: "working-directory-missing", message: expect.stringContaining(join(host.folder, "project")) });
    expect(host.provider.listSessions()).toEqual([]);
  });

  it("F27: is not waited for by whoever stops it: there is nobody to wait for", async () => {
    await using host = await InstalledProvider.open({ options: patient });
    await writeFile(host.binaryPath, "#!/no/such/interpreter\n");
    const starting = failureOf(host.start());
    // Both would take minutes if they gave a grace to nobody.
    await failureOf(host.provider.stopSession(host.threadId));
    await host.provider[Symbol.asyncDispose]();

    expect(await starting).toMatchObject({ name: "ProviderError" });
    expect(markedProcesses()).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("a broken pipe", () => {
  it("F28: does not hide why the program ended", async () => {
    // Whether the write or the exit is seen first is chance; what is told is not.
    for (let round = 0; round < 5; round += 1) {
      await using host = await InstalledProvider.open({ script: "exec 0<&- 1>&-; exit 9", options: patient });
      expect(await failureOf(host.start())).toMatchObject({ kind: "process", code: "start-failed", message: expect.stringContaining("exit code 9") });
    }
  });

  it("F28: does not hide what the program said of itself", async () => {
    const script = `exec 0<&-; echo "Error: Session file is not a valid pi session: x" >&2; exit 1`;
    await using host = await InstalledProvider.open({ script, options: patient });

    expect(await failureOf(host.start())).toMatchObject({ code: "resume-refused", message: expect.stringContaining("cannot read the session file") });
  });

  it("F30: of a program that lives on fails the message that could not be written, and nothing else of the host", async () => {
    await using host = await InstalledProvider.open({ script: deafAfterStart, options: { session: { stopGraceMs: 100 } } });
    await host.start();
    const { pid } = host;
    const errors = await Promise.all([failureOf(host.send("Are you there?")), failureOf(host.provider.readThread(host.threadId))]);

    expect(errors).toMatchObject([{ name: "ProviderError", kind: "process", code: "agent-exited" }, { name: "ProviderError", kind: "session-closed" }]);
    expect(host.provider.hasSession(host.threadId)).toBe(false);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
    expect(host.log.of("runtime.error")).toHaveLength(1);
  });

  it("F29: of a program that closed its output and lives on ends the turn and the program", async () => {
    // This version says what became of a prompt, so nothing is asked of it that would make it write again.
    const agent: AgentScenario = { version: "1.1.0", on: { prompt: [[...piRunStart, { closeOutput: true }, { stall: true }]] }, inputEnd: [{ stall: true }] };
    await using host = await InstalledProvider.open({ agent, options: { session: { stopGraceMs: 100, requestMs: patience } } });
    await host.start();
    const { pid } = host;
    const turnId = await host.send("Hello?");
    const end = await host.log.turn(turnId);

    expect(end.payload).toMatchObject({ state: "failed", errorMessage: expect.stringContaining("stopped answering") });
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
    expect(host.provider.hasSession(host.threadId)).toBe(false);
  });
});
