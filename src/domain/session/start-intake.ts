import type { AgentDialect } from "../../ports/agent-dialect.js";
import { ProviderError } from "../../ports/errors.js";
import type { ProviderCapabilities, ProviderSessionStartInput } from "../../ports/provider.js";
import { asProviderError } from "../call-errors.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import { ownArgumentsOr, requireLaunchArguments } from "../launch/launch-arguments.js";
import type { EventOutbox } from "../turn/event-outbox.js";
import type { ModelWishes } from "./model-wishes.js";
import type { Session } from "./session.js";
import { readStart, type ReadStart } from "./session-requests.js";
import type { StartRequest } from "./session-state.js";
import { startFailureEvents } from "./start-phase.js";
import { errorText } from "./step.js";
import { isThreadId } from "./thread-errors.js";
import type { Place } from "./thread-places.js";

export interface StartIntakeDeps {
  readonly dialect: AgentDialect;
  readonly outbox: EventOutbox;
  readonly wishes: ModelWishes;
  readonly capabilities: ProviderCapabilities;
  /** This configuration of the agent: what a model selection must be for. */
  readonly instanceId: string;
  /** Where a session works whose host names no folder. */
  readonly defaultCwd: string | undefined;
  readonly defaultBinaryPath: string | undefined;
  readonly defaultAgentDir: string | undefined;
  readonly defaultLaunchArguments?: string | undefined;
}

/**
 * From what a host asks for at a start to what a session can be given: read, the host's own defaults filled in, its wishes known by name.
 * What is refused here is told as an event as well, and leaves a live session alone: nothing was touched yet.
 */
export class StartIntake {
  readonly #deps: StartIntakeDeps;

  constructor(deps: StartIntakeDeps) {
    this.#deps = deps;
  }

  /** With a key that two starts share when they ask for the same. Throws a `ProviderError`; `session` is the thread's, should it have one. */
  read(input: ProviderSessionStartInput, session: Session | undefined): { readonly read: ReadStart; readonly key: string } {
    const { dialect, instanceId, capabilities } = this.#deps;
    try {
      const read = readStart(input, { kind: dialect.provider, instanceId, displayName: dialect.displayName, capabilities });
      requireLaunchArguments(dialect, this.agentOf(read).launchArguments);
      // The agent's own choice has no form in JSON, so what was asked for stands at its side.
      const { model, modelOptions, modelSelection, runtimeMode } = input;
      return { read, key: JSON.stringify({ ...read, model, modelOptions, modelSelection, runtimeMode }) };
    } catch (error) {
      const refusal = asProviderError(error, { operation: "startSession", threadId: input.threadId });
      this.#tellRefusal(refusal, { input, session });
      throw refusal;
    }
  }

  /**
   * A conversation that goes on has a model already, which the agent's own choice must replace by name. Rejects with a `ProviderError`;
   * `undefined` if it failed because the start was called off.
   */
  async resolve(
    start: { readonly input: ProviderSessionStartInput; readonly read: ReadStart; readonly stopped: AbortSignal; readonly signal: AbortSignal | undefined },
    { place, calledOff }: { readonly place: Place; readonly calledOff: () => boolean },
  ): Promise<Omit<StartRequest, "heal"> | undefined> {
    const { input, read, stopped, signal } = start;
    const { wishes } = this.#deps;
    const remembered = await wishes.forNewConversation(read.remembered);
    if (!read.request.hasCursor) return { ...read.request, chosen: await wishes.forNewConversation(read.wish), remembered };
    try {
      return { ...read.request, chosen: await wishes.forConversation(read.wish, { place: this.agentOf(read), current: read.remembered.model, signal: signal === undefined ? stopped : AbortSignal.any([signal, stopped]) }), remembered };
    } catch (error) {
      if (calledOff()) return undefined;
      this.#tellRefusal(error, { input, session: place.session });
      throw error;
    }
  }

  /** Which configuration of the agent a start means. */
  agentOf({ binaryPath, agentDir, cwd, launchArguments }: ReadStart): AgentPlace {
    const { defaultBinaryPath, defaultAgentDir, defaultCwd, defaultLaunchArguments } = this.#deps;
    return {
      binaryPath: binaryPath ?? defaultBinaryPath,
      agentDir: agentDir ?? defaultAgentDir,
      cwd: cwd ?? defaultCwd,
      launchArguments: ownArgumentsOr(launchArguments, defaultLaunchArguments),
    };
  }

  #tellRefusal(error: unknown, { input, session }: { readonly input: ProviderSessionStartInput; readonly session: Session | undefined }): void {
    if (!ProviderError.is(error)) return;
    const { outbox } = this.#deps;
    const { threadId, resumeCursor, nativeThread } = input;
    const isLive = session?.live === true;
    if (isLive && session.view().activeTurnId !== undefined) {
      // A turn that is on must not be touched by an error, so it gets a warning.
      outbox.offer(threadId, { type: "runtime.warning", payload: { message: errorText(error.message) } });
    } else if (isThreadId(threadId)) {
      const keep = isLive || ((isGiven(resumeCursor) || isGiven(nativeThread)) && error.code !== "invalid-cursor");
      for (const effect of startFailureEvents({ hasCursor: keep, cursorLost: false, error })) if (effect.type === "emit") outbox.offer(threadId, effect.draft);
    }
  }
}

/** A host may say `null` for none. */
function isGiven(reference: unknown): boolean {
  return reference !== undefined && reference !== null;
}
