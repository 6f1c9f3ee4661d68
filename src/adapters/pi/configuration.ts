import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { DialectConfiguration } from "../../ports/agent-dialect.js";
import { agentFolder } from "./agent-folder.js";

const modelsFile = "models.json";

/**
 * Pi takes models, and what they need to be usable, from three files in its own folder; which of them are on offer and which is the
 * default, a project may say too. What Pi itself caches of the models it found elsewhere is no configuration: it rewrites that.
 *
 * A `models.json` that Pi cannot use is ignored as a whole. In RPC mode it says nothing of that, on stderr either; the list of models
 * for people is the only place that does.
 */
export const piConfiguration: DialectConfiguration = {
  files: (place) => [
    ...[modelsFile, "settings.json", "auth.json"].map((name) => join(agentFolder(place), name)),
    ...(place.cwd === undefined ? [] : [join(place.cwd, ".pi", "settings.json")]),
  ],
  check: {
    file: (place) => join(agentFolder(place), modelsFile),
    // Extensions may start services of their own, and have no part in how Pi reads this file.
    args: ["--list-models", "--no-extensions"],
    read: (output) => {
      const text = stripVTControlCharacters(output);
      const fault = faults.find(({ line }) => line.test(text));
      return fault === undefined ? undefined : `${fault.says} ${cost}`;
    },
  },
};

const cost = "Every model and provider that the file defines is missing.";

/** Pi's warning is a heading, with the reason on the next line. Both begin their lines: a model's name may hold the same words. */
const faults: readonly { readonly line: RegExp; readonly says: string }[] = [
  { line: /^Warning: errors loading models\.json:\r?\nFailed to parse models\.json:/m, says: "Pi ignores its models.json: it is not valid JSON." },
  { line: /^Warning: errors loading models\.json:\r?\nInvalid models\.json schema:/m, says: "Pi ignores its models.json: it does not have the form that Pi expects." },
  { line: /^Warning: errors loading models\.json:/m, says: "Pi ignores its models.json: it cannot be used." },
];
