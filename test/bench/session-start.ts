import { spawn } from "node:child_process";
import { once } from "node:events";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import { createPiProvider } from "../../src/app/container.js";
import type { Contender } from "./interleave.js";
import { startStopwatch } from "./stopwatch.js";

/** A real Pi and where it is to work. */
export interface StartingPlace {
  readonly binaryPath: string;
  readonly agentDir: string;
  readonly projectDir: string;
}

/** From a provider that was made this moment and has looked for nothing yet to a session that is ready. */
export function startingSession({ binaryPath, agentDir, projectDir }: StartingPlace): Contender {
  return async () => {
    const stop = startStopwatch();
    await using provider = createPiProvider({ binaryPath, agentDir, cwd: projectDir });
    await provider.startSession({ threadId: "bench", runtimeMode: "full-access" });
    return stop();
  };
}

/** The same, after the provider was asked for its models in that folder: the process that answered is waiting there. */
export function startingAfterDiscovery({ binaryPath, agentDir, projectDir }: StartingPlace): Contender {
  return async () => {
    await using provider = createPiProvider({ binaryPath, agentDir, cwd: projectDir });
    await provider.listModels({ cwd: projectDir });
    const stop = startStopwatch();
    await provider.startSession({ threadId: "bench", runtimeMode: "full-access" });
    return stop();
  };
}

/** The least that a start can cost: the same program, arguments and environment, and its first answer. */
export function startingBare({ binaryPath, agentDir, projectDir }: StartingPlace): Contender {
  const { args, environment } = piDialect.launch({ mode: "session", version: { major: 0, minor: 87, patch: 1 }, agentDir });
  const env = new SafeListEnvironment().build({ dialect: piDialect.environment, set: environment });
  return async () => {
    const stop = startStopwatch();
    const pi = spawn(binaryPath, args, { cwd: projectDir, env, stdio: ["pipe", "pipe", "ignore"] });
    pi.stdin.write('{"id":"1","type":"get_state"}\n');
    let output = "";
    for await (const chunk of pi.stdout) {
      output += String(chunk);
      if (output.includes('"command":"get_state"')) break;
    }
    const sample = stop();
    pi.stdin.end();
    if (pi.exitCode === null && pi.signalCode === null) await once(pi, "exit");
    return sample;
  };
}
