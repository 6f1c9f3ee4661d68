import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommand, AgentCommandType, AgentDialogAnswer, AgentReply, AgentVerdict } from "../../ports/agent-messages.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { SpawnedProcess } from "../../ports/process-spawner.js";
import type { RpcClose, RpcOutcome, RpcTransport } from "../../ports/rpc-transport.js";
import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";
import { inSpan } from "../in-span.js";
import type { AgentLauncher, LaunchedAgent } from "./agent-launcher.js";
import type { CommandOutcome, CommandTag, LaunchWish, ReplyInput, SessionInput } from "./session-state.js";
import { promptRequestId } from "./turn-events.js";

export interface AgentLinkDeps {
  readonly dialect: AgentDialect;
  readonly launcher: AgentLauncher;
  readonly ids: IdGenerator;
  readonly telemetry: Telemetry;
  readonly threadId: string;
  readonly cwd: string | undefined;
  readonly binaryPath: string | undefined;
  readonly agentDir: string | undefined;
  /** As the user typed them. */
  readonly launchArguments?: string | undefined;
  /** Holds back the agent's output while the host is slow. */
  readonly ready: () => Promise<void> | undefined;
  /** Takes what happens, in the order in which it does. */
  readonly report: (input: SessionInput) => void;
}

/** A process that is owned, and the connection to it. */
interface Connection {
  readonly process: SpawnedProcess;
  readonly version: AgentVersion;
  /** Whether it ever answered: an end before that is a failed start. */
  answered: boolean;
  transport?: RpcTransport;
}

/**
 * A session's link to its agent: starts the process and owns it from the first moment, speaks the dialect, and ends it. One process at
 * a time; everything it reports carries the epoch of the process it came from.
 */
export class AgentLink {
  readonly #deps: AgentLinkDeps;
  #opening: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
  #connection: Connection | undefined;
  #disposal: Promise<void> = Promise.resolve();

  constructor(deps: AgentLinkDeps) {
    this.#deps = deps;
  }

  /** Resolves when every process that was to be ended is gone. */
  get disposed(): Promise<void> {
    return this.#disposal;
  }

  /** Reports `opened` or `open-failed`. */
  open(epoch: number, wish: LaunchWish): void {
    const abort = new AbortController();
    this.#opening = { abort, done: this.#launch(epoch, wish, abort.signal) };
  }

  /** Reports a `reply`, unless the connection ends first. */
  send(command: AgentCommand, request: { readonly epoch: number; readonly tag: CommandTag; readonly deadlineMs: number }): void {
    const { dialect, ids, telemetry, threadId } = this.#deps;
    const connection = this.#connection;
    const answer = <T extends AgentCommandType>(to: T, outcome: CommandOutcome<T>): void => this.#reply({ to, outcome, ...request });
    if (connection?.transport === undefined) return answer(command.type, { type: "unanswered", detail: `${dialect.displayName} is not running.` });
    const record = dialect.encodeCommand(command, connection.version);
    if (record === undefined) {
      const message = `${dialect.displayName} ${formatAgentVersion(connection.version)} has no such command.`;
      return answer(command.type, { type: "refused", message, reason: "unknown-command" });
    }
    const { tag, deadlineMs } = request;
    const id = command.type === "prompt" && tag.turnId !== undefined ? promptRequestId(tag.turnId) : ids.uuid();
    telemetry.nativeRecord({ threadId, direction: "to-agent", record: dialect.framing.address(record, id) });
    const span = telemetry.span("agent.command", { command: command.type });
    connection.transport.send({
      id,
      record,
      deadlineMs,
      settle: (outcome) => {
        if (outcome.type === "closed") return endWithConnection(span, outcome.close);
        if (outcome.type === "reply") {
          connection.answered = true;
          telemetry.nativeRecord({ threadId, direction: "from-agent", record: outcome.record });
        }
        const read = this.#read(command.type, outcome, connection.version);
        endWithOutcome(span, read);
        answer(command.type, read);
      },
    });
  }

  answerDialog(dialogId: string, answer: AgentDialogAnswer): void {
    const transport = this.#connection?.transport;
    if (transport === undefined) return;
    const { dialect, telemetry, threadId } = this.#deps;
    const record = dialect.encodeDialogAnswer(dialogId, answer);
    telemetry.nativeRecord({ threadId, direction: "to-agent", record });
    transport.post(record);
  }

  answerApproval(questionId: string, verdict: AgentVerdict): void {
    const { dialect, telemetry, threadId } = this.#deps;
    const transport = this.#connection?.transport;
    if (transport === undefined || dialect.supervision === undefined) return;
    const record = dialect.supervision.encodeVerdict(questionId, verdict);
    telemetry.nativeRecord({ threadId, direction: "to-agent", record });
    transport.post(record);
  }

  /** Ends the process, and a launch that is under way; reports `disposed` when it is gone. */
  dispose(end: { readonly epoch: number; readonly graceMs: number }): void {
    const opening = this.#opening;
    opening?.abort.abort();
    this.#disposal = this.#disposeAfter(this.#disposal, { ...end, opening: opening?.done });
  }

  async #launch(epoch: number, wish: LaunchWish, signal: AbortSignal): Promise<void> {
    const { launcher, telemetry, binaryPath, agentDir, launchArguments, cwd, report } = this.#deps;
    try {
      const span = telemetry.span("agent.launch");
      const agent = await inSpan(span, () => launcher.launch({ mode: "session", binaryPath, agentDir, launchArguments, cwd, signal, resume: wish.resume, model: wish.model, thinkingLevel: wish.level, supervised: wish.supervised, span }));
      this.#own(epoch, agent, signal);
    } catch (error) {
      this.#opening = undefined;
      const { kind, code, operation, detail, nextStep, cause } = asError(error);
      report({ type: "open-failed", epoch, error: { kind, code, operation, detail, nextStep, cause, threadId: this.#deps.threadId }, cursorLost: code === "resume-refused" });
    }
  }

  /** The process is owned before anything else can go wrong with it. */
  #own(epoch: number, agent: LaunchedAgent, signal: AbortSignal): void {
    const connection: Connection = { process: agent.process, version: agent.version, answered: false };
    this.#connection = connection;
    this.#opening = undefined;
    if (signal.aborted) return;
    const { dialect, telemetry, threadId, ready, report } = this.#deps;
    connection.transport = agent.connect({
      onRecord: (record) => {
        telemetry.nativeRecord({ threadId, direction: "from-agent", record });
        report({ type: "event", epoch, event: dialect.decodeEvent(record, agent.version) });
      },
      onDropped: ({ reason, bytes }) => {
        telemetry.count("agent.records.dropped", 1, { reason, bytes });
        if (reason === "too-large") report({ type: "record-dropped", epoch, bytes });
      },
      onClose: (close) => report({ type: "lost", epoch, ...this.#verdict(connection, close) }),
      ready,
    });
    const commands = supportedCommands(dialect, agent.version);
    report({ type: "opened", epoch, abilities: { versionText: formatAgentVersion(agent.version), modelSwitch: dialect.modelSwitch(agent.version), commands } });
    if (agent.gatedSession !== undefined) report({ type: "event", epoch, event: { type: "gate-announced", sessionId: agent.gatedSession } });
  }

  #verdict(connection: Connection, close: RpcClose): Pick<Extract<SessionInput, { type: "lost" }>, "detail" | "diagnosis"> {
    const { dialect, telemetry } = this.#deps;
    const exitCode = close.exit?.code ?? null;
    const diagnosis = dialect.diagnose({ phase: connection.answered ? "run" : "start", exitCode, signal: close.exit?.signal ?? null, errorTail: connection.process.errorTail() });
    telemetry.count("agent.exits", 1, { code: exitCode ?? -1, cause: close.cause, diagnosis: diagnosis.code });
    return { detail: diagnosis.detail, diagnosis: diagnosis.code };
  }

  async #disposeAfter(earlier: Promise<void>, end: { readonly epoch: number; readonly graceMs: number; readonly opening: Promise<void> | undefined }): Promise<void> {
    await earlier;
    await end.opening;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) await this.#end(connection, end.graceMs);
    this.#deps.report({ type: "disposed", epoch: end.epoch });
  }

  async #end(connection: Connection, graceMs: number): Promise<void> {
    // Its output runs dry unread from here on: a slow host must not keep the agent from ending in peace.
    connection.transport?.detach();
    const { telemetry } = this.#deps;
    const span = telemetry.span("agent.stop");
    const verdict = await connection.process.stop({ graceMs });
    span.end(verdict.survivors.length === 0 ? "ok" : "error", { forced: verdict.forced });
    if (verdict.forced) telemetry.count("agent.kills", 1, { reason: "forced" });
    if (verdict.descendantsKilled > 0) telemetry.count("agent.kills", verdict.descendantsKilled, { reason: "descendant" });
    if (verdict.survivors.length > 0) telemetry.count("agent.survivors", verdict.survivors.length);
  }

  #read<T extends AgentCommandType>(type: T, outcome: Exclude<RpcOutcome, { type: "closed" }>, version: AgentVersion): CommandOutcome<T> {
    const { dialect } = this.#deps;
    if (outcome.type === "deadline") {
      return { type: "unanswered", detail: `${dialect.displayName} did not answer within ${Math.max(1, Math.round(outcome.afterMs / 1000))} s.` };
    }
    const reply: AgentReply<T> = dialect.decodeReply(type, outcome.record, version);
    return reply.type === "malformed" ? { type: "unanswered", detail: `${dialect.displayName} gave an answer that cannot be read.` } : reply;
  }

  #reply<T extends AgentCommandType>(reply: { readonly epoch: number; readonly to: T; readonly tag: CommandTag; readonly outcome: CommandOutcome<T> }): void {
    const { epoch, to, tag, outcome } = reply;
    // The union has one member a command; the compiler cannot see that a generic one is the member of its own type.
    this.#deps.report({ type: "reply", epoch, to, tag, outcome } as unknown as ReplyInput);
  }
}

function endWithOutcome(span: TelemetrySpan, outcome: CommandOutcome<AgentCommandType>): void {
  if (outcome.type === "ok") span.end("ok");
  else span.end("error", outcome.type === "refused" ? { problem: "refused", reason: outcome.reason } : { problem: "unanswered" });
}

function endWithConnection(span: TelemetrySpan, { cause }: RpcClose): void {
  if (cause === "detached") span.end("cancelled");
  else span.end("error", { problem: "agent-ended" });
}

/** Commands that not every version has. */
const optionalCommands: readonly AgentCommand[] = [
  { type: "list-thinking-levels" },
  { type: "clear-queue" },
  { type: "get-stats" },
  { type: "get-history" },
  { type: "list-fork-points" },
  { type: "list-commands" },
  { type: "compact" },
  { type: "name-session", name: "name" },
];

/** Learnt from what the dialect can encode for this version. */
function supportedCommands(dialect: AgentDialect, version: AgentVersion): ReadonlySet<AgentCommandType> {
  return new Set(optionalCommands.filter((command) => dialect.encodeCommand(command, version) !== undefined).map((command) => command.type));
}

function asError(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  return new ProviderError({ kind: "process", code: "start-failed", operation: "startSession", detail: "The agent could not be started.", cause: error });
}
