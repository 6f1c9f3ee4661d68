import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommand, AgentModelList, AgentReplies, AgentState } from "../../ports/agent-messages.js";
import type { AgentVersion } from "../../ports/agent-version.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { RpcClose, RpcConnector, RpcOutcome, RpcTransport } from "../../ports/rpc-transport.js";
import type { AgentLauncher, Launch, LaunchedAgent } from "../session/agent-launcher.js";

/** What a short-lived process of the agent says of itself. */
export interface Discovery {
  readonly version: AgentVersion;
  readonly state: AgentState;
  readonly models: AgentModelList;
}

type Question = "get-state" | "list-models";

interface Connection {
  readonly transport: RpcTransport;
  readonly ask: <T extends Question>(type: T) => Promise<AgentReplies[T]>;
}

interface Deps {
  readonly dialect: AgentDialect;
  readonly launcher: AgentLauncher;
  readonly connector: RpcConnector;
  readonly ids: IdGenerator;
  /** For each answer; the first one includes the agent's start. */
  readonly answerMs: number;
  /** A folder that is no project, so that no project's extensions run. */
  readonly neutralFolder: string | undefined;
}

/** Asks the agent itself, in one ephemeral process that is gone afterwards whatever happens. */
export class AgentDiscovery {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with a `ProviderError` that says why; never answers with an empty list for a failure. */
  async run(options: Pick<Launch, "binaryPath" | "agentDir" | "signal">): Promise<Discovery> {
    const { launcher, neutralFolder } = this.#deps;
    const agent = await launcher.launch({ ...options, mode: "discovery", cwd: neutralFolder });
    const connection = this.#connect(agent);
    // Called off, it settles what is being waited for; the process ends below as it always does.
    const callOff = (): void => connection.transport.detach();
    options.signal?.addEventListener("abort", callOff, { once: true });
    if (options.signal?.aborted === true) callOff();
    try {
      const state = await connection.ask("get-state");
      const models = await connection.ask("list-models");
      return { version: agent.version, state, models };
    } finally {
      options.signal?.removeEventListener("abort", callOff);
      connection.transport.detach();
      await agent.process.stop({ graceMs: 1_000 });
    }
  }

  #connect(agent: LaunchedAgent): Connection {
    const { connector, dialect } = this.#deps;
    const transport = connector.connect({
      process: agent.process,
      framing: dialect.framing,
      listener: {
        // A question during discovery has nobody to answer it, and would block the answers that are wanted.
        onRecord: (record) => {
          const event = dialect.decodeEvent(record, agent.version);
          if (event.type === "dialog-opened") transport.post(dialect.encodeDialogAnswer(event.dialogId, { type: "cancelled" }));
        },
        onDropped: () => undefined,
        onClose: () => undefined,
      },
    });
    return { transport, ask: (type) => this.#ask(agent, transport, type) };
  }

  async #ask<T extends Question>(agent: LaunchedAgent, transport: RpcTransport, type: T): Promise<AgentReplies[T]> {
    const { dialect, ids, answerMs } = this.#deps;
    const command: AgentCommand = type === "get-state" ? { type: "get-state" } : { type: "list-models" };
    const record = dialect.encodeCommand(command, agent.version);
    if (record === undefined) throw this.#failure("not-supported", `${dialect.displayName} has no command for "${type}".`);
    const { promise, resolve } = Promise.withResolvers<RpcOutcome>();
    transport.send({ id: ids.uuid(), record, deadlineMs: answerMs, settle: resolve });
    const outcome = await promise;
    if (outcome.type === "closed") throw outcome.close.cause === "detached" ? calledOff() : this.#ended(agent, outcome.close);
    if (outcome.type === "deadline") {
      throw this.#failure("start-timeout", `${dialect.displayName} was started but did not answer within ${Math.max(1, Math.round(answerMs / 1000))} s.`);
    }
    const reply = dialect.decodeReply(type, outcome.record, agent.version);
    if (reply.type === "ok") return reply.value;
    throw this.#failure("request-rejected", `${dialect.displayName} did not tell its ${type === "list-models" ? "models" : "state"}: ${reply.type === "refused" ? reply.message : "its answer cannot be read"}.`);
  }

  #ended(agent: LaunchedAgent, close: RpcClose): ProviderError {
    const diagnosis = this.#deps.dialect.diagnose({
      phase: "start",
      exitCode: close.exit?.code ?? null,
      signal: close.exit?.signal ?? null,
      errorTail: agent.process.errorTail(),
    });
    return this.#failure("agent-exited", diagnosis.detail);
  }

  #failure(code: "start-timeout" | "request-rejected" | "agent-exited" | "not-supported", detail: string): ProviderError {
    return new ProviderError({ kind: "process", code, operation: "model discovery", detail, nextStep: "Run it in a terminal to see what it says." });
  }
}

function calledOff(): ProviderError {
  return new ProviderError({ kind: "session-closed", code: "aborted", operation: "model discovery", detail: "The discovery was called off." });
}
