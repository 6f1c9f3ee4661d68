import { resolve } from "node:path";
import { SystemClock } from "../../adapters/node/system-clock.js";
import { createPiProvider } from "../container.js";
import { agentChoice, agentOptions, customModelsOption, jsonOption, readArguments } from "./command-options.js";
import type { Command } from "./command.js";
import { customModelsFile } from "./custom-models-file.js";
import { exitCode } from "./exit-code.js";
import { warnOfUnreadable } from "./kept-models.js";
import { playTurn } from "./play-turn.js";
import { readPrompt } from "./prompt-source.js";
import { JsonView, ReadableView } from "./turn-view.js";

const options = {
  ...agentOptions,
  cwd: { type: "string", value: "folder", help: "The project's folder (default: the current one)" },
  model: { type: "string", value: "slug", help: 'A model as "t3-pi models" lists it (default: Pi\'s default)' },
  thinking: { type: "string", value: "level", help: "One of the model's thinking levels (default: Pi's default)" },
  ...customModelsOption,
  json: { ...jsonOption.json, help: "Print every event as a line of JSON, and nothing else, on standard output" },
} as const;

export const runCommand: Command = {
  name: "run",
  summary: "Let Pi work on a prompt, and show it live",
  operands: '["<prompt>" | -]',
  options,
  run: async (args, context) => {
    const { values, positionals } = readArguments(args, options, { operands: true });
    const { err, interruption, person, stdin, cwd, environment } = context;
    const prompt = await readPrompt({ operands: positionals, stdin, signal: interruption.interrupted });
    const file = customModelsFile({ file: values.file, cwd, environment });
    await using provider = createPiProvider({ ...agentChoice(values, cwd), customModelsFile: file });
    if (values.model !== undefined) await warnOfUnreadable({ provider, file, err });
    using view = values.json === true ? new JsonView(context) : new ReadableView({ ...context, clock: new SystemClock() });
    const state = await playTurn({
      provider,
      view,
      interruption,
      person,
      prompt,
      cwd: resolve(cwd, values.cwd ?? "."),
      model: values.model,
      thinkingLevel: values.thinking,
    });
    return state === "completed" ? exitCode.ok : exitCode.failed;
  },
};
