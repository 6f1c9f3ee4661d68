import type { RpcRecord } from "../../../ports/rpc-transport.js";

export interface EchoModel extends RpcRecord {
  readonly name: string;
  readonly levels: readonly string[];
}

/** One without levels, one with levels of its own words. */
export const echoModels: readonly EchoModel[] = [
  { name: "echo/plain", title: "Plain Echo", sees: ["text"], levels: [] },
  { name: "echo/deep", title: "Deep Echo", sees: ["text", "image"], levels: ["brief", "thorough"] },
];

export function modelNamed(name: string): EchoModel | undefined {
  return echoModels.find((model) => model.name === name);
}

/** A level that the model lacks is replaced by its first one. */
export function levelOf(model: EchoModel, level: string | undefined): string | undefined {
  return model.levels.find((offered) => offered === level) ?? model.levels[0];
}
