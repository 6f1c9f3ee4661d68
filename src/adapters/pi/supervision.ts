import type { DialectSupervision } from "../../ports/agent-dialect.js";
import { encodeDialogAnswer } from "./encode-commands.js";
import { gateSource } from "./gate-source.js";
import { gateAccept, gateDecline } from "./gate-words.js";

/** Pi asks nobody by itself; an extension of ours, the gate, has it ask. It works with every Pi that is driven. */
export const piSupervision: DialectSupervision = {
  // CommonJS by its name: whatever lies in the folders above it has no say in how it is read.
  companion: { name: "gate.cjs", text: gateSource },
  encodeVerdict: (questionId, verdict) =>
    encodeDialogAnswer(questionId, verdict === "cancel" ? { type: "cancelled" } : { type: "value", value: verdict === "accept" ? gateAccept : gateDecline }),
};
