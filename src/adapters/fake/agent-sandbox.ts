import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface AgentSandboxOptions {
  /** Where the models live, usually a `ScriptedModelEndpoint`. */
  readonly endpoint: { readonly baseUrl: string };
  /** Models as the agent's `models.json` describes them; {@link demoModels} unless told. */
  readonly models?: readonly SandboxModel[];
  /** Merged over the sandbox's own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Text by path relative to the project; a small project unless told. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A model as Pi's `models.json` describes it. */
export interface SandboxModel {
  readonly id: string;
  readonly name?: string;
  readonly reasoning?: boolean;
  /** Pi's level → the provider's word for it; `null` where the model lacks the level. */
  readonly thinkingLevelMap?: Readonly<Record<string, string | null>>;
  readonly input?: readonly ("text" | "image")[];
  readonly contextWindow?: number;
  readonly maxTokens?: number;
  /** US dollars for a million tokens; nothing unless told. */
  readonly cost?: { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number };
}

/** One model of each sort: without thinking levels, with some of them (off, low, high), and one that sees images. */
export const demoModels: readonly SandboxModel[] = [
  { id: "plain", name: "Plain", contextWindow: 128_000, maxTokens: 16_384 },
  {
    id: "thinker",
    name: "Thinker",
    reasoning: true,
    thinkingLevelMap: { minimal: null, medium: null },
    contextWindow: 200_000,
    maxTokens: 32_768,
  },
  // A slash and a colon in the id, as hosted models have them: only the first slash of `provider/model-id` separates.
  { id: "vision/large:latest", name: "Vision", input: ["text", "image"], contextWindow: 128_000, maxTokens: 16_384 },
];

const demoProject: Readonly<Record<string, string>> = {
  "README.md": "# Demo project\n\nA small project to play with.\n",
  "notes.txt": "first line\nsecond line\nthird line\n",
  "src/greet.js": "export function greet(name) {\n  return `Hello, ${name}!`;\n}\n",
};

/**
 * A temporary home and project for one real Pi: it knows the given endpoint's models and nothing of the user's own Pi, reaches
 * no network and retries without delay. Works with every Pi from 0.80.6 on.
 */
export class AgentSandbox implements AsyncDisposable {
  /** The provider's name, the part before the slash in `demo/plain`. */
  readonly provider = "demo";
  /** Settings, models and, later, sessions. */
  readonly agentDir: string;
  /** The working directory for the agent. */
  readonly projectDir: string;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.agentDir = join(root, "agent");
    this.projectDir = join(root, "project");
  }

  static async create(options: AgentSandboxOptions): Promise<AgentSandbox> {
    // Pi reports real paths, and some systems keep their temporary folder behind a link.
    const sandbox = new AgentSandbox(await realpath(await mkdtemp(join(tmpdir(), "agent-sandbox-"))));
    try {
      await sandbox.#fill(options);
      return sandbox;
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a Pi started by hand needs in its environment; a host sets the agent folder through the provider's options instead. */
  get environment(): Readonly<Record<string, string>> {
    return { PI_CODING_AGENT_DIR: this.agentDir, PI_OFFLINE: "1", PI_SKIP_VERSION_CHECK: "1", PI_TELEMETRY: "0" };
  }

  /** Removes both folders. The agents must be gone by then. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }

  async #fill({ endpoint, models = demoModels, settings = {}, files = demoProject }: AgentSandboxOptions): Promise<void> {
    const catalog = {
      providers: {
        // The key is a literal for every Pi from 0.77 on; older ones took it for the name of a variable.
        [this.provider]: { baseUrl: endpoint.baseUrl, api: "openai-completions", apiKey: "sandbox-key", models },
      },
    };
    const defaults = {
      defaultProvider: this.provider,
      defaultModel: models[0]?.id,
      retry: { enabled: true, maxRetries: 3, baseDelayMs: 1 },
    };
    await mkdir(this.projectDir, { recursive: true });
    await this.#write("agent/models.json", JSON.stringify(catalog, null, 2));
    await this.#write("agent/settings.json", JSON.stringify({ ...defaults, ...settings }, null, 2));
    for (const [path, content] of Object.entries(files)) await this.#write(join("project", path), content);
  }

  async #write(path: string, content: string): Promise<void> {
    const target = join(this.#root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
