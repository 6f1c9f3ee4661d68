import { parseArgs } from "node:util";

/** The command-line flags that change what Pi tells about itself. */
export interface LaunchFlags {
  readonly sessionFile: string | undefined;
  /** Of the conversation that this one begins as a copy of. */
  readonly copiedFile: string | undefined;
  readonly ephemeral: boolean;
  /** Extensions that are named, by their files. */
  readonly extensions: readonly string[];
  /** As `provider/model-id`. */
  readonly model: string | undefined;
  readonly thinkingLevel: string | undefined;
}

export function launchFlags(args: readonly string[]): LaunchFlags {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { mode: text, session: text, fork: text, "no-session": { type: "boolean" }, provider: text, model: text, thinking: text, extension: { type: "string", multiple: true, short: "e" } },
    strict: false,
  });
  const provider = textIn(values.provider);
  const model = textIn(values.model);
  return {
    sessionFile: textIn(values.session),
    copiedFile: textIn(values.fork),
    extensions: (Array.isArray(values.extension) ? values.extension : [values.extension]).filter((file) => typeof file === "string"),
    ephemeral: values["no-session"] === true,
    model: provider === undefined || model === undefined || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`,
    thinkingLevel: textIn(values.thinking),
  };
}

function textIn(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
