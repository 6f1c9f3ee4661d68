/**
 * The scripted agent as a process of its own: `node scripted-agent-main.js <scenario.json> [flags of the agent]`. Give it a
 * single path of its own with `InstalledAgent`.
 */
import { spawn } from "node:child_process";
import { closeSync, readFileSync } from "node:fs";
import { processIo } from "./process-io.js";
import { ScriptedAgent } from "./scripted-agent.js";
import type { AgentScenario } from "./scripted-agent/scenario.js";

const [scenarioFile = "", ...args] = process.argv.slice(2);
const scenario = JSON.parse(readFileSync(scenarioFile, "utf8")) as AgentScenario;

const agent = new ScriptedAgent({
  scenario,
  realProcess: {
    closeOutput: () => {
      // The stream itself refuses to be closed.
      closeSync(1);
    },
    startGrandchild: () => {
      const child = spawn(process.execPath, ["--eval", "setInterval(() => {}, 2 ** 30)"], { detached: true, stdio: ["ignore", "inherit", "ignore"] });
      child.unref();
      if (child.pid === undefined) throw new Error("The grandchild did not start.");
      return child.pid;
    },
  },
});

// A scenario may ignore the end of its input, and nothing else would then keep the process alive.
setInterval(() => {}, 2 ** 30);
void agent.program(processIo({ args }));
