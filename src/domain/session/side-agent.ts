import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommand, AgentCommandType, AgentReplies } from "../../ports/agent-messages.js";
import { ProviderError, type ProviderErrorCode } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { RpcClose, RpcOutcome, RpcTransport } from "../../ports/rpc-transport.js";
import { callAborted } from "../call-errors.js";
import type { LaunchedAgent } from "./agent-launcher.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly ids: IdGenerator;
  readonly agent: LaunchedAgent;
  /** For whom it is asked; its refusals are told as this call's. */
  readonly operation: string;
  readonly threadId: string;
  readonly refusal: ProviderErrorCode;
}

/** A process of the agent beside a session's own: asked a few things, one after another, and ended. Owns the connection, not the process. */
export class SideAgent {
  readonly transport: RpcTransport;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    const { dialect, agent } = deps;
    this.transport = agent.connect({
      onRecord: (record) => {
        const event = dialect.decodeEvent(record, agent.version);
        // Nobody is there to answer it.
        if (event.type === "dialog-opened") this.transport.post(dialect.encodeDialogAnswer(event.dialogId, { type: "cancelled" }));
      },
      onDropped: () => undefined,
      onClose: () => undefined,
    });
  }

  /** Rejects with a `ProviderError`. */
  async ask<T extends AgentCommandType>(command: Extract<AgentCommand, { type: T }> & { readonly type: T }, deadlineMs: number): Promise<AgentReplies[T]> {
    const { dialect, ids, agent, operation, threadId, refusal } = this.#deps;
    const record = dialect.encodeCommand(command, agent.version);
    if (record === undefined) throw new ProviderError({ kind: "unsupported", code: "not-supported", operation, threadId, detail: `This version of ${dialect.displayName} cannot do it.` });
    const { promise, resolve } = Promise.withResolvers<RpcOutcome>();
    this.transport.send({ id: ids.uuid(), record, deadlineMs, settle: resolve });
    const outcome = await promise;
    if (outcome.type === "closed") throw outcome.close.cause === "detached" ? callAborted({ operation, threadId }) : this.#ended(outcome.close);
    if (outcome.type === "deadline") {
      const detail = `${dialect.displayName} did not answer within ${Math.max(1, Math.round(outcome.afterMs / 1000))} s.`;
      throw new ProviderError({ kind: "request", code: "request-timeout", operation, threadId, detail });
    }
    const reply = dialect.decodeReply<T>(command.type, outcome.record, agent.version);
    if (reply.type === "ok") return reply.value;
    const why = reply.type === "refused" ? reply.message : "its answer cannot be read";
    throw new ProviderError({ kind: "request", code: refusal, operation, threadId, detail: `${dialect.displayName} refused: ${why}` });
  }

  #ended({ exit }: RpcClose): ProviderError {
    const { dialect, agent, operation, threadId } = this.#deps;
    const { detail } = dialect.diagnose({ phase: "start", exitCode: exit?.code ?? null, signal: exit?.signal ?? null, errorTail: agent.process.errorTail() });
    return new ProviderError({ kind: "process", code: "agent-exited", operation, threadId, detail });
  }
}
