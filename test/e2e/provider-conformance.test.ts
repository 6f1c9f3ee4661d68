import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ContainerModule } from "inversify";
import { afterAll, describe, expect, it } from "vitest";
import { AgentSandbox } from "../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import { ScriptedModelEndpoint } from "../../src/adapters/fake/scripted-model-endpoint.js";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { SilentTelemetry } from "../../src/adapters/node/silent-telemetry.js";
import { conformanceSettings } from "../../src/app/conformance/conformance-settings.js";
import type { ConformanceStage, ConformanceSubject } from "../../src/app/conformance/conformance-subject.js";
import { describeProviderConformance } from "../../src/app/conformance/describe-provider-conformance.js";
import type { TestRunner } from "../../src/app/conformance/test-runner.js";
import { createPiProvider, ports } from "../../src/app/index.js";
import type { Telemetry } from "../../src/ports/telemetry.js";
import { realPis } from "../child-agent.js";
import { expectNoLeftoverProcesses, markedProcesses } from "../process-census.js";
import { theAgentPid } from "./agent-pids.js";

const notHere = { lacks: "is shown to do this elsewhere" } as const;

const subject: ConformanceSubject = {
  name: "Pi 0.87.1",
  acts: {
    answers: { prompt: "Hello?", texts: ["Hello!"] },
    waitsForSteering: { prompt: "Work.", steer: "Faster!", texts: ["Working.", "Done."] },
    crashes: { prompt: "Crash.", texts: [] },
    goesOn: notHere,
    thinks: notHere,
    usesTool: notHere,
    fails: notHere,
    asks: notHere,
    plans: notHere,
    worksInStages: notHere,
    handlesItself: notHere,
    retries: notHere,
    ignoresAbort: notHere,
    generates: notHere,
  },
  open: openPi,
};

/** Each test costs a start of Pi or two: these go where no agent in memory can, the rest is said of Pi elsewhere in this folder. */
const chosen = new Set([
  "takes a message into itself",
  "that crashes is recovered with its cursor, and its conversation goes on",
  "takes effect as it was listed",
  "serves rollback",
]);

const vitest: TestRunner = { describe, it };

describe("Pi 0.87.1 as a provider", () => {
  describeProviderConformance({
    subject,
    runner: {
      describe: (_name, body) => body(),
      it: (name, body) => chosen.delete(name) && vitest.it(name, body),
    },
  });
});

it("has been tried with every test that was chosen", () => {
  expect([...chosen]).toEqual([]);
});

afterAll(() => expectNoLeftoverProcesses());

/** Pi in a sandbox, with a model that goes by what it is told. */
async function openPi(): Promise<ConformanceStage> {
  const steered = Promise.withResolvers<void>();
  const never = new Promise<void>(() => undefined);
  const answers: Readonly<Record<string, () => ModelAnswer>> = {
    "Hello?": () => [{ text: "Hello!" }],
    "Work.": () => [{ text: "Working." }, { waitFor: steered.promise }],
    "Faster!": () => [{ text: "Done." }],
    "Crash.": () => [{ text: "Oh" }, { waitFor: theAgentPid().then((pid) => process.kill(pid, "SIGKILL")) }, { waitFor: never }],
  };
  const endpoint = await ScriptedModelEndpoint.start({ respond: ({ lastUserText }) => answers[lastUserText]?.() ?? [{ text: "What?" }] });
  const sandbox = await AgentSandbox.create({ endpoint });
  const home = await mkdtemp(join(await realpath(tmpdir()), "pi-home-"));
  // Pi's script asks for "node": the one that runs the tests.
  const host = { ...sandbox.environment, PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter), HOME: home, TMPDIR: home };
  const machine = new ContainerModule(({ rebind }) => {
    rebind(ports.childEnvironment).toConstantValue(new SafeListEnvironment({ host }));
    rebind(ports.telemetry).toConstantValue(steeringSign(steered.resolve));
  });
  return {
    provider: createPiProvider({ binaryPath: realPis["0.87.1"], agentDir: sandbox.agentDir, cwd: sandbox.projectDir, session: { ...conformanceSettings, probeMs: 20, abortMs: 30_000 }, modules: [machine] }),
    nowhere: join(home, "nowhere"),
    processes: () => markedProcesses().length,
    [Symbol.asyncDispose]: async () => {
      await endpoint[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Sees that Pi has queued a message: only then may its model be done, or there is nothing left to steer. */
function steeringSign(onSteered: () => void): Telemetry {
  const silent = new SilentTelemetry();
  return {
    span: () => silent.span(),
    count: () => silent.count(),
    nativeRecord: ({ record }) => {
      if (record["type"] === "queue_update" && Array.isArray(record["steering"]) && record["steering"].length > 0) onSteered();
    },
  };
}
