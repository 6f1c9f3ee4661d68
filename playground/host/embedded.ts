import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ContainerModule } from "inversify";
import { createPiProvider, createProviderContainer, ports, services } from "../../src/app/index.js";
import { echoDialect, InstalledAgent, ScriptedModelEndpoint } from "../../src/app/testing.js";
import { developmentPi, earlierPi, programOf } from "./development-agents.js";
import type { InstanceDefinition } from "./instance-definition.js";
import { Sandbox } from "./sandbox.js";
import { ScriptedModel } from "./scenarios/scripted-model.js";
import type { Setup } from "./setup.js";

export interface EmbeddedOptions {
  readonly stateFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Between two pieces of what the scripted model says, in milliseconds. */
  readonly paceMs: number;
}

const unset = { binaryPath: "", launchArguments: "" };
const sources = fileURLToPath(new URL("../../test/fixtures/typescript-sources.mjs", import.meta.url));
const programs = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/** Real agents with a scripted model: no network, no key, no login, nothing of the user's. */
export async function openEmbedded({ stateFolder, environment, paceMs }: EmbeddedOptions): Promise<Setup> {
  await using opened = new AsyncDisposableStack();
  const model = new ScriptedModel({ paceMs });
  const endpoint = opened.use(await ScriptedModelEndpoint.start({ respond: model.respond }));
  const sandbox = await Sandbox.open({ folder: join(stateFolder, "sandbox"), baseUrl: endpoint.baseUrl, environment, programs: [dirname(process.execPath), programs] });
  const echo = opened.use(await InstalledAgent.echoAgent({ nodeArguments: ["--import", sources] }));

  const pi = async (pi: { readonly instanceId: string; readonly displayName: string; readonly packageName: string; readonly binaryPath?: string }): Promise<InstanceDefinition> => {
    const { instanceId, displayName, packageName, binaryPath = "" } = pi;
    const program = await programOf({ packageName, program: "pi" });
    const agentDir = await sandbox.agentDir(instanceId);
    return {
      instanceId,
      settings: { ...unset, binaryPath },
      cwd: sandbox.projectDir,
      isPlaything: true,
      create: ({ settings, watch }) =>
        createPiProvider({
          instanceId,
          displayName,
          agentDir,
          cwd: sandbox.projectDir,
          customModelsFile: join(stateFolder, "custom-models", `${instanceId}.json`),
          launchArguments: settings.launchArguments,
          // Where a person names none, it is the Pi that came with this repository, not one of the machine's.
          binaryPath: settings.binaryPath.trim() === "" ? program : settings.binaryPath,
          modules: [sandbox.module, watch],
        }),
    };
  };

  const echoInstance: InstanceDefinition = {
    instanceId: "echo",
    settings: unset,
    cwd: sandbox.projectDir,
    isPlaything: true,
    create: ({ settings, watch }) =>
      createProviderContainer({
        instanceId: "echo",
        displayName: "Echo (another agent)",
        cwd: sandbox.projectDir,
        launchArguments: settings.launchArguments,
        binaryPath: settings.binaryPath.trim() === "" ? echo.path : settings.binaryPath,
        modules: [new ContainerModule(({ rebind }) => void rebind(ports.agentDialect).toConstantValue(echoDialect)), sandbox.module, watch],
      }).get(services.provider),
  };

  const definitions = [
    await pi({ instanceId: "pi", displayName: "Pi", packageName: developmentPi }),
    await pi({ instanceId: "pi-earlier", displayName: "Pi 0.80", packageName: earlierPi }),
    echoInstance,
    await pi({ instanceId: "pi-missing", displayName: "Pi (not installed)", packageName: developmentPi, binaryPath: "/opt/pi/bin/pi" }),
  ];
  const parts = opened.move();
  return { definitions, model, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
