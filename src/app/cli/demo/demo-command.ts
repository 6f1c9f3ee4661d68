import { AgentSandbox } from "../../../adapters/fake/agent-sandbox.js";
import { inTurn, ScriptedModelEndpoint } from "../../../adapters/fake/scripted-model-endpoint.js";
import { SystemClock } from "../../../adapters/node/system-clock.js";
import { createPiProvider } from "../../container.js";
import { agentChoice, agentOptions, readArguments } from "../command-options.js";
import type { Command } from "../command.js";
import { exitCode } from "../exit-code.js";
import { paint } from "../terminal-facts.js";
import { ReadableView } from "../turn-view.js";
import type { Act } from "./act.js";
import { availabilityAct } from "./availability-act.js";
import { cleanStopAct } from "./clean-stop-act.js";
import { crashAct } from "./crash-act.js";
import { developmentAgent } from "./development-agent.js";
import { dialogAct } from "./dialog-act.js";
import { interruptAct } from "./interrupt-act.js";
import { modelSwitchAct } from "./model-switch-act.js";
import { modelsAct } from "./models-act.js";
import { rollbackAct } from "./rollback-act.js";
import { RunningAgents, runningAgentsModule } from "./running-agents.js";
import { sandboxEnvironmentModule } from "./sandbox-environment.js";
import { installExtensions } from "./sandbox-extensions.js";
import { Stage } from "./stage.js";
import { steerAct } from "./steer-act.js";
import { workingTurnAct } from "./working-turn-act.js";

const options = { binary: { ...agentOptions.binary, help: "Pi's program (default: the one this package is developed with, else pi from the PATH)" } };

/** In the order in which they are played, in one conversation. */
function program(): readonly Act[] {
  return [availabilityAct, modelsAct, workingTurnAct, modelSwitchAct, steerAct(), interruptAct, dialogAct, rollbackAct, crashAct, cleanStopAct];
}

export const demoCommand: Command = {
  name: "demo",
  summary: "Show everything with a real Pi, a scripted model and a temporary project: no network, no login",
  options,
  run: async (args, { out, err, interruption, cwd, environment }) => {
    const { values } = readArguments(args, options);
    const { binaryPath = await developmentAgent() } = agentChoice(values, cwd);
    const { interrupted: signal } = interruption;
    const acts = program();
    const agents = new RunningAgents();
    await using endpoint = await ScriptedModelEndpoint.start({ respond: inTurn(acts.flatMap(({ answers }) => answers)) });
    await using sandbox = await AgentSandbox.create({ endpoint });
    await installExtensions(sandbox, acts);
    using view = new ReadableView({ out, err, clock: new SystemClock() });
    await using provider = createPiProvider({
      binaryPath,
      agentDir: sandbox.agentDir,
      cwd: sandbox.projectDir,
      modules: [
        sandboxEnvironmentModule({ host: environment, sandbox: { ...sandbox.environment, ...temporaryFolder(sandbox.agentDir) } }),
        runningAgentsModule(agents),
      ],
    });
    signal.addEventListener("abort", () => void provider[Symbol.asyncDispose]());
    const stage = new Stage({ provider, endpoint, sandbox, agents, view, facts: out, signal });
    for (const [index, { heading, play }] of acts.entries()) {
      await stage.say(`${index === 0 ? "" : "\n"}${paint(out, "bold", `${index + 1}. ${heading}`)}\n`);
      await play(stage);
    }
    return exitCode.ok;
  },
};

/** Pi keeps a cache in the temporary folder; here it goes with the sandbox. */
function temporaryFolder(path: string): Readonly<Record<string, string>> {
  return { TMPDIR: path, TMP: path, TEMP: path };
}
