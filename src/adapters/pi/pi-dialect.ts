import type { AgentDialect } from "../../ports/agent-dialect.js";
import { piConfiguration } from "./configuration.js";
import { decodeEvent } from "./decode-events.js";
import { decodeReply } from "./decode-replies.js";
import { diagnose } from "./diagnose.js";
import { encodeCommand, encodeDialogAnswer } from "./encode-commands.js";
import { piEnvironment } from "./environment.js";
import { piFraming } from "./framing.js";
import { launch } from "./launch.js";
import { refuseArguments } from "./launch-arguments.js";
import { piSessionFiles } from "./session-files.js";
import { piSettlement } from "./settlement.js";
import { piSupervision } from "./supervision.js";
import { modelSwitch, packageNames, piVersions } from "./versions.js";

/** The Pi coding agent in RPC mode (`pi --mode rpc`), 0.80.6 and newer. */
export const piDialect: AgentDialect = {
  provider: "pi",
  displayName: "Pi",
  binaryName: "pi",
  packageNames,
  environment: piEnvironment,
  versions: piVersions,
  launch,
  refuseArguments,
  framing: piFraming,
  encodeCommand,
  encodeDialogAnswer,
  decodeReply,
  decodeEvent,
  settlement: piSettlement,
  sessionFiles: piSessionFiles,
  canFork: true,
  configuration: piConfiguration,
  modelSwitch,
  supervision: piSupervision,
  diagnose,
};
