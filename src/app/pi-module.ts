import { ContainerModule } from "inversify";
import { piDialect } from "../adapters/pi/pi-dialect.js";
import { ports } from "./identifiers.js";

/** The agent is Pi. Another RPC-mode agent is another dialect bound here. */
export const piModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(ports.agentDialect).toConstantValue(piDialect);
});
