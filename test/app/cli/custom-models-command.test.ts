import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InstalledAgent } from "../../../src/adapters/fake/installed-agent.js";
import type { CustomModelEntry } from "../../../src/ports/custom-model-store.js";
import { installedAgent } from "../../failures/installed-provider.js";
import { expectNoLeftoverProcesses } from "../../process-census.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { cliRun, type CliRun } from "./cli-run.js";

const noPi = ["--binary", "/no/such/pi"];

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, "custom-models.json");
});

afterAll(() => expectNoLeftoverProcesses());

function customModels(...args: readonly string[]): Promise<CliRun> {
  return cliRun(["custom-models", ...args, "--file", file, "--agent-dir", join(folder, "agent")]);
}

async function keep(...models: readonly CustomModelEntry[]): Promise<void> {
  await writeFile(file, JSON.stringify({ version: 1, models }));
}

async function kept(): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

describe("custom-models without Pi", () => {
  it("lists none, and makes no file for it", async () => {
    expect(await customModels("list")).toEqual({ exitCode: 0, out: `No custom model is kept in ${file}.\n`, err: "" });
    expect((await customModels("list", "--json")).out).toBe("[]\n");
    expect(existsSync(file)).toBe(false);
  });

  it("lists what is kept, verified or not", async () => {
    await keep({ slug: "lab/one", verified: true }, { slug: "lab/two", verified: false });
    expect((await customModels("list")).out).toBe(`Kept in ${file}:\n  lab/one  verified\n  lab/two  not verified\n`);
    expect(JSON.parse((await customModels("list", "--json")).out)).toEqual([
      { slug: "lab/one", verified: true },
      { slug: "lab/two", verified: false },
    ]);
  });

  it("adds no model that nobody could verify, and says how one does it all the same", async () => {
    const { exitCode, out, err } = await customModels("add", "lab/one", ...noPi);
    expect(exitCode).toBe(1);
    expect(out).toBe("");
    expect(err).toBe(
      't3-pi: Pi could not be asked about "lab/one": The configured Pi binary "/no/such/pi" does not exist. See "t3-pi doctor", or add the model all the same with --unverified.\n',
    );
    expect(existsSync(file)).toBe(false);
  });

  it("adds one that is not verified where that is asked for", async () => {
    const { exitCode, out } = await customModels("add", "lab/one", "--unverified", ...noPi);
    expect(exitCode).toBe(0);
    expect(out).toBe('Added lab/one, not verified: Pi could not be asked. "t3-pi custom-models check" asks it again.\n');
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/one", verified: false }] });
  });

  it("prints what is then kept as JSON", async () => {
    await keep({ slug: "lab/one", verified: true });
    const added = await customModels("add", "lab/two", "--unverified", "--json", ...noPi);
    expect(JSON.parse(added.out)).toEqual([
      { slug: "lab/one", verified: true },
      { slug: "lab/two", verified: false },
    ]);
    const removed = await customModels("remove", "lab/one", "--json");
    expect(JSON.parse(removed.out)).toEqual([{ slug: "lab/two", verified: false }]);
  });

  it("takes no text for a model that is none, whatever is asked for", async () => {
    const { exitCode, err } = await customModels("add", "gpt-5", "--unverified", ...noPi);
    expect(exitCode).toBe(1);
    expect(err).toContain('The model "gpt-5" names no provider. Write it as provider/model-id');
    expect(existsSync(file)).toBe(false);
  });

  it("removes a model", async () => {
    await keep({ slug: "lab/one", verified: true }, { slug: "lab/two", verified: false });
    expect(await customModels("remove", "lab/one")).toEqual({ exitCode: 0, out: "Removed lab/one.\n", err: "" });
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/two", verified: false }] });
  });

  it("removes none that is not there, and says which are", async () => {
    await keep({ slug: "lab/one", verified: true });
    const { exitCode, err } = await customModels("remove", "lab/two");
    expect(exitCode).toBe(1);
    expect(err).toContain("lab/one");
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/one", verified: true }] });
  });

  it("takes nothing back because Pi could not be asked, but does not call it a success", async () => {
    await keep({ slug: "lab/one", verified: true });
    const { exitCode, out } = await customModels("check", ...noPi);
    expect(exitCode).toBe(1);
    expect(out).toBe('? lab/one  unknown: The configured Pi binary "/no/such/pi" does not exist.\n');
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/one", verified: true }] });
  });

  it("asks nobody where there is nothing to check", async () => {
    expect(await customModels("check", ...noPi)).toEqual({ exitCode: 0, out: `No custom model is kept in ${file}.\n`, err: "" });
  });

  it("keeps them in the user's configuration folder unless told otherwise, and never in Pi's own", async () => {
    const agentDir = join(folder, ".pi", "agent");
    const { exitCode } = await cliRun(["custom-models", "add", "lab/one", "--unverified", "--agent-dir", agentDir, ...noPi], { environment: { HOME: folder } });
    expect(exitCode).toBe(0);
    file = join(folder, ".config", "t3-pi-provider", "custom-models.json");
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/one", verified: false }] });
    expect(await readdir(folder)).toEqual([".config"]);
  });

  it("says so where nobody knows where they are kept", async () => {
    const { exitCode, err } = await cliRun(["custom-models", "list"]);
    expect(exitCode).toBe(1);
    expect(err).toContain("Name the file: --file <path>.");
  });

  it("makes no folder for a removal that is refused", async () => {
    const { exitCode, err } = await cliRun(["custom-models", "remove", "lab/one", "--file", join(folder, "not", "there", "custom-models.json")]);
    expect([exitCode, err]).toEqual([1, expect.stringContaining("There is no custom model of that name.")]);
    expect(await readdir(folder)).not.toContain("not");
  });

  it("names the file that cannot be written", async () => {
    await writeFile(join(folder, "taken"), "");
    const { exitCode, err } = await cliRun(["custom-models", "remove", "lab/one", "--file", join(folder, "taken", "custom-models.json")]);
    expect(exitCode).toBe(1);
    expect(err).toContain("could not be written");
    expect(err).toContain(`The file is "${join(folder, "taken", "custom-models.json")}".`);
  });
});

describe("a file of custom models that cannot be read", () => {
  const content = '{ "models": ';

  beforeEach(() => writeFile(file, content));

  it.each([
    ["list", []],
    ["add", ["lab/one", "--unverified", ...noPi]],
    ["remove", ["lab/one"]],
    ["check", noPi],
  ])("is told by %s with its path and what to do, and left alone", async (action, args) => {
    const { exitCode, out, err } = await customModels(action, ...args);
    expect(exitCode).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("cannot be read");
    expect(err).toContain(`The file is "${file}".`);
    expect(err).toContain("--set-aside");
    expect(await readFile(file, "utf8")).toBe(content);
    expect(await readdir(folder)).toEqual(["custom-models.json"]);
  });

  it("is told by run when it is to use a model by its name", async () => {
    const run = ["run", "hello", "--file", file, ...noPi];
    expect((await cliRun([...run, "--model", "lab/one"])).err).toMatch(/^warning: The file of custom models cannot be read\./);
    expect((await cliRun(run)).err).not.toContain("custom models");
  });

  it("is kept under another name, which is told, where that is asked for", async () => {
    const { exitCode, out, err } = await customModels("add", "lab/one", "--unverified", "--set-aside", "--json", ...noPi);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual([{ slug: "lab/one", verified: false }]);
    const [, keptAs = ""] = /^The unreadable file is kept as (.+)\.\n$/.exec(err) ?? [];
    expect(await readFile(keptAs, "utf8")).toBe(content);
  });
});

describe("a file of custom models that can be read", () => {
  it("is not set aside", async () => {
    await keep({ slug: "lab/one", verified: true });
    expect(await customModels("remove", "lab/one", "--set-aside")).toEqual({ exitCode: 0, out: "Removed lab/one.\n", err: "" });
    expect(await readdir(folder)).toEqual(["custom-models.json"]);
  });
});

describe("custom-models with Pi", () => {
  let agent: InstalledAgent;

  beforeAll(async () => {
    // Whatever it is started with, it works with this model, which it does not list.
    agent = await installedAgent({ startup: [{ pretend: { model: { provider: "lab", id: "new", input: ["text"] } } }] });
  });

  afterAll(() => agent[Symbol.asyncDispose]());

  beforeEach(() => mkdir(join(folder, "agent")));

  it("adds a model that Pi accepts", async () => {
    expect(await customModels("add", "lab/new", "--binary", agent.path)).toEqual({ exitCode: 0, out: "Added lab/new: Pi accepts it.\n", err: "" });
    expect(await kept()).toEqual({ version: 1, models: [{ slug: "lab/new", verified: true }] });
  });

  it("adds none that Pi takes for another one, verified or not", async () => {
    const { exitCode, err } = await customModels("add", "lab/other", "--unverified", "--binary", agent.path);
    expect(exitCode).toBe(1);
    expect(err).toContain('Pi takes "lab/other" for "lab/new".');
    expect(existsSync(file)).toBe(false);
  });

  it("checks each model, keeps what Pi says, and fails when it refuses one", async () => {
    await keep({ slug: "lab/new", verified: false }, { slug: "lab/other", verified: true }, { slug: "lab/plain", verified: true });
    const { exitCode, out } = await customModels("check", "--binary", agent.path);
    expect(exitCode).toBe(1);
    expect(out).toBe('✓ lab/new    accepted\n✗ lab/other  refused: Pi takes "lab/other" for "lab/new".\n✓ lab/plain  reported by Pi itself now, and need not be kept\n');
    expect(await kept()).toMatchObject({ models: [{ slug: "lab/new", verified: true }, { slug: "lab/other", verified: false }, { slug: "lab/plain" }] });
  });

  it("is content when Pi refuses none, and prints its verdicts as JSON", async () => {
    await keep({ slug: "lab/new", verified: true });
    const { exitCode, out } = await customModels("check", "--json", "--binary", agent.path);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual([{ slug: "lab/new", verdict: "accepted" }]);
  });
});
