import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import type { AgentScenario } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import { installedAgent } from "../../failures/installed-provider.js";
import { expectNoLeftoverProcesses } from "../../process-census.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { cliRun, type CliRun } from "./cli-run.js";

afterAll(() => expectNoLeftoverProcesses());

async function piOf(scenario: AgentScenario): Promise<string> {
  const agent = await installedAgent(scenario);
  onTestFinished(() => agent[Symbol.asyncDispose]());
  return agent.path;
}

/** With a home of its own. */
async function doctor(...args: readonly string[]): Promise<CliRun & { readonly home: string }> {
  const home = await temporaryFolder();
  return { ...(await cliRun(["doctor", ...args, "--agent-dir", join(home, "agent")], { environment: { HOME: home } })), home };
}

describe("doctor", () => {
  it("prints all that it found, as text and as JSON", async () => {
    const binary = await piOf({});
    const { exitCode, out, err, home } = await doctor("--binary", binary);
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^✓ Pi is ready\.\n/);
    for (const row of [
      `  program        ${binary}`,
      "  version        0.87.1 (0.80.6 or newer is needed)",
      "  models         2",
      "  default model  lab/plain",
      `  agent folder   ${join(home, "agent")}`,
      `  custom models  none in ${join(home, ".config/t3-pi-provider/custom-models.json")}`,
      `  found  configured  ${binary}`,
    ]) {
      expect(out.split("\n")).toContain(row);
    }
    const asJson = await doctor("--binary", binary, "--json");
    expect(asJson.exitCode).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({
      verdict: "ready",
      binaryPath: binary,
      modelCount: 2,
      warnings: [],
      defaultModel: "lab/plain",
      agentDir: join(asJson.home, "agent"),
      customModels: { file: join(asJson.home, ".config/t3-pi-provider/custom-models.json"), models: [] },
    });
  });

  it("finds a Pi usable whose custom models cannot be read, and warns", async () => {
    const binary = await piOf({});
    const file = join(await temporaryFolder(), "custom-models.json");
    await writeFile(file, "[]");
    const { exitCode, out } = await doctor("--binary", binary, "--file", file);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^✓ Pi is ready, with a warning\.\n/);
    expect(out.split("\n")).toContain(`  custom models  unreadable: ${file}`);
    expect(out).toMatch(/^Warnings:\n {2}The file of custom models cannot be read\./m);
  });

  it("waits for a Pi that hangs no longer than it is told to", async () => {
    const { exitCode, out } = await doctor("--binary", await piOf({ startup: [{ stall: true }] }), "--timeout", "1");
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^✗ Pi cannot be used: timed-out\.\n/);
    expect(out).toContain("Pi was started but did not answer within 1 s.\nWhat to do: ");
  });

  it("tells how many custom models there are where there is no Pi", async () => {
    const file = join(await temporaryFolder(), "custom-models.json");
    await writeFile(file, JSON.stringify({ version: 1, models: [{ slug: "lab/one", verified: true }, { slug: "lab/two", verified: false }] }));
    const { exitCode, out } = await doctor("--binary", "/no/such/pi", "--file", file);
    expect(exitCode).toBe(1);
    expect(out.split("\n")).toContain(`  custom models  2 in ${file}; not verified: lab/two`);
  });

  it.each(["soon", "0.5", "-1", "3601", "Infinity", "NaN"])("does not wait for %s seconds", async (timeout) => {
    const { exitCode, err } = await doctor("--binary", "/no/such/pi", `--timeout=${timeout}`);
    expect(exitCode).toBe(2);
    expect(err).toContain("The option --timeout takes a number of seconds, from 1 to 3600.");
  });
});
