import { join } from "node:path";
import * as v from "valibot";
import type { AgentCommand, AgentCommandType, AgentDialogAnswer, AgentEvent, AgentReplies, AgentReply } from "../../ports/agent-messages.js";
import type { AgentDialect, FailureDiagnosis, FailureEvidence } from "../../ports/agent-dialect.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { echoAnswers, EchoConsent, EchoEvent, EchoRefusal } from "./echo/wire.js";

/** How one speaks to the echo agent; its vocabulary is told in `echo/wire.ts`. */
export const echoDialect: AgentDialect = {
  provider: "echo",
  displayName: "Echo",
  binaryName: "echo-agent",
  packageNames: [],
  environment: {
    inherited: [],
    fixed: {},
    dropped: [],
    agentDirVariable: "ECHO_HOME",
    defaultAgentDir: [".echo"],
  },
  versions: {
    floor: { major: 1, minor: 0, patch: 0 },
    tooOldAdvice: "No older echo agent was ever released.",
    installAdvice: "The echo agent comes with this package.",
    probeArgs: ["--version"],
  },
  launch: ({ agentDir, model, thinkingLevel }) => ({
    args: [...(model === undefined ? [] : [`--model=${model.provider}/${model.id}`]), ...(thinkingLevel === undefined ? [] : [`--level=${thinkingLevel}`])],
    environment: agentDir === undefined ? {} : { ECHO_HOME: agentDir },
  }),
  framing: {
    maxRecordBytes: 1024 * 1024,
    parse: (line) => JSON.parse(Buffer.from(line).toString()) as unknown,
    correlate: (record) => {
      if (typeof record.re === "string") return { type: "reply", id: record.re };
      return record.ok === false ? { type: "anonymous-refusal", command: undefined } : { type: "event" };
    },
    address: (record, id) => ({ ...record, ref: id }),
    commandOf: (record) => String(record.do),
  },
  encodeCommand: (command) => encode(command),
  encodeDialogAnswer: (dialogId, answer) => ({ do: "answer", ask: dialogId, ...wordsOf(answer) }),
  decodeReply,
  decodeEvent: (record) => {
    const event = v.safeParse(EchoEvent, record);
    if (event.success) return event.output;
    if (typeof record.re !== "string") return { type: "unrecognised", recordType: typeof record.now === "string" ? record.now : "" };
    const refusal = v.safeParse(EchoRefusal, record);
    return { type: "stray-reply", requestId: record.re, ...(refusal.success && { refusal: refusal.output.because }) };
  },
  settlement: {
    reads: (event) => {
      if (event.type === "run-ended") return "end";
      return partsOfRuns.has(event.type) ? "activity" : "nothing";
    },
    isIdle: ({ streaming, queued }) => !streaming && queued === 0,
  },
  // Echo keeps no files, so there is nothing to resume.
  sessionFiles: { folder: () => "", setting: () => undefined, readHeader: () => undefined },
  configuration: {
    files: ({ agentDir, environment }) => [join(agentDir ?? environment["ECHO_HOME"] ?? join(environment["HOME"] ?? "/", ".echo"), "settings.json")],
  },
  modelSwitch: () => "command",
  diagnose,
};

/** The agent says these only while a run is under way, so an end follows. */
const partsOfRuns: ReadonlySet<AgentEvent["type"]> = new Set([
  "run-started",
  "message-started",
  "text-delta",
  "reasoning-delta",
  "message-ended",
  "tool-started",
  "tool-ended",
]);

function encode(command: AgentCommand): RpcRecord | undefined {
  switch (command.type) {
    case "get-state":
      return { do: "look" };
    case "list-models":
      return { do: "models" };
    case "list-thinking-levels":
      return { do: "levels" };
    case "list-commands":
      return { do: "tricks" };
    case "set-model":
      return { do: "use", model: `${command.model.provider}/${command.model.id}` };
    case "set-thinking-level":
      return { do: "dial", level: command.level };
    case "prompt":
      return { do: "say", text: command.text, pictures: command.images };
    case "steer":
      return { do: "nudge", text: command.text, pictures: command.images };
    case "abort":
      return { do: "hush" };
    case "clear-queue":
      return { do: "forget" };
    case "compact":
      return undefined;
    case "get-stats":
      return { do: "cost" };
    case "list-fork-points":
      return { do: "marks" };
    case "fork":
      return { do: "rewind", at: command.entryId };
    case "get-history":
      return { do: "story" };
    case "name-session":
      return undefined;
  }
}

function decodeReply<T extends AgentCommandType>(type: T, record: RpcRecord): AgentReply<T> {
  const refusal = v.safeParse(EchoRefusal, record);
  if (refusal.success) return { type: "refused", message: refusal.output.because, reason: refusal.output.why };
  const schema: v.GenericSchema<unknown, AgentReplies[T]> = echoAnswers[type];
  const value = v.safeParse(schema, record);
  return v.is(EchoConsent, record) && value.success ? { type: "ok", value: value.output } : { type: "malformed" };
}

function wordsOf(answer: AgentDialogAnswer): RpcRecord {
  if (answer.type === "value") return { chosen: answer.value };
  return answer.type === "confirmed" ? { yes: answer.confirmed } : {};
}

function diagnose({ phase, exitCode, signal }: FailureEvidence): FailureDiagnosis {
  if (exitCode === 2) return { code: "unknown-flag", detail: "The echo agent does not know one of its flags." };
  if (exitCode === 3) return { code: "model-unknown", detail: "The echo agent does not know the model it was started with." };
  if (exitCode === 0 || (exitCode === null && signal === null)) return { code: "unexplained", detail: `The echo agent ended during its ${phase}.` };
  return { code: "crashed", detail: "The echo agent crashed." };
}
