import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { expectNoLeftoverProcesses, isAlive, markedProcesses } from "./process-census.js";

describe.runIf(process.platform === "linux")("the census", () => {
  it("names a marked process that its host has left over, and no other host's", async () => {
    // Written out here: the census must find what a spawner writes, not what it calls it.
    const child = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 60_000)"], {
      env: { T3_AGENT_PROCESS_MARK: "4194305-leftover" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout, "data");
      expect(markedProcesses({ startedBy: [4_194_305] })).toMatchObject([{ pid: child.pid, commandLine: expect.stringContaining("setInterval") }]);
      expect(isAlive(child.pid ?? 0)).toBe(true);
      await expectNoLeftoverProcesses();
      await expect(expectNoLeftoverProcesses({ startedBy: [4_194_305], patienceMs: 50 })).rejects.toThrow(String(child.pid));
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await expectNoLeftoverProcesses({ startedBy: [4_194_305] });
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });
});
