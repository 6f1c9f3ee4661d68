import type { RuntimeMode } from "../../src/ports/index.js";
import type { Command, CommandResult } from "../shared/protocol.js";
import { CommandError } from "./command-error.js";
import type { Instance } from "./instance.js";
import type { Instances } from "./instances.js";
import { Lane } from "./lane.js";
import type { ScriptedModel } from "./scenarios/scripted-model.js";
import { activeTurn, crash, requireMode, startOf, stop } from "./session-calls.js";
import type { Thread } from "./thread.js";
import type { Threads } from "./threads.js";

interface Deps {
  readonly threads: Threads;
  readonly instances: Instances;
  readonly model: ScriptedModel | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

type ThreadCommand = Extract<Command, { readonly threadId: string }>;
type CommandOf<T extends Command["type"]> = Extract<Command, { readonly type: T }>;
type Success = Extract<CommandResult, { readonly ok: true }>;

const done: Success = { ok: true };

/** What a person does in a thread, as T3's server would have the provider do it. */
export class ThreadCommands {
  readonly #deps: Deps;
  /** What changes a conversation happens one after the other; what ends or answers something does not wait. */
  readonly #lanes = new Map<string, Lane>();
  readonly #lastTexts = new Map<string, string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  begin({ instanceId, runtimeMode }: CommandOf<"new-thread">): Success {
    const { threads, instances, now, newId } = this.#deps;
    const instance = instances.require(instanceId);
    requireMode(instance, runtimeMode);
    const threadId = newId();
    threads.begin({ threadId, instanceId, runtimeMode, cwd: instance.definition.cwd, createdAt: new Date(now()).toISOString() });
    instance.warmUp();
    return { ok: true, threadId };
  }

  async run(command: ThreadCommand): Promise<Success> {
    const thread = this.#deps.threads.require(command.threadId);
    const instance = this.#deps.instances.require(thread.instanceId);
    const { threadId } = thread;
    switch (command.type) {
      case "send":
        return await this.#inLane(threadId, () => this.#send({ thread, instance, command }));
      case "roll-back":
        return await this.#inLane(threadId, () => this.#rollBack({ thread, instance, turns: command.turns }));
      case "compact":
        return await this.#inLane(threadId, () => this.#compact({ thread, instance }));
      case "set-runtime-mode":
        return await this.#inLane(threadId, () => this.#setMode({ thread, instance, mode: command.runtimeMode }));
      case "interrupt":
        await instance.provider.interruptTurn(threadId);
        return done;
      case "decide":
        await instance.provider.respondToRequest(threadId, command.requestId, command.decision);
        return done;
      case "answer":
        await instance.provider.respondToUserInput(threadId, command.requestId, command.answers);
        return done;
      case "stop-session":
        await stop(instance, threadId);
        this.#deps.threads.changed(threadId);
        return done;
      case "remove-thread":
        await stop(instance, threadId);
        this.#deps.threads.remove(threadId);
        this.#lastTexts.delete(threadId);
        return done;
      case "crash":
        await crash(instance, threadId);
        return done;
    }
  }

  /** What was sent to the thread last. */
  lastText(threadId: string): string | undefined {
    return this.#lastTexts.get(threadId);
  }

  async #send({ thread, instance, command }: Work & { readonly command: CommandOf<"send"> }): Promise<Success> {
    const { threads, model, now, newId } = this.#deps;
    const { threadId } = thread;
    const { text, selection } = command;
    const { provider, ...choice } = selection;
    if (provider !== instance.provider.provider) throw new CommandError({ code: "selection-of-another", detail: "The selected model belongs to another agent than this thread's." });
    await this.#ensureSession({ thread, instance, choice });
    const during = activeTurn(instance, threadId);
    const after = this.#lastTexts.get(threadId);
    this.#lastTexts.set(threadId, text);
    // Told before it is sent: the agent may ask the model at once.
    model?.expect({ text, after, steers: during !== undefined });
    const { turnId, resumeCursor } = await instance.provider.sendTurn({ threadId, input: text, ...choice });
    thread.takeSession({ resumeCursor });
    const createdAt = new Date(now()).toISOString();
    threads.addMessage(threadId, { messageId: newId(), turnId, text, steers: turnId === during, createdAt });
    return { ok: true, threadId, turnId };
  }

  async #rollBack({ thread, instance, turns }: Work & { readonly turns: number }): Promise<Success> {
    const turnId = thread.turnFromEnd(turns);
    if (turnId === undefined) throw new CommandError({ code: "rollback-refused", detail: "The thread has fewer turns than that." });
    await this.#ensureSession({ thread, instance, choice: {} });
    await instance.provider.rollbackThread(thread.threadId, turns);
    const session = instance.provider.listSessions().find(({ threadId }) => threadId === thread.threadId);
    if (session !== undefined) thread.takeSession(session);
    this.#deps.threads.cutFrom(thread.threadId, turnId);
    return done;
  }

  async #compact({ thread, instance }: Work): Promise<Success> {
    await this.#ensureSession({ thread, instance, choice: {} });
    const { turnId, resumeCursor } = await instance.provider.compactThread(thread.threadId);
    thread.takeSession({ resumeCursor });
    return { ok: true, threadId: thread.threadId, turnId };
  }

  /** A live session is told by a start in the other mode, as T3 does it, and goes on with its turn; a thread without one begins in it. */
  async #setMode({ thread, instance, mode }: Work & { readonly mode: RuntimeMode }): Promise<Success> {
    requireMode(instance, mode);
    const { threads } = this.#deps;
    const { threadId } = thread;
    const before = thread.runtimeMode;
    if (before === mode) return done;
    thread.takeMode(mode);
    try {
      if (instance.provider.hasSession(threadId)) thread.takeSession(await instance.provider.startSession(startOf(thread)));
    } catch (error) {
      thread.takeMode(before);
      throw error;
    } finally {
      threads.changed(threadId);
    }
    return done;
  }

  async #ensureSession(work: Work & { readonly choice: Choice }): Promise<void> {
    if (!work.instance.provider.hasSession(work.thread.threadId)) await this.#start(work);
  }

  async #start({ thread, instance, choice }: Work & { readonly choice: Choice }): Promise<void> {
    const { threads } = this.#deps;
    const { threadId } = thread;
    threads.starting(threadId, true);
    try {
      thread.takeSession(await instance.provider.startSession({ ...startOf(thread), ...choice }));
    } catch (error) {
      thread.takeError(error instanceof Error ? error.message : "The session could not be started.");
      throw error;
    } finally {
      threads.starting(threadId, false);
    }
  }

  async #inLane<T>(threadId: string, action: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(threadId) ?? new Lane();
    this.#lanes.set(threadId, lane);
    try {
      return await lane.run(action);
    } finally {
      if (lane.isIdle) this.#lanes.delete(threadId);
    }
  }
}

interface Work {
  readonly thread: Thread;
  readonly instance: Instance;
}

/** The parts of a selection that a start and a message both take. */
type Choice = Omit<CommandOf<"send">["selection"], "provider">;
