import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.js";

/** Options by their long name, as `parseArgs` takes them, with what the help says of them. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** What the value is, in the help. */
  readonly value?: string;
  readonly help: string;
}

export const agentOptions = {
  binary: { type: "string", value: "path", help: "Pi's program: a path, or a name on the PATH (default: pi)" },
  "agent-dir": { type: "string", value: "folder", help: "Pi's own folder, with its settings and credentials (default: Pi's default)" },
} as const satisfies CommandOptions;

export const customModelsOption = {
  file: { type: "string", value: "path", help: "The file of custom models (default: t3-pi-provider/custom-models.json in your configuration folder)" },
} as const satisfies CommandOptions;

export const jsonOption = {
  json: { type: "boolean", help: "Print JSON, and nothing else, on standard output" },
} as const satisfies CommandOptions;

/** Reads a command's arguments; throws a `UsageError` for what it does not know. */
export function readArguments<const T extends CommandOptions>(args: readonly string[], options: T, { operands = false }: { readonly operands?: boolean } = {}) {
  const parsed = parse(args, options, operands);
  for (const [name, value] of Object.entries(parsed.values)) {
    if (typeof value === "string" && value.trim() === "") throw new UsageError(`The option --${name} is empty.`);
  }
  return parsed;
}

function parse<const T extends CommandOptions>(args: readonly string[], options: T, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Which Pi is meant, with paths that mean the same from every folder. */
export function agentChoice(values: { readonly binary?: string; readonly "agent-dir"?: string }, cwd: string): { readonly binaryPath?: string; readonly agentDir?: string } {
  const { binary, "agent-dir": agentDir } = values;
  return {
    // A bare name is looked up on the PATH.
    ...(binary === undefined ? {} : { binaryPath: /[/\\]/.test(binary) ? absolute(binary, cwd) : binary }),
    ...(agentDir === undefined ? {} : { agentDir: absolute(agentDir, cwd) }),
  };
}

/** `~` is left to whoever knows the home folder. */
function absolute(path: string, cwd: string): string {
  return path.startsWith("~") ? path : resolve(cwd, path);
}
