import { mkdir, realpath, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { ContainerModule } from "inversify";
import { ports } from "../../src/app/index.js";
import { demoModels, type SandboxModel } from "../../src/app/testing.js";
import { questionedFile } from "./scenarios/tool-turns.js";

const cost = { input: 1.25, output: 5, cacheRead: 0.125, cacheWrite: 0 };

/** Models of two providers: a picker groups what belongs together. */
const models: Readonly<Record<string, readonly SandboxModel[]>> = {
  demo: demoModels.map((model) => Object.assign({ cost }, model)),
  studio: [
    { id: "sketch", name: "Sketch", contextWindow: 32_000, maxTokens: 8_192, cost },
    { id: "draft-xl", name: "Draft XL", reasoning: true, contextWindow: 400_000, maxTokens: 64_000, cost },
  ],
};

const project: Readonly<Record<string, string>> = {
  "README.md": "# Demo project\n\nA small project to play with.\n",
  "notes.txt": "first line\nsecond line\nthird line\n",
  "package.json": '{ "name": "demo-project", "private": true, "type": "module" }\n',
  "src/greet.js": "export function greet(name) {\n  return `Hello, ${name}!`;\n}\n",
};

const askBeforeWriting = `// An extension for Pi: asks its user two things before a certain file is written.
export default function askBeforeWriting(pi) {
  pi.on("tool_call", async ({ toolName, input }, { ui }) => {
    if (toolName !== "write" || !String(input.path).endsWith(${JSON.stringify(questionedFile)})) return undefined;
    const form = await ui.select("What kind of poem shall it be?", ["A haiku", "A limerick", "A sonnet"]);
    if (form === undefined) return { block: true, reason: "The user wants no poem." };
    const isAllowed = await ui.confirm("May I write the file?", input.path);
    return isAllowed ? undefined : { block: true, reason: \`The user chose "\${form}", and then did not want the file.\` };
  });
}
`;

export interface SandboxPlace {
  /** Absolute. What is in it stays when the host ends. */
  readonly folder: string;
  /** Where the models are. It may be another one at each start. */
  readonly baseUrl: string;
  /** The host's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where programs are found before anywhere else. */
  readonly programs: readonly string[];
}

/**
 * A home and a project for agents to play in, in a folder that lasts: conversations survive a restart of the host. Nothing of the
 * user's own agent is read or reaches it, and it stays off the network.
 */
export class Sandbox {
  readonly projectDir: string;
  readonly #folder: string;
  readonly #place: SandboxPlace;

  private constructor(folder: string, place: SandboxPlace) {
    this.projectDir = join(folder, "project");
    this.#folder = folder;
    this.#place = place;
  }

  static async open(place: SandboxPlace): Promise<Sandbox> {
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
    // Pi reports real paths.
    const sandbox = new Sandbox(await realpath(place.folder), place);
    for (const name of ["home", "tmp"]) await mkdir(join(sandbox.#folder, name), { recursive: true });
    // What somebody changed in the project stays as it is.
    for (const [path, content] of Object.entries(project)) await sandbox.#write(join("project", path), content, { keepExisting: true });
    return sandbox;
  }

  /** An agent folder of its own, with our models and our extension. */
  async agentDir(name: string): Promise<string> {
    const providers = Object.fromEntries(
      Object.entries(models).map(([provider, ofIt]) => [provider, { baseUrl: this.#place.baseUrl, api: "openai-completions", apiKey: "sandbox-key", models: ofIt }]),
    );
    const settings = {
      defaultProvider: "demo",
      defaultModel: "plain",
      retry: { enabled: true, maxRetries: 3, baseDelayMs: 200 },
      // Small enough that a conversation of a few messages can be shortened; by itself it never is.
      compaction: { enabled: false, keepRecentTokens: 50 },
    };
    await this.#write(join("agents", name, "models.json"), JSON.stringify({ providers }, null, 2));
    await this.#write(join("agents", name, "settings.json"), JSON.stringify(settings, null, 2));
    await this.#write(join("agents", name, "extensions", "ask-before-writing.js"), askBeforeWriting);
    return join(this.#folder, "agents", name);
  }

  /** Keeps what the user has set up, credentials above all, from the agents. */
  get module(): ContainerModule {
    const { programs, environment } = this.#place;
    const compiled = environment["NODE_COMPILE_CACHE"];
    const [home, temporary] = [join(this.#folder, "home"), join(this.#folder, "tmp")];
    const sandbox = {
      PI_OFFLINE: "1",
      PI_SKIP_VERSION_CHECK: "1",
      PI_TELEMETRY: "0",
      HOME: home,
      USERPROFILE: home,
      TMPDIR: temporary,
      TMP: temporary,
      TEMP: temporary,
      PATH: [...programs, environment["PATH"] ?? ""].join(delimiter),
      // Whoever starts many agents does not want each to compile the same again.
      ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }),
    };
    return new ContainerModule(({ onActivation }) => {
      onActivation(ports.childEnvironment, (_context, own) => ({
        build: ({ dialect, set }) => own.build({ dialect: { ...dialect, inherited: [] }, set: { ...sandbox, ...set } }),
      }));
    });
  }

  async #write(path: string, content: string, { keepExisting = false }: { readonly keepExisting?: boolean } = {}): Promise<void> {
    const file = join(this.#folder, path);
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(file, content, { flag: keepExisting ? "wx" : "w" });
    } catch (error) {
      if (!(keepExisting && error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
