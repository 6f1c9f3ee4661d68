import { createPiProvider } from "../container.js";
import { catalogText } from "./catalog-text.js";
import { agentChoice, agentOptions, jsonOption, readArguments } from "./command-options.js";
import type { Command } from "./command.js";
import { exitCode } from "./exit-code.js";
import { safeJson } from "./safe-json.js";

const options = { ...agentOptions, ...jsonOption };

export const modelsCommand: Command = {
  name: "models",
  summary: "List the models Pi offers, with their thinking levels",
  options,
  run: async (args, { out, err, interruption, cwd }) => {
    const { values } = readArguments(args, options);
    await using provider = createPiProvider(agentChoice(values, cwd));
    const catalog = await provider.listModels({ signal: interruption.interrupted });
    const isEmpty = catalog.models.length === 0;
    if (values.json === true) await out.write(`${safeJson(catalog, 2)}\n`);
    else if (!isEmpty) await out.write(catalogText(catalog, out));
    if (isEmpty) await err.write(`${provider.snapshot().displayName} offers no model. Log in to a model provider with it, or set a provider's API key; "t3-pi doctor" tells more.\n`);
    return isEmpty ? exitCode.failed : exitCode.ok;
  },
};
