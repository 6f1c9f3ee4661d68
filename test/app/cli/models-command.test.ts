import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { AgentScenario } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import type { ProviderModelCatalog } from "../../../src/ports/provider-inventory.js";
import { installedAgent } from "../../failures/installed-provider.js";
import { expectNoLeftoverProcesses } from "../../process-census.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { cliRun, type CliRun } from "./cli-run.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, "custom-models.json");
  await writeFile(file, JSON.stringify({ version: 1, models: [{ slug: "lab/mine", verified: true }, { slug: "other/new", verified: false }] }));
});

afterAll(() => expectNoLeftoverProcesses());

async function models(scenario: AgentScenario, ...args: readonly string[]): Promise<CliRun> {
  const agent = await installedAgent(scenario);
  onTestFinished(() => agent[Symbol.asyncDispose]());
  return await cliRun(["models", ...args, "--binary", agent.path, "--file", file, "--agent-dir", join(folder, "agent")]);
}

describe("models", () => {
  it("lists what Pi offers, and the custom ones beside them", async () => {
    const { exitCode, out, err } = await models({});
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^ {2}lab\/plain .* default$/m);
    expect(out).toMatch(/^ {2}lab\/thinker .* off, low, high /m);
    expect(out).toMatch(/^ {2}lab\/mine .* custom$/m);
    expect(out).toMatch(/^other\n.*\n {2}other\/new .* custom, not verified$/m);
  });

  it("is the catalog as JSON", async () => {
    const { out } = await models({}, "--json");
    const catalog = JSON.parse(out) as ProviderModelCatalog;
    expect(catalog.models.map(({ slug, isCustom, verified }) => [slug, isCustom, verified])).toEqual([
      ["lab/plain", false, undefined],
      ["lab/thinker", false, undefined],
      ["lab/mine", true, true],
      ["other/new", true, false],
    ]);
    expect(catalog.freshness.source).toBe("live");
  });

  it("hides none of Pi's because the file of custom ones cannot be read", async () => {
    await writeFile(file, "broken");
    const { exitCode, out, err } = await models({});
    expect(exitCode).toBe(0);
    expect(out).toContain("lab/plain");
    expect(err).toMatch(/^warning: The file of custom models cannot be read\./);
    expect(err).toContain(`The file is "${file}".`);
  });

  it("takes no custom model for a login", async () => {
    const { exitCode, out, err } = await models({ models: [] });
    expect(exitCode).toBe(1);
    expect(out).toContain("lab/mine");
    expect(err).toContain("Pi offers no model. Log in to a model provider with it");
  });
});
