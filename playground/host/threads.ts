import type { NativeRecord, ProviderRuntimeEvent } from "../../src/ports/index.js";
import type { ThreadHistory, ThreadRow, UserMessage } from "../shared/protocol.js";
import { CommandError } from "./command-error.js";
import type { Instances } from "./instances.js";
import type { Journal } from "./journal.js";
import type { Keeper } from "./keeper.js";
import { boundedRecord } from "./native-record.js";
import { StreamWatch } from "./stream-watch.js";
import { Thread, type NewThread } from "./thread.js";

interface Deps {
  readonly journal: Journal;
  readonly keeper: Keeper;
  readonly now: () => number;
}

/** Each one costs a page that comes late its history. */
const maxThreads = 50;

/** All threads, what happens in them, and that it is told and kept. */
export class Threads {
  readonly #deps: Deps;
  readonly #rooms = new Map<string, Room>();
  #instances: Instances | undefined;
  #inspecting = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Which of them live is known by their providers. */
  follow(instances: Instances): void {
    this.#instances = instances;
  }

  /** A thread of an instance that is not there now stays where it is kept. */
  restore(threads: readonly Thread[]): void {
    const ours = threads.filter(({ instanceId }) => this.#instances?.find(instanceId) !== undefined);
    for (const thread of ours.toSorted((left, right) => left.createdAt.localeCompare(right.createdAt))) this.#rooms.set(thread.threadId, roomOf(thread));
  }

  get rows(): readonly ThreadRow[] {
    return [...this.#rooms.values()].map((room) => this.#rowOf(room));
  }

  get histories(): readonly ThreadHistory[] {
    return [...this.#rooms.values()].map(({ thread }) => thread.history);
  }

  require(threadId: string): Thread {
    return this.#room(threadId).thread;
  }

  begin(thread: NewThread): void {
    if (this.#rooms.size >= maxThreads) throw new CommandError({ code: "too-many-threads", detail: `There are ${maxThreads} threads already.`, nextStep: "Remove one that is not needed any more." });
    this.#rooms.set(thread.threadId, roomOf(Thread.begin(thread)));
    this.changed(thread.threadId);
  }

  /** Its process must be gone by then. */
  remove(threadId: string): void {
    if (!this.#rooms.delete(threadId)) return;
    this.#deps.journal.add({ type: "thread-removed", threadId });
    this.#deps.keeper.keep(nameOf(threadId), () => undefined);
  }

  starting(threadId: string, isStarting: boolean): void {
    const room = this.#rooms.get(threadId);
    if (room === undefined) return;
    room.starts += isStarting ? 1 : -1;
    this.changed(threadId);
  }

  addMessage(threadId: string, message: UserMessage): void {
    const room = this.#rooms.get(threadId);
    if (room === undefined) return;
    room.thread.takeMessage(message);
    this.#deps.journal.add({ type: "message", threadId, message });
    this.changed(threadId);
  }

  cutFrom(threadId: string, turnId: string): void {
    this.#rooms.get(threadId)?.thread.cutFrom(turnId);
    this.#deps.journal.add({ type: "rolled-back", threadId, fromTurnId: turnId });
    this.changed(threadId);
  }

  /** Keeps the thread, and tells its row if that is another than before. */
  changed(threadId: string): void {
    const room = this.#rooms.get(threadId);
    if (room === undefined) return;
    const row = this.#rowOf(room);
    const told = JSON.stringify(row);
    if (told !== room.told) this.#deps.journal.add({ type: "thread", thread: row });
    room.told = told;
    this.#deps.keeper.keep(nameOf(threadId), () => this.#rooms.get(threadId)?.thread.write());
  }

  /** What another provider tells of these threads begins anew: it knows neither the turns nor the times of the one before. */
  beginStreams(instanceId: string): void {
    for (const room of this.#rooms.values()) if (room.thread.instanceId === instanceId) room.watch = new StreamWatch();
  }

  takeEvent(event: ProviderRuntimeEvent): void {
    const { threadId } = event;
    const room = this.#rooms.get(threadId);
    // The last words of a thread that was removed.
    if (room === undefined) return;
    const { journal, now } = this.#deps;
    room.thread.takeEvent(event);
    const latencyMs = room.recordAt === undefined ? undefined : now() - room.recordAt;
    journal.add({ type: "runtime-event", threadId, event, ...(latencyMs === undefined ? {} : { latencyMs }) });
    for (const violation of room.watch.check(event)) journal.add({ type: "violation", threadId, ...violation });
    if (event.type === "content.delta") return;
    if (endsSomething.has(event.type)) this.#takeCursor(room);
    this.changed(threadId);
  }

  takeRecord({ threadId, direction, record }: NativeRecord): void {
    const room = this.#rooms.get(threadId);
    if (room === undefined) return;
    if (direction === "from-agent") room.recordAt = this.#deps.now();
    if (this.#inspecting) this.#deps.journal.add({ type: "native-record", threadId, direction, record: boundedRecord(record) });
  }

  /** Whether native records are told. */
  inspect(on: boolean): void {
    this.#inspecting = on;
  }

  #room(threadId: string): Room {
    const room = this.#rooms.get(threadId);
    if (room === undefined) throw new CommandError({ code: "thread-unknown", detail: "There is no such thread any more." });
    return room;
  }

  #rowOf({ thread, starts }: Room): ThreadRow {
    const provider = this.#instances?.find(thread.instanceId)?.provider;
    return thread.row({ isLive: provider?.hasSession(thread.threadId) === true, isStarting: starts > 0 });
  }

  #takeCursor({ thread }: Room): void {
    const sessions = this.#instances?.find(thread.instanceId)?.provider.listSessions() ?? [];
    const session = sessions.find(({ threadId }) => threadId === thread.threadId);
    if (session !== undefined) thread.takeSession(session);
  }
}

interface Room {
  readonly thread: Thread;
  watch: StreamWatch;
  /** Starts that are under way. */
  starts: number;
  /** When the agent's latest record came. */
  recordAt: number | undefined;
  /** The row as it was told last. */
  told: string;
}

/** After these another cursor may be the one to come back to. */
const endsSomething: ReadonlySet<ProviderRuntimeEvent["type"]> = new Set(["turn.started", "turn.completed", "thread.started", "session.started"]);

function roomOf(thread: Thread): Room {
  return { thread, watch: new StreamWatch(), starts: 0, recordAt: undefined, told: "" };
}

function nameOf(threadId: string): string {
  return `${threadId}.json`;
}
