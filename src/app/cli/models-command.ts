import { createPiProvider } from "../container.js";
import { catalogText } from "./catalog-text.js";
import { agentChoice, agentOptions, customModelsOption, jsonOption, readArguments } from "./command-options.js";
import type { Command } from "./command.js";
import { customModelsFile } from "./custom-models-file.js";
import { exitCode } from "./exit-code.js";
import { warnOfUnreadable } from "./kept-models.js";
import { safeJson } from "./safe-json.js";

const options = { ...agentOptions, ...customModelsOption, ...jsonOption };

export const modelsCommand: Command = {
  name: "models",
  summary: "List the models Pi offers and the custom ones, with their thinking levels",
  options,
  run: async (args, { out, err, interruption, cwd, environment }) => {
    const { values } = readArguments(args, options);
    const file = customModelsFile({ file: values.file, cwd, environment });
    await using provider = createPiProvider({ ...agentChoice(values, cwd), customModelsFile: file });
    const catalog = await provider.listModels({ signal: interruption.interrupted });
    if (values.json === true) await out.write(`${safeJson(catalog, 2)}\n`);
    else if (catalog.models.length > 0) await out.write(catalogText(catalog, out));
    await warnOfUnreadable({ provider, file, err });
    // A custom model proves no login.
    if (catalog.models.some(({ isCustom }) => !isCustom)) return exitCode.ok;
    await err.write(`${provider.snapshot().displayName} offers no model. Log in to a model provider with it, or set a provider's API key; "t3-pi doctor" tells more.\n`);
    return exitCode.failed;
  },
};
