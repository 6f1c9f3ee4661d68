import type { HostState, JournalEntry, ThreadRow } from "../../../playground/shared/protocol.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/index.js";

export type EntryOf<T extends JournalEntry["type"]> = Extract<JournalEntry, { readonly type: T }>;

/** Reads a journal as a page does. What is waited for may have come before. */
export class JournalReader {
  readonly entries: JournalEntry[] = [];
  /** Resolves when the host has ended the stream. */
  readonly ended: Promise<void>;
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #waiters = new Set<() => void>();
  #isOver = false;

  constructor(response: Response) {
    if (response.status !== 200 || response.body === null) throw new Error(`The journal is not to be had: ${response.status}`);
    this.#body = response.body.getReader();
    this.ended = this.#read();
  }

  get state(): HostState {
    const [first] = this.entries;
    if (first?.type !== "state") throw new Error("The journal began with no state.");
    return first.state;
  }

  of<T extends JournalEntry["type"]>(type: T): readonly EntryOf<T>[] {
    return this.entries.filter((entry): entry is EntryOf<T> => entry.type === type);
  }

  get events(): readonly ProviderRuntimeEvent[] {
    return this.of("runtime-event").map(({ event }) => event);
  }

  /** The newest row of a thread, from the state or from what came after it. */
  row(threadId: string): ThreadRow | undefined {
    const told = this.of("thread").findLast(({ thread }) => thread.threadId === threadId)?.thread;
    return told ?? this.of("state")[0]?.state.threads.find((thread) => thread.threadId === threadId);
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#isOver) throw new Error(`The journal ended before: ${JSON.stringify(this.entries.map(({ type }) => type))}`);
      await new Promise<void>((resolve) => {
        this.#waiters.add(resolve);
      });
    }
  }

  event<T extends ProviderRuntimeEvent["type"]>(type: T, matches: (event: Extract<ProviderRuntimeEvent, { type: T }>) => boolean = () => true): Promise<Extract<ProviderRuntimeEvent, { type: T }>> {
    const fits = (event: ProviderRuntimeEvent): event is Extract<ProviderRuntimeEvent, { type: T }> => event.type === type && matches(event as Extract<ProviderRuntimeEvent, { type: T }>);
    return this.until(() => this.events.find(fits));
  }

  turnEnd(turnId: string): Promise<Extract<ProviderRuntimeEvent, { type: "turn.completed" }>> {
    return this.event("turn.completed", (event) => event.turnId === turnId);
  }

  async leave(): Promise<void> {
    await this.#body.cancel();
    await this.ended;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await this.#body.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }

  #take(block: string): void {
    const [id, data, ...rest] = block.split("\n");
    if (id?.startsWith(":") === true) return;
    if (id?.startsWith("id: ") !== true || data?.startsWith("data: ") !== true || rest.length > 0) throw new Error(`This is no entry: ${block}`);
    const entry = JSON.parse(data.slice(6)) as JournalEntry;
    if (id !== `id: ${entry.seq}`) throw new Error(`The entry ${entry.seq} has the id ${id}.`);
    this.entries.push(entry);
  }

  #wake(): void {
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }
}
