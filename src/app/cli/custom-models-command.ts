import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import { createPiProvider } from "../container.js";
import type { Provider } from "../provider-facade.js";
import { agentChoice, agentOptions, customModelsOption, jsonOption, readArguments } from "./command-options.js";
import type { CliContext, Command } from "./command.js";
import { atCommandLine } from "./custom-models-errors.js";
import { requiredCustomModelsFile } from "./custom-models-file.js";
import { additionText, keptModelsText, removalText, verdictsText } from "./custom-models-text.js";
import { exitCode } from "./exit-code.js";
import { safeJson } from "./safe-json.js";
import { safeLine } from "./safe-text.js";
import { UsageError } from "./usage-error.js";

const options = {
  ...customModelsOption,
  unverified: { type: "boolean", help: "add: keep the model even if Pi cannot be asked about it" },
  "set-aside": { type: "boolean", help: "add, remove: if the file cannot be read, keep it under another name first" },
  ...agentOptions,
  json: { ...jsonOption.json, help: "Print JSON, and nothing else, on standard output: the models that are kept, or the verdicts" },
} as const;

/** What an action works with. */
interface Call {
  readonly provider: Provider;
  readonly file: string;
  /** As it was typed; blank where none is taken. */
  readonly model: string;
  readonly unverified: boolean;
  readonly json: boolean;
  readonly context: CliContext;
}

interface Action {
  readonly takesModel: boolean;
  /** Of the options that are not for every action. */
  readonly takes: readonly ("unverified" | "set-aside")[];
  /** Resolves to the exit code. */
  readonly run: (call: Call) => Promise<number>;
}

const actions: ReadonlyMap<string, Action> = new Map([
  ["list", { takesModel: false, takes: [], run: list }],
  ["add", { takesModel: true, takes: ["unverified", "set-aside"], run: add }],
  ["remove", { takesModel: true, takes: ["set-aside"], run: remove }],
  ["check", { takesModel: false, takes: [], run: check }],
]);

export const customModelsCommand: Command = {
  name: "custom-models",
  summary: "Keep models that Pi takes although it does not list them",
  operands: "<action> [<provider/model>]",
  actions: {
    list: "Show the models that are kept, and whether Pi has accepted them",
    "add <provider/model>": "Ask Pi whether it takes the model, and keep it if so",
    "remove <provider/model>": "Keep the model no longer",
    check: "Ask Pi about each model that is kept, and keep what it says",
  },
  options,
  run: async (args, context) => {
    const { values, positionals } = readArguments(args, options, { operands: true });
    const { action, model } = readAction(positionals);
    for (const option of ["unverified", "set-aside"] as const) {
      if (values[option] === true && !action.takes.includes(option)) throw new UsageError(`The option --${option} has no meaning for "${positionals[0]}".`);
    }
    const { cwd, environment } = context;
    const file = requiredCustomModelsFile({ file: values.file, cwd, environment });
    await using provider = createPiProvider({ ...agentChoice(values, cwd), customModelsFile: file });
    try {
      if (values["set-aside"] === true) await setAside(provider, context);
      return await action.run({ provider, file, model, unverified: values.unverified === true, json: values.json === true, context });
    } catch (error) {
      throw atCommandLine(error, { file });
    }
  },
};

function readAction([name, ...operands]: readonly string[]): { readonly action: Action; readonly model: string } {
  const known = [...actions.keys()].join(", ");
  if (name === undefined) throw new UsageError(`There is no action; these are known: ${known}.`);
  const action = actions.get(name);
  if (action === undefined) throw new UsageError(`There is no action "${name}"; these are known: ${known}.`);
  const [model, ...rest] = operands;
  if (action.takesModel && model === undefined) throw new UsageError(`Say which model to ${name}.`);
  const [unexpected] = action.takesModel ? rest : operands;
  if (unexpected !== undefined) throw new UsageError(`"${name}" takes ${action.takesModel ? "one model" : "no model"}; "${unexpected}" is too much.`);
  return { action, model: model ?? "" };
}

/** Told on standard error: whatever else is printed, a person must see where the file is. */
async function setAside({ customModels }: Provider, { err }: CliContext): Promise<void> {
  const keptAs = await customModels.setAside();
  if (keptAs !== undefined) await err.write(`The unreadable file is kept as ${safeLine(keptAs)}.\n`);
}

async function list(call: Call): Promise<number> {
  const models = await call.provider.customModels.list();
  return await tell(call, models, keptModelsText({ models, file: call.file }));
}

async function add(call: Call): Promise<number> {
  const { provider, model, unverified, context } = call;
  const entry = await provider.customModels.add(model, { allowUnverified: unverified, signal: context.interruption.interrupted });
  return await tell(call, await provider.customModels.list(), additionText(entry));
}

async function remove(call: Call): Promise<number> {
  const { provider, model } = call;
  await provider.customModels.remove(model);
  return await tell(call, await provider.customModels.list(), removalText(model));
}

async function check(call: Call): Promise<number> {
  const { provider, file, json, context } = call;
  const { out, interruption } = context;
  const models = await provider.customModels.list();
  // Without a model there is nothing to start Pi for.
  if (models.length === 0) return await tell(call, models, keptModelsText({ models, file }));
  const verdicts = await provider.customModels.check({ signal: interruption.interrupted });
  await out.write(json ? `${safeJson(verdicts, 2)}\n` : verdictsText(verdicts, out));
  return verdicts.some(({ verdict }) => verdict === "refused" || verdict === "unknown") ? exitCode.failed : exitCode.ok;
}

async function tell({ json, context }: Call, models: readonly CustomModelEntry[], text: string): Promise<number> {
  await context.out.write(json ? `${safeJson(models, 2)}\n` : text);
  return exitCode.ok;
}
