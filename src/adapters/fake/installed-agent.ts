import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentScenario } from "./scripted-agent/scenario.js";

export interface InstalledAgentOptions {
  /** Flags for Node itself; needed by whoever runs this package's TypeScript sources. */
  readonly nodeArguments?: readonly string[];
}

/**
 * A fake agent installed as a program of its own: one executable file in a temporary folder, as a spawner or a locator wants it.
 * For POSIX systems.
 */
export class InstalledAgent implements AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly #folder: string;

  private constructor(input: { readonly folder: string; readonly name: string }) {
    this.#folder = input.folder;
    this.path = join(input.folder, input.name);
  }

  /** A `pi` that plays a scenario. */
  static async scriptedAgent(scenario: AgentScenario, options: InstalledAgentOptions = {}): Promise<InstalledAgent> {
    const folder = await mkdtemp(join(tmpdir(), "scripted-agent-"));
    const scenarioFile = join(folder, "scenario.json");
    await writeFile(scenarioFile, JSON.stringify(scenario));
    return new InstalledAgent({ folder, name: "pi" }).#install({ ...options, module: "./scripted-agent-main.js", args: [scenarioFile] });
  }

  /** The echo agent. */
  static async echoAgent(options: InstalledAgentOptions = {}): Promise<InstalledAgent> {
    const folder = await mkdtemp(join(tmpdir(), "echo-agent-"));
    return new InstalledAgent({ folder, name: "echo-agent" }).#install({ ...options, module: "./echo-agent-main.js", args: [] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #install(program: InstalledAgentOptions & { readonly module: string; readonly args: readonly string[] }): Promise<this> {
    const { nodeArguments = [], module, args } = program;
    const command = [process.execPath, ...nodeArguments, fileURLToPath(new URL(module, import.meta.url)), ...args];
    // `exec`: the process that was started and the agent are one and the same.
    await writeFile(this.path, `#!/bin/sh\nexec ${command.map(quoted).join(" ")} "$@"\n`, { mode: 0o755 });
    return this;
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
