import { createPiProvider } from "../container.js";
import { agentChoice, agentOptions, jsonOption, readArguments } from "./command-options.js";
import type { Command } from "./command.js";
import { exitCode } from "./exit-code.js";
import { healthText } from "./health-text.js";
import { safeJson } from "./safe-json.js";

const options = { ...agentOptions, ...jsonOption };

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Tell whether Pi can be used, what was searched for it, and what to do",
  options,
  run: async (args, { out, interruption, cwd }) => {
    const { values } = readArguments(args, options);
    await using provider = createPiProvider(agentChoice(values, cwd));
    const report = await provider.inspect({ signal: interruption.interrupted });
    // A check that was called off has found nothing out.
    if (interruption.interrupted.aborted) return exitCode.failed;
    const { displayName } = provider.snapshot();
    await out.write(values.json === true ? `${safeJson(report, 2)}\n` : healthText({ report, displayName, facts: out }));
    return report.verdict === "ready" ? exitCode.ok : exitCode.failed;
  },
};
