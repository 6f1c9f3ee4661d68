import { agentFolder } from "../../adapters/pi/agent-folder.js";
import { createPiProvider } from "../container.js";
import type { ProviderOptions } from "../provider-options.js";
import { agentChoice, agentOptions, customModelsOption, jsonOption, readArguments } from "./command-options.js";
import type { CliContext, Command } from "./command.js";
import { customModelsFile } from "./custom-models-file.js";
import { exitCode } from "./exit-code.js";
import { healthText, type Examination } from "./health-text.js";
import { keptModels } from "./kept-models.js";
import { safeJson } from "./safe-json.js";
import { UsageError } from "./usage-error.js";

const options = {
  ...agentOptions,
  ...customModelsOption,
  timeout: { type: "string", value: "seconds", help: "How long Pi may take to tell its version, and to answer (default: 10 and 60)" },
  ...jsonOption,
} as const;

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Tell whether Pi can be used, what was searched for it, and what to do",
  options,
  run: async (args, { out, interruption, cwd, environment }) => {
    const { values } = readArguments(args, options);
    const choice = agentChoice(values, cwd);
    const file = customModelsFile({ file: values.file, cwd, environment });
    await using provider = createPiProvider({ ...choice, ...patience(values.timeout), customModelsFile: file });
    const report = await provider.inspect({ signal: interruption.interrupted });
    // A check that was called off has found nothing out.
    if (interruption.interrupted.aborted) return exitCode.failed;
    const { displayName, catalog } = provider.snapshot();
    const agentDir = agentFolder({ agentDir: choice.agentDir, environment: withValues(environment) });
    const customModels = await keptModels({ provider, file });
    const examination: Examination = { report, displayName, catalog, agentDir, customModels };
    await out.write(values.json === true ? `${safeJson(examinationJson(examination), 2)}\n` : healthText({ ...examination, facts: out }));
    return report.verdict === "ready" ? exitCode.ok : exitCode.failed;
  },
};

/** The report, with the rest at its side. */
function examinationJson({ report, catalog, agentDir, customModels }: Examination): object {
  const { defaultModel, defaultThinkingLevel } = catalog ?? {};
  return { ...report, defaultModel, defaultThinkingLevel, agentDir, customModels };
}

/** Timers know no more than 2³¹ milliseconds, and nobody waits for longer than an hour. */
const maxSeconds = 3_600;

function patience(timeout: string | undefined): Pick<ProviderOptions, "versionProbeMs" | "session"> {
  if (timeout === undefined) return {};
  const seconds = Number(timeout);
  if (!(seconds >= 1 && seconds <= maxSeconds)) throw new UsageError(`The option --timeout takes a number of seconds, from 1 to ${maxSeconds}.`);
  return { versionProbeMs: seconds * 1_000, session: { readyMs: seconds * 1_000 } };
}

function withValues(environment: CliContext["environment"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
