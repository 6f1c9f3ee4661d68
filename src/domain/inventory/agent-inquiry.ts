import type { AgentDialect, FailureDiagnosis } from "../../ports/agent-dialect.js";
import type { AgentCommandType, AgentReplies } from "../../ports/agent-messages.js";
import { ProviderError, type ProviderErrorCode } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { RpcClose, RpcListener, RpcOutcome, RpcRecord, RpcTransport } from "../../ports/rpc-transport.js";
import { checkLaunchArguments } from "../launch/launch-arguments.js";
import type { LaunchedAgent } from "../session/agent-launcher.js";
import { callAborted } from "../call-errors.js";
import { RecordRelay } from "../session/record-relay.js";

export type Question = Extract<AgentCommandType, "get-state" | "list-models" | "list-commands" | "list-thinking-levels">;

interface Deps {
  readonly dialect: AgentDialect;
  readonly ids: IdGenerator;
  readonly agent: LaunchedAgent;
  /** For the first answer, which includes the agent's start. */
  readonly readyMs: number;
  /** For each of the others. */
  readonly requestMs: number;
  /** The process is no longer as it was started: it has ended, works without being asked, or has asked a question itself. */
  readonly onChange: (transport: RpcTransport, why: "ended" | "busy") => void;
}

/** One process of the agent that is asked what it is, and told nothing. Owns the connection, not the process. */
export class AgentInquiry {
  readonly relay = new RecordRelay(silentListener);
  readonly transport: RpcTransport;
  readonly #deps: Deps;
  #failedExtensions = 0;
  #changed = false;
  #gatedSession: string | undefined;
  #diagnosis: FailureDiagnosis["code"] | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.transport = deps.agent.connect(this.relay);
    this.relay.handTo(this.#listener());
  }

  /** How many of the agent's extensions said that they failed so far. */
  get failedExtensions(): number {
    return this.#failedExtensions;
  }

  /** Whether the process is still as it was started, but for what it was asked here. */
  get isUntouched(): boolean {
    return !this.#changed;
  }

  /** The agent's session in which its gate is in place, if it is. */
  get gatedSession(): string | undefined {
    return this.#gatedSession;
  }

  /** Why the process ended before it had answered, if it did. */
  get diagnosis(): FailureDiagnosis["code"] | undefined {
    return this.#diagnosis;
  }

  /** Rejects with a `ProviderError` that says why there is no answer. */
  async ask<T extends Question>(type: T, deadlineMs = type === "get-state" ? this.#deps.readyMs : this.#deps.requestMs): Promise<AgentReplies[T]> {
    const { dialect, ids, agent } = this.#deps;
    const record = dialect.encodeCommand({ type }, agent.version);
    if (record === undefined) throw failure("not-supported", `${dialect.displayName} has no command for "${type}".`);
    const { promise, resolve } = Promise.withResolvers<RpcOutcome>();
    this.transport.send({ id: ids.uuid(), record, deadlineMs, settle: resolve });
    const outcome = await promise;
    if (outcome.type === "closed") throw outcome.close.cause === "detached" ? callAborted({ operation: "model discovery" }) : this.#ended(outcome.close);
    if (outcome.type === "deadline") {
      throw failure("start-timeout", `${dialect.displayName} was started but did not answer within ${Math.max(1, Math.round(outcome.afterMs / 1000))} s.`);
    }
    const reply = dialect.decodeReply(type, outcome.record, agent.version);
    if (reply.type === "ok") return reply.value;
    throw failure("request-rejected", `${dialect.displayName} did not tell its ${subjects[type]}: ${reply.type === "refused" ? reply.message : "its answer cannot be read"}.`);
  }

  /** A question that not every version knows and that the others do not depend on: a refusal is no failure. */
  async askIfPossible<T extends Question>(type: T): Promise<AgentReplies[T] | undefined> {
    const { dialect, agent } = this.#deps;
    if (dialect.encodeCommand({ type }, agent.version) === undefined) return undefined;
    try {
      return await this.ask(type);
    } catch (error) {
      if (ProviderError.is(error) && error.code === "request-rejected") return undefined;
      throw error;
    }
  }

  #listener(): RpcListener {
    const { dialect, agent, onChange } = this.#deps;
    const { transport } = this;
    const change = (why: "ended" | "busy"): void => {
      this.#changed = true;
      onChange(transport, why);
    };
    return {
      ...silentListener,
      onRecord: (record: RpcRecord) => {
        const event = dialect.decodeEvent(record, agent.version);
        if (event.type === "extension-failed") this.#failedExtensions += 1;
        if (event.type === "gate-announced") this.#gatedSession = event.sessionId;
        if (event.type === "gate-withdrawn") this.#gatedSession = undefined;
        if (event.type === "run-started") change("busy");
        // Nobody is there to answer, and unanswered a question would block the answers that are wanted.
        if (event.type === "approval-asked" && dialect.supervision !== undefined) transport.post(dialect.supervision.encodeVerdict(event.questionId, "cancel"));
        if (event.type === "dialog-opened") transport.post(dialect.encodeDialogAnswer(event.dialogId, { type: "cancelled" }));
        if (event.type === "approval-asked" || event.type === "dialog-opened") change("busy");
      },
      onClose: () => change("ended"),
    };
  }

  #ended(close: RpcClose): ProviderError {
    const { dialect, agent } = this.#deps;
    const { code, detail } = dialect.diagnose({
      phase: "start",
      exitCode: close.exit?.code ?? null,
      signal: close.exit?.signal ?? null,
      errorTail: agent.process.errorTail(),
    });
    this.#diagnosis = code;
    return failure(code === "model-unknown" ? "model-unavailable" : "agent-exited", detail, nextSteps[code]);
  }
}

const subjects: Readonly<Record<Question, string>> = {
  "get-state": "state",
  "list-models": "models",
  "list-commands": "commands",
  "list-thinking-levels": "thinking levels",
};

const silentListener: RpcListener = { onRecord: () => undefined, onDropped: () => undefined, onClose: () => undefined };

/** What to do about an end whose cause is known. */
const nextSteps: Partial<Readonly<Record<FailureDiagnosis["code"], string>>> = { "unknown-flag": checkLaunchArguments };

function failure(code: ProviderErrorCode, detail: string, nextStep = "Run it in a terminal to see what it says."): ProviderError {
  return new ProviderError({ kind: "process", code, operation: "model discovery", detail, nextStep });
}
