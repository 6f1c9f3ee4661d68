import type { Command, CommandResult, HostState } from "../shared/protocol.js";
import { CommandError, failureOf } from "./command-error.js";
import type { DurableFolder } from "./durable-folder.js";
import { Instances, settingsFile } from "./instances.js";
import { Journal, type JournalLimits } from "./journal.js";
import { Keeper } from "./keeper.js";
import type { Setup } from "./setup.js";
import { ruleTexts } from "./stream-watch.js";
import { Thread } from "./thread.js";
import { ThreadCommands } from "./thread-commands.js";
import { Threads } from "./threads.js";

export interface PlaygroundOptions {
  readonly setup: Setup;
  /** Where threads and settings are kept. */
  readonly folder: Pick<DurableFolder, "readAll" | "write" | "remove">;
  readonly now: () => number;
  readonly newId: () => string;
  /** A defect of ours, or a disk that takes nothing: for whoever runs the host. */
  readonly onDefect: (error: unknown) => void;
  readonly journalLimits?: JournalLimits;
}

/** Everything between the page and the providers, without a wire. */
export class Playground implements AsyncDisposable {
  readonly hostId: string;
  readonly journal: Journal;
  readonly #setup: Setup;
  readonly #keeper: Keeper;
  readonly #threads: Threads;
  readonly #instances: Instances;
  readonly #threadCommands: ThreadCommands;
  readonly #onDefect: PlaygroundOptions["onDefect"];

  private constructor({ setup, folder, now, newId, onDefect, journalLimits, kept }: PlaygroundOptions & { readonly kept: ReadonlyMap<string, string> }) {
    this.hostId = newId();
    this.#setup = setup;
    this.#onDefect = onDefect;
    this.journal = new Journal({ now, ...(journalLimits === undefined ? {} : { limits: journalLimits }) });
    this.#keeper = new Keeper({ folder, onFailure: onDefect });
    this.#threads = new Threads({ journal: this.journal, keeper: this.#keeper, now });
    this.#instances = new Instances({
      definitions: setup.definitions,
      keptSettings: kept.get(settingsFile),
      keeper: this.#keeper,
      now,
      onBegin: (instanceId) => this.#threads.beginStreams(instanceId),
      onEvent: (event) => {
        this.#threads.takeEvent(event);
        if (event.type === "content.delta") this.#crashWhereTold(event.threadId);
      },
      onRecord: (record) => this.#threads.takeRecord(record),
      onChange: (instance) => this.journal.add({ type: "instance", instance }),
    });
    this.#threads.follow(this.#instances);
    this.#threads.restore([...kept].flatMap(([name, text]) => (name === settingsFile ? [] : (Thread.read(text) ?? []))));
    this.#threadCommands = new ThreadCommands({ threads: this.#threads, instances: this.#instances, model: setup.model, now, newId });
  }

  static async open(options: PlaygroundOptions): Promise<Playground> {
    return new Playground({ ...options, kept: await options.folder.readAll() });
  }

  get state(): HostState {
    return {
      hostId: this.hostId,
      instances: this.#instances.states,
      threads: this.#threads.rows,
      histories: this.#threads.histories,
      scenarios: this.#setup.model?.scenarios ?? [],
      scenario: this.#setup.model?.scenario ?? null,
      rules: ruleTexts,
    };
  }

  /** Somebody looks: the instances are asked, if nobody has asked them yet. */
  look(): void {
    this.#instances.look();
  }

  /** Nobody looks any more. */
  lookAway(): void {
    this.#threads.inspect(false);
  }

  /** Never rejects: a command that cannot be carried out is answered with the reason. */
  async execute(command: Command): Promise<CommandResult> {
    try {
      return await this.#run(command);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === "host-defect") this.#onDefect(error);
      return { ok: false, error: failure };
    }
  }

  /** Resolves when every process is gone and everything is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#instances.dispose();
    this.journal.close();
    await this.#keeper.flushed();
  }

  async #run(command: Command): Promise<CommandResult> {
    switch (command.type) {
      case "new-thread":
        return this.#threadCommands.begin(command);
      case "configure":
        await this.#instances.configure(command.instanceId, command.settings);
        return { ok: true };
      case "refresh":
        await this.#instances.require(command.instanceId).refresh();
        return { ok: true };
      case "add-custom-model":
        await this.#instances.require(command.instanceId).addCustomModel(command);
        return { ok: true };
      case "remove-custom-model":
        await this.#instances.require(command.instanceId).removeCustomModel(command.slug);
        return { ok: true };
      case "scenario":
        return this.#choose(command.scenario);
      case "inspect":
        this.#threads.inspect(command.on);
        return { ok: true };
      default:
        return await this.#threadCommands.run(command);
    }
  }

  #choose(scenario: string): CommandResult {
    const { model } = this.#setup;
    if (model === undefined) throw new CommandError({ code: "scenario-unknown", detail: "The models are real ones and follow no script." });
    model.choose(scenario);
    this.journal.add({ type: "scenario", scenario });
    return { ok: true };
  }

  /** The scenario of a crash: the first words of the answer are on the page, and the process goes. */
  #crashWhereTold(threadId: string): void {
    const text = this.#threadCommands.lastText(threadId);
    if (text === undefined || this.#setup.model?.takesCrash(text) !== true) return;
    void this.execute({ type: "crash", threadId });
  }
}
