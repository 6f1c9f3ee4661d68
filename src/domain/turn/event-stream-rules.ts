import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";

/**
 * The rules that every stream of events obeys, as a checker that tests and hosts feed event by event.
 *
 * T3's server validates none of them and forgives little: a turn that is never completed shows as "Working" for ever, a second
 * completion of a message doubles its text, an event without its turn disappears.
 */
export interface RuleViolation {
  /** The rule's number in the list below. */
  readonly rule: number;
  readonly detail: string;
}

/** The rules, by number. */
export const eventStreamRules = {
  1: "A turn is started once and completed once, and turns of a thread never overlap.",
  2: "Text, tool and request events of a turn lie between the two and carry its id.",
  3: "An assistant message has its own id; its deltas come first and equal its completed text, which is never blank.",
  4: "Reasoning has its own item ids.",
  5: "A tool is started once, updated at most once, and completed once, before its turn is.",
  6: "A question or request is resolved once, at the latest before its turn or session ends.",
  7: "Event ids are unique UUIDs; times are ISO and strictly increase in a thread.",
  8: "No blank text where a text belongs; payloads are JSON and bounded.",
  9: "A runtime error never is the last word of a turn, and a failed turn says why.",
  10: "A session exits at most once, and after its turn is completed.",
} as const;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const maxPayload = 64 * 1024;

interface ThreadRecord {
  lastTime: string;
  turn: string | undefined;
  erredTurn: string | undefined;
  readonly openItems: Map<string, ItemRecord>;
  readonly openRequests: Map<string, string | undefined>;
  /** Of the requests among them; a question has none. */
  readonly requestTypes: Map<string, string>;
  /** Whether a session of this thread may still exit: it has started, or a start of it has just failed. */
  mayExit: boolean;
  /** An exit that only the start which follows directly can explain: it heals what the host held of an earlier session. */
  unexplainedExit: boolean;
}

interface ItemRecord {
  kind: "text" | "reasoning" | "tool";
  text: string;
  updates: number;
}

export class EventStreamRules {
  readonly #threads = new Map<string, ThreadRecord>();
  readonly #eventIds = new Set<string>();
  readonly #turnsSeen = new Set<string>();
  readonly #itemsDone = new Set<string>();
  readonly #requestsSeen = new Set<string>();
  readonly #violations: RuleViolation[] = [];

  get violations(): readonly RuleViolation[] {
    return this.#violations;
  }

  check(event: ProviderRuntimeEvent): void {
    const thread = this.#thread(event.threadId);
    if (thread.unexplainedExit && event.type !== "session.started") this.#violate(10, "a session exited twice");
    thread.unexplainedExit = false;
    this.#stamp(event, thread);
    this.#payload(event);
    this.#belongs(event, thread);
    switch (event.type) {
      case "turn.started":
        this.#turnStarted(event, thread);
        break;
      case "turn.completed":
        this.#turnCompleted(event, thread);
        break;
      case "content.delta":
        this.#delta(event, thread);
        break;
      case "item.started":
      case "item.updated":
      case "item.completed":
        this.#item(event, thread);
        break;
      case "user-input.requested":
      case "request.opened":
        this.#opened(event, thread);
        break;
      case "request.resolved":
        this.#resolved(event, thread);
        break;
      case "user-input.resolved":
        // An answer to a question that is not open frees the host's prompt, so it may come at any time.
        if (event.requestId === undefined) this.#violate(6, `${event.type} has no request id`);
        else thread.openRequests.delete(event.requestId);
        break;
      case "runtime.error":
        if (event.turnId === undefined) thread.mayExit = true;
        else thread.erredTurn = event.turnId;
        break;
      case "session.exited":
        this.#exited(thread);
        break;
      case "session.started":
        thread.mayExit = true;
        break;
      default:
        break;
    }
  }

  /** What must be over once every session has ended. */
  conclude(): readonly RuleViolation[] {
    for (const [threadId, thread] of this.#threads) {
      if (thread.unexplainedExit) this.#violate(10, `a session of ${threadId} exited twice`);
      if (thread.turn !== undefined) this.#violate(1, `turn ${thread.turn} of ${threadId} was never completed`);
      for (const requestId of thread.openRequests.keys()) this.#violate(6, `request ${requestId} of ${threadId} was never resolved`);
    }
    return this.#violations;
  }

  #stamp(event: ProviderRuntimeEvent, thread: ThreadRecord): void {
    if (!uuid.test(event.eventId)) this.#violate(7, `event id ${event.eventId} is no UUID`);
    if (this.#eventIds.has(event.eventId)) this.#violate(7, `event id ${event.eventId} came twice`);
    this.#eventIds.add(event.eventId);
    if (!isIsoTime(event.createdAt)) this.#violate(7, `createdAt ${event.createdAt} is not toISOString()`);
    if (event.createdAt <= thread.lastTime) this.#violate(7, `${event.type} at ${event.createdAt} does not come after ${thread.lastTime}`);
    thread.lastTime = event.createdAt;
  }

  #payload(event: ProviderRuntimeEvent): void {
    const length = jsonLength(event.payload);
    if (length === undefined) return this.#violate(8, `${event.type} carries something that is no JSON`);
    const isText = event.type === "content.delta" || (event.type === "item.completed" && event.payload.itemType === "assistant_message");
    if (!isText && length > maxPayload) this.#violate(8, `${event.type} carries ${length} characters`);
    for (const [key, value] of Object.entries(event.payload)) {
      if (blankable.has(`${event.type}.${key}`)) continue;
      if (typeof value === "string" && value.trim() === "") this.#violate(8, `${event.type} has a blank ${key}`);
    }
    if (event.type === "user-input.requested") {
      for (const question of event.payload.questions) {
        const texts = [question.id, question.header, question.question, ...question.options.flatMap((option) => [option.label, option.description])];
        if (question.options.length === 0 || texts.some((text) => text.trim() === "")) this.#violate(8, "a question has no options or a blank text");
      }
    }
  }

  #belongs(event: ProviderRuntimeEvent, thread: ThreadRecord): void {
    if (event.turnId !== undefined && event.turnId !== thread.turn && event.type !== "turn.started") {
      this.#violate(2, `${event.type} names turn ${event.turnId}, which is not on`);
    }
    const needsTurn = event.type === "content.delta" || event.type.startsWith("item.");
    if (needsTurn && event.turnId === undefined) this.#violate(2, `${event.type} names no turn`);
  }

  #turnStarted(event: ProviderRuntimeEvent, thread: ThreadRecord): void {
    if (event.turnId === undefined) return this.#violate(1, "turn.started names no turn");
    if (thread.turn !== undefined) this.#violate(1, `turn ${event.turnId} began while ${thread.turn} was on`);
    if (this.#turnsSeen.has(event.turnId)) this.#violate(1, `turn ${event.turnId} was started twice`);
    this.#turnsSeen.add(event.turnId);
    thread.turn = event.turnId;
    thread.erredTurn = undefined;
  }

  #turnCompleted(event: Extract<ProviderRuntimeEvent, { type: "turn.completed" }>, thread: ThreadRecord): void {
    if (event.turnId === undefined || event.turnId !== thread.turn) this.#violate(1, `turn.completed for ${event.turnId ?? "no turn"} while ${thread.turn ?? "none"} is on`);
    for (const [itemId, item] of thread.openItems) {
      if (item.kind === "tool") this.#violate(5, `tool ${itemId} was still open when its turn ended`);
      else if (item.kind === "text") this.#violate(3, `message ${itemId} was not completed when its turn ended`);
    }
    for (const [requestId, turnId] of thread.openRequests) {
      if (turnId !== undefined) this.#violate(6, `request ${requestId} was still open when its turn ended`);
    }
    if (event.payload.state === "failed" && (event.payload.errorMessage ?? "").trim() === "") this.#violate(9, `failed turn ${event.turnId ?? ""} says nothing`);
    if (event.payload.state !== "failed" && thread.erredTurn !== undefined) this.#violate(9, `turn ${event.turnId ?? ""} had an error but is ${event.payload.state}`);
    thread.openItems.clear();
    thread.turn = undefined;
    thread.erredTurn = undefined;
  }

  #delta(event: Extract<ProviderRuntimeEvent, { type: "content.delta" }>, thread: ThreadRecord): void {
    const { itemId, payload } = event;
    const kind = payload.streamKind === "assistant_text" ? "text" : "reasoning";
    if (itemId === undefined) return this.#violate(3, "content.delta names no item");
    if (this.#itemsDone.has(itemId)) this.#violate(3, `${itemId} got a delta after it was completed`);
    const item = thread.openItems.get(itemId);
    if (item === undefined) {
      if (payload.delta.trim() === "") this.#violate(3, `${itemId} begins with white space only`);
      thread.openItems.set(itemId, { kind, text: payload.delta, updates: 0 });
      return;
    }
    if (item.kind !== kind) this.#violate(4, `${itemId} is ${item.kind} and got ${kind}`);
    item.text += payload.delta;
  }

  #item(event: Extract<ProviderRuntimeEvent, { type: "item.started" | "item.updated" | "item.completed" }>, thread: ThreadRecord): void {
    const { itemId, payload } = event;
    if (itemId === undefined) return this.#violate(5, `${event.type} names no item`);
    const item = thread.openItems.get(itemId);
    if (payload.itemType === "assistant_message" || payload.itemType === "reasoning") return this.#textItem(event, itemId, item, thread);
    if (event.type === "item.started") {
      if (item !== undefined || this.#itemsDone.has(itemId)) this.#violate(5, `tool ${itemId} was started twice`);
      thread.openItems.set(itemId, { kind: "tool", text: "", updates: 0 });
      return;
    }
    if (item?.kind !== "tool") return this.#violate(5, `${event.type} for ${itemId}, which is not open`);
    if (event.type === "item.updated") {
      item.updates += 1;
      if (item.updates > 1) this.#violate(5, `tool ${itemId} was updated ${item.updates} times`);
      return;
    }
    thread.openItems.delete(itemId);
    this.#itemsDone.add(itemId);
  }

  #textItem(event: Extract<ProviderRuntimeEvent, { type: "item.started" | "item.updated" | "item.completed" }>, itemId: string, item: ItemRecord | undefined, thread: ThreadRecord): void {
    if (event.type !== "item.completed") return;
    if (this.#itemsDone.has(itemId)) this.#violate(3, `${itemId} was completed twice`);
    const expected = event.payload.itemType === "assistant_message" ? "text" : "reasoning";
    if (item !== undefined && item.kind !== expected) this.#violate(4, `${itemId} is ${item.kind} and was completed as ${expected}`);
    if (expected === "text") {
      const detail = event.payload.detail ?? "";
      if (detail.trim() === "") this.#violate(3, `${itemId} was completed without visible text`);
      if (detail !== (item?.text ?? "")) this.#violate(3, `${itemId} was completed with another text than it streamed`);
    }
    thread.openItems.delete(itemId);
    this.#itemsDone.add(itemId);
  }

  #opened(event: ProviderRuntimeEvent, thread: ThreadRecord): void {
    if (event.requestId === undefined) return this.#violate(6, `${event.type} has no request id`);
    if (this.#requestsSeen.has(event.requestId)) this.#violate(6, `request ${event.requestId} was opened twice`);
    this.#requestsSeen.add(event.requestId);
    thread.openRequests.set(event.requestId, event.turnId);
    if (event.type === "request.opened") {
      thread.requestTypes.set(event.requestId, event.payload.requestType);
      if (event.turnId === undefined) this.#violate(2, `request ${event.requestId} names no turn`);
    }
  }

  /** T3 takes its card away at the first one: a second one, or one of another type, would be about something else. */
  #resolved(event: Extract<ProviderRuntimeEvent, { type: "request.resolved" }>, thread: ThreadRecord): void {
    const { requestId = "", payload } = event;
    if (!thread.openRequests.delete(requestId)) this.#violate(6, `request ${requestId} was resolved, but is not open`);
    if (thread.requestTypes.get(requestId) !== payload.requestType) this.#violate(6, `request ${requestId} was resolved as ${payload.requestType}`);
    thread.requestTypes.delete(requestId);
  }

  #exited(thread: ThreadRecord): void {
    if (!thread.mayExit) thread.unexplainedExit = true;
    thread.mayExit = false;
    if (thread.turn !== undefined) this.#violate(10, `a session exited while turn ${thread.turn} was on`);
    for (const requestId of thread.openRequests.keys()) this.#violate(6, `request ${requestId} was still open when its session exited`);
  }

  #thread(threadId: string): ThreadRecord {
    let thread = this.#threads.get(threadId);
    if (thread === undefined) {
      thread = { lastTime: "", turn: undefined, erredTurn: undefined, openItems: new Map(), openRequests: new Map(), requestTypes: new Map(), mayExit: true, unexplainedExit: false };
      this.#threads.set(threadId, thread);
    }
    return thread;
  }

  #violate(rule: keyof typeof eventStreamRules, detail: string): void {
    this.#violations.push({ rule, detail });
  }
}

/** Raw texts that may be blank; everything else is shown to people. */
const blankable = new Set(["content.delta.delta"]);

function isIsoTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

function jsonLength(payload: unknown): number | undefined {
  try {
    return JSON.stringify(payload).length;
  } catch {
    return undefined;
  }
}
