/**
 * Heron's dialect, as somebody writes it who knows this library by its documentation only: of the library it imports nothing but
 * `t3-pi-provider/ports`, which is `src/ports/index.ts` here.
 */
import { join } from "node:path";
import type { AgentCommand, AgentDialect, AgentRefusalReason, RpcRecord } from "../../../src/ports/index.js";
import { heronGives, heronSigns, isRecord, misread, recordIn, textIn } from "./heron-words.js";

export const heronDialect: AgentDialect = {
  provider: "heron",
  displayName: "Heron",
  binaryName: "heron",
  packageNames: ["heron"],
  environment: {
    inherited: ["HERON_KEY"],
    fixed: {},
    dropped: [],
    agentDirVariable: "HERON_HOME",
    defaultAgentDir: [".heron"],
  },
  versions: {
    floor: { major: 2, minor: 0, patch: 0 },
    tooOldAdvice: "Install Heron 2 or newer.",
    installAdvice: "Install Heron from its own site.",
    probeArgs: ["--version"],
  },
  launch: ({ mode, agentDir, sessionFile, model, thinkingLevel }) => ({
    args: [
      // For a one-shot, too: Heron has nothing else that it would have to leave out.
      ...(mode === "session" ? [] : ["--forgetful"]),
      ...(sessionFile === undefined ? [] : [`--talk=${sessionFile}`]),
      ...(model === undefined ? [] : [`--model=${model.provider}/${model.id}`]),
      ...(thinkingLevel === undefined ? [] : [`--depth=${thinkingLevel}`]),
    ],
    environment: agentDir === undefined ? {} : { HERON_HOME: agentDir },
  }),
  framing: {
    maxRecordBytes: 1024 * 1024,
    parse: (line) => JSON.parse(new TextDecoder().decode(line)) as unknown,
    correlate: ({ answer }) => {
      if (!isRecord(answer)) return { type: "event" };
      return typeof answer.id === "string" ? { type: "reply", id: answer.id } : { type: "anonymous-refusal", command: undefined };
    },
    address: (record, id) => ({ call: { id, ...(isRecord(record.call) ? record.call : {}) } }),
    commandOf: ({ call }) => (isRecord(call) ? String(call.verb) : ""),
  },
  encodeCommand: (command) => encode(command),
  encodeDialogAnswer: (riddle, answer) => ({ choice: { riddle, ...(answer.type === "value" ? { is: answer.value } : {}) } }),
  decodeReply: (type, record) => {
    const { answer } = record;
    if (!isRecord(answer)) return { type: "malformed" };
    return misread(
      () => {
        if (answer.refuses !== undefined) {
          const { why, words } = { why: textIn(recordIn(answer, "refuses"), "why"), words: textIn(recordIn(answer, "refuses"), "words") };
          return { type: "refused", message: words, reason: refusalReasons[why] ?? "other" };
        }
        const read = heronGives[type];
        return read === undefined ? { type: "malformed" } : { type: "ok", value: read(recordIn(answer, "gives")) };
      },
      { type: "malformed" },
    );
  },
  decodeEvent: (record) => {
    if (isRecord(record.answer)) return { type: "stray-reply", ...(typeof record.answer.id === "string" ? { requestId: record.answer.id } : {}) };
    const { sign } = record;
    const kind = isRecord(sign) ? String(sign.kind) : "";
    const unrecognised = { type: "unrecognised", recordType: kind } as const;
    const read = Object.hasOwn(heronSigns, kind) ? heronSigns[kind] : undefined;
    return read === undefined || !isRecord(sign) ? unrecognised : misread(() => read(sign), unrecognised);
  },
  settlement: {
    reads: (event) => {
      if (event.type === "run-ended") return event.willRetry ? "nothing" : "end";
      return partsOfRuns.has(event.type) ? "activity" : "nothing";
    },
    isIdle: ({ streaming, queued }) => !streaming && queued === 0,
  },
  sessionFiles: {
    folder: (place) => join(homeOf(place), "talks"),
    setting: () => undefined,
    readHeader: (line) => {
      const [, sessionId, cwd] = /^heron-talk (\S+) (.+)$/.exec(line) ?? [];
      return sessionId === undefined || cwd === undefined ? undefined : { sessionId, cwd };
    },
  },
  configuration: { files: (place) => [join(homeOf(place), "library.json")] },
  modelSwitch: () => "command",
  diagnose: ({ exitCode, phase }) => {
    if (exitCode === 4) return { code: "model-unknown", detail: "Heron does not know the model it was started with." };
    if (exitCode === 5) return { code: "session-invalid", detail: "Heron does not find the talk it was to go on with." };
    if (exitCode === 0) return { code: "unexplained", detail: `Heron ended during its ${phase}.` };
    return { code: "crashed", detail: "Heron crashed." };
  },
};

/** Heron gives these signs only while it is awake, so a terminal rest follows. */
const partsOfRuns: ReadonlySet<string> = new Set([
  "run-started",
  "message-started",
  "text-delta",
  "reasoning-delta",
  "message-ended",
  "tool-started",
  "tool-ended",
  "retry-started",
]);

const refusalReasons: Readonly<Record<string, AgentRefusalReason>> = { "unknown-verb": "unknown-command", "unknown-model": "unknown-model", busy: "busy" };

function encode(command: AgentCommand): RpcRecord | undefined {
  switch (command.type) {
    case "get-state":
      return call("whereabouts");
    case "list-models":
      return call("library");
    case "list-commands":
      return call("habits");
    case "set-model":
      return call("choose", { maker: command.model.provider, model: command.model.id });
    case "set-thinking-level":
      return call("deepen", { depth: command.level });
    case "prompt":
      return call("talk", { words: command.text });
    case "steer":
      return call("murmur", { words: command.text });
    case "abort":
      return call("hush");
    case "clear-queue":
      return call("forget");
    case "list-fork-points":
    case "get-history":
      return call("recite");
    case "fork":
      return call("return", { nr: Number(command.entryId) });
    // Heron's list of models has their depths already, and it neither counts nor summarises nor names.
    case "list-thinking-levels":
    case "get-stats":
    case "compact":
    case "name-session":
      return undefined;
  }
}

function call(verb: string, details: RpcRecord = {}): RpcRecord {
  return { call: { verb, with: details } };
}

function homeOf({ agentDir, environment }: { readonly agentDir: string | undefined; readonly environment: Readonly<Record<string, string>> }): string {
  return agentDir ?? environment["HERON_HOME"] ?? join(environment["HOME"] ?? "/", ".heron");
}
