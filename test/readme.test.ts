import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { AgentSandbox } from "../src/adapters/fake/agent-sandbox.ts";
import { ScriptedModelEndpoint } from "../src/adapters/fake/scripted-model-endpoint.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");

/** The first JavaScript block of the README, as it stands. */
async function readmeScript(): Promise<string> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const script = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  if (script === undefined) throw new Error("The README shows no script.");
  return script;
}

/** A project that has installed the packed tarball, with the dependencies it declares. */
async function installPacked(folder: string): Promise<void> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "t3-pi-provider"), { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", join(modules, "t3-pi-provider")]);
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) await symlink(join(root, "node_modules", name), join(modules, name));
}

describe("the script in the README", () => {
  it("runs as written, from the packed tarball", async () => {
    const folder = await temporaryFolder();
    await using endpoint = await ScriptedModelEndpoint.start({ respond: () => [{ text: "There is a README in it." }] });
    await using sandbox = await AgentSandbox.create({ endpoint });
    await installPacked(folder);
    await writeFile(join(folder, "embed.mjs"), await readmeScript());
    const environment = { PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter), HOME: folder, PI_CODING_AGENT_DIR: sandbox.agentDir, PI_OFFLINE: "1" };
    const { stdout, stderr } = await run(process.execPath, ["embed.mjs"], { cwd: folder, env: environment });
    expect(stdout).toContain("ready");
    expect(stdout).toContain("There is a README in it.");
    expect(stderr).toBe("");
  }, 60_000);
});
