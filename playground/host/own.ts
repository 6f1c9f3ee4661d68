import { join } from "node:path";
import { createPiProvider } from "../../src/app/index.js";
import type { Setup } from "./setup.js";

export interface OwnOptions {
  readonly stateFolder: string;
  /** The project: what the agent does there, it does in earnest. */
  readonly cwd: string;
}

/** The user's own Pi, with their login, models and extensions, in a project of theirs. */
export function openOwn({ stateFolder, cwd }: OwnOptions): Setup {
  return {
    definitions: [
      {
        instanceId: "pi",
        settings: { binaryPath: "", launchArguments: "" },
        cwd,
        isPlaything: false,
        create: ({ settings: { binaryPath, launchArguments }, watch }) =>
          createPiProvider({
            instanceId: "pi",
            cwd,
            customModelsFile: join(stateFolder, "custom-models", "pi.json"),
            launchArguments,
            ...(binaryPath.trim() === "" ? {} : { binaryPath }),
            modules: [watch],
          }),
      },
    ],
    model: undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
