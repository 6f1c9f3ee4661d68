import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ModelSelection } from "../../../src/app/picker.js";
import type { RuntimeMode } from "../../../src/ports/provider.js";
import type { Command, CommandResult, JournalEntry, ThreadRow } from "../../shared/protocol.js";
import { announcement } from "./announcements.js";
import { Choices } from "./choices.js";
import type { CommandError } from "./host-api.js";
import type { ConnectionState, JournalPosition } from "./journal-connection.js";
import { reduceJournal } from "./reduce-journal.js";
import type { ThreadView } from "./thread-view.js";
import { emptyWorld, type World } from "./world.js";

/** A message on its way: the host has not said yet that the provider took it. */
export interface Sending {
  /** Absent while its thread is being made. */
  readonly threadId: string | undefined;
  readonly text: string;
  /** How many messages the thread had; with one more it has arrived. */
  readonly messagesBefore: number;
}

export type Panel = "threads" | "chat" | "inspector";

/** The page's state, and what can be done with it. Components read the signals and call the methods; nothing else changes anything. */
export class Playground {
  readonly #command: (command: Command) => Promise<CommandResult>;
  readonly world = signal<World>(emptyWorld);
  readonly connection = signal<ConnectionState>({ status: "connecting" });
  /** `undefined`: a thread that has not begun. */
  readonly threadId = signal<string | undefined>(undefined);
  readonly panel = signal<Panel>("chat");
  readonly inspecting = signal(false);
  /** The instance whose settings are open. */
  readonly settingsOf = signal<string | undefined>(undefined);
  readonly sending = signal<Sending | undefined>(undefined);
  readonly error = signal<CommandError | undefined>(undefined);
  readonly announced = signal("");
  /** What stands in the composer. */
  readonly text = signal("");
  readonly #texts = new Map<string | undefined, string>();
  readonly thread: ReadonlySignal<ThreadRow | undefined> = computed(() => thread(this.world.value, this.threadId.value));
  readonly view: ReadonlySignal<ThreadView | undefined> = computed(() => {
    const threadId = this.threadId.value;
    return threadId === undefined ? undefined : this.world.value.views.get(threadId);
  });
  readonly isRunning = computed(() => typeof this.thread.value?.activeTurnId === "string" || this.view.value?.transcript.latest?.state === "running");
  readonly choices = new Choices({ world: this.world, threadId: this.threadId, thread: this.thread, view: this.view });

  /** `threadId`: the thread that was open when the page was left. */
  constructor({ command, threadId }: { readonly command: (command: Command) => Promise<CommandResult>; readonly threadId?: string | undefined }) {
    this.#command = command;
    this.threadId.value = threadId;
  }

  get position(): JournalPosition | undefined {
    const { hostId, seq } = this.world.value;
    return hostId === undefined ? undefined : { hostId, seq };
  }

  /** Takes in what the journal told, in order. */
  take(entries: readonly JournalEntry[]): void {
    const before = this.world.value;
    const after = reduceJournal(before, entries);
    const threadId = this.threadId.value;
    const said = threadId === undefined ? undefined : announcement(before.views.get(threadId), after.views.get(threadId));
    batch(() => {
      this.world.value = after;
      if (said !== undefined) this.announced.value = said;
      if (before.hostId !== after.hostId) this.#meetHost(before.hostId === undefined);
      else if (thread(before, threadId) !== undefined && thread(after, threadId) === undefined) this.threadId.value = after.threads[0]?.threadId;
    });
  }

  /** Does it, and tells the person if it could not be done. */
  async run(command: Command): Promise<CommandResult> {
    this.error.value = undefined;
    const result = await this.#command(command);
    if (!result.ok) this.error.value = result.error;
    return result;
  }

  /** Does it, and leaves it to the caller to tell. */
  ask(command: Command): Promise<CommandResult> {
    return this.#command(command);
  }

  /** Each thread keeps what was begun to be written to it. */
  openThread(threadId: string | undefined): void {
    batch(() => {
      this.#texts.set(this.threadId.value, this.text.value);
      this.text.value = this.#texts.get(threadId) ?? "";
      this.threadId.value = threadId;
      this.panel.value = "chat";
      this.error.value = undefined;
      this.choices.forgetNotices();
    });
  }

  /** Chooses an instance, for a thread that is to begin. */
  chooseInstance(instanceId: string): void {
    const begun = this.thread.value;
    if (begun?.instanceId === instanceId) return;
    if (begun !== undefined) this.openThread(undefined);
    this.choices.chooseInstance(instanceId);
  }

  chooseMode(runtimeMode: RuntimeMode): void {
    const threadId = this.threadId.value;
    if (threadId === undefined) this.choices.chooseMode(runtimeMode);
    else void this.run({ type: "set-runtime-mode", threadId, runtimeMode });
  }

  inspect(on: boolean): void {
    this.inspecting.value = on;
    void this.ask({ type: "inspect", on });
  }

  /** Sends a text to the open thread, and makes the thread where there is none. Resolves to whether it was taken. */
  async send(text: string): Promise<boolean> {
    const { selection, instance } = this.choices.picker.value;
    const mode = this.choices.mode.value;
    if (selection === undefined || instance === undefined || mode === undefined || this.sending.value !== undefined) return false;
    this.choices.forgetNotices();
    this.sending.value = { threadId: this.threadId.value, text, messagesBefore: this.view.value?.messageCount ?? 0 };
    const threadId = this.threadId.value ?? (await this.#begin(selection, mode));
    const taken = threadId !== undefined && (await this.#sendTo(threadId, { text, selection, driver: instance.driver }));
    this.sending.value = undefined;
    return taken;
  }

  async #sendTo(threadId: string, { text, selection, driver }: { readonly text: string; readonly selection: ModelSelection; readonly driver: string }): Promise<boolean> {
    const { ok } = await this.run({ type: "send", threadId, text, selection: this.choices.inWords(threadId, { driver, selection }) });
    if (ok) this.choices.sent(threadId, selection);
    return ok;
  }

  async #begin(selection: ModelSelection, runtimeMode: RuntimeMode): Promise<string | undefined> {
    const result = await this.run({ type: "new-thread", instanceId: selection.instanceId, runtimeMode });
    if (!result.ok || result.threadId === undefined) return undefined;
    const { threadId } = result;
    batch(() => {
      this.choices.begin(threadId, selection);
      this.threadId.value = threadId;
      if (this.sending.value !== undefined) this.sending.value = { ...this.sending.value, threadId };
    });
    return threadId;
  }

  /** Another host knows nothing of what this page asked of the last one. */
  #meetHost(isFirst: boolean): void {
    const { threads } = this.world.value;
    const open = threads.find(({ threadId }) => threadId === this.threadId.value);
    if (isFirst || open === undefined) this.threadId.value = open?.threadId ?? threads[0]?.threadId;
    if (this.inspecting.value) void this.ask({ type: "inspect", on: true });
  }
}

function thread({ threads }: World, threadId: string | undefined): ThreadRow | undefined {
  return threads.find((row) => row.threadId === threadId);
}
