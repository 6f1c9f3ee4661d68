import type { Clock, Timer } from "../../ports/clock.js";
import type {
  RecordFraming,
  RpcClose,
  RpcConnectRequest,
  RpcListener,
  RpcOutcome,
  RpcRecord,
  RpcRequest,
} from "../../ports/rpc-transport.js";

interface PendingRequest {
  readonly request: RpcRequest;
  /** The command name that a refusal without an id would carry. */
  readonly command: string;
  deadline: Timer;
}

/**
 * The half of a transport that knows records and no bytes: which reply belongs to which request, deadlines, and what is reported once
 * and in which order at the end. Every transport puts its own way of reading and writing around one of these.
 */
export class RecordExchange {
  readonly #framing: RecordFraming;
  readonly #clock: Clock;
  readonly #pending = new Map<string, PendingRequest>();
  readonly #sentCommands = new Set<string>();
  /** Let go by `detach`. */
  #listener: RpcListener | undefined;
  #close: RpcClose | undefined;
  /** While the listener is not ready, replies lie unread and no deadline counts. */
  #held = false;

  constructor(options: Pick<RpcConnectRequest, "framing" | "listener"> & { readonly clock: Clock }) {
    this.#framing = options.framing;
    this.#listener = options.listener;
    this.#clock = options.clock;
  }

  /** Whether anything is reported any more. */
  get open(): boolean {
    return this.#close === undefined;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Waits for the reply to a request that is about to be written. Once closed, it is settled with that close in a microtask. */
  expect(request: RpcRequest): void {
    if (this.#pending.has(request.id)) throw new Error(`A request with the id ${request.id} is pending already.`);
    const close = this.#close;
    if (close !== undefined) {
      queueMicrotask(() => {
        request.settle({ type: "closed", close });
      });
      return;
    }
    const command = this.#framing.commandOf(request.record);
    this.#sentCommands.add(command);
    this.#pending.set(request.id, { request, command, deadline: this.#deadlineFor(request) });
  }

  /** Reading stops, because the listener is not ready. */
  hold(): void {
    this.#held = true;
  }

  /** Reading goes on. */
  release(): void {
    this.#held = false;
  }

  /** Takes a record from the agent: settles the request it answers, or reports it. */
  receive(record: RpcRecord): void {
    const id = this.#answeredBy(record);
    if (id === undefined || !this.#settle(id, { type: "reply", record })) this.#listener?.onRecord(record);
  }

  /** Settles what is pending, oldest first, then reports the close. Only the first close counts. */
  close(close: RpcClose): void {
    if (!this.open) return;
    this.#close = close;
    try {
      this.#settleAll({ type: "closed", close });
    } finally {
      this.#listener?.onClose(close);
    }
  }

  detach(): void {
    this.#listener = undefined;
    this.#close ??= { cause: "detached" };
    this.#settleAll({ type: "closed", close: this.#close });
  }

  #deadlineFor(request: RpcRequest): Timer {
    return this.#clock.schedule(request.deadlineMs, () => {
      const entry = this.#pending.get(request.id);
      if (this.#held && entry !== undefined) entry.deadline = this.#deadlineFor(request);
      else this.#settle(request.id, { type: "deadline", afterMs: request.deadlineMs });
    });
  }

  #answeredBy(record: RpcRecord): string | undefined {
    const relation = this.#framing.correlate(record);
    if (relation.type === "reply") return relation.id;
    return relation.type === "anonymous-refusal" ? this.#refusedBy(relation.command) : undefined;
  }

  /** The one pending request that a refusal without an id can mean. */
  #refusedBy(command: string | undefined): string | undefined {
    const pending = [...this.#pending.values()];
    // The name of a command we sent means that command, even if its deadline has passed meanwhile. Any other name is the agent's word
    // for a line it could not make sense of, which can be any line.
    const meant = command !== undefined && this.#sentCommands.has(command) ? pending.filter((entry) => entry.command === command) : pending;
    return meant.length === 1 ? meant[0]?.request.id : undefined;
  }

  /** One request's `settle` that throws does not keep the others from being settled. */
  #settleAll(outcome: RpcOutcome): void {
    const [oldest] = this.#pending.keys();
    if (oldest === undefined) return;
    try {
      this.#settle(oldest, outcome);
    } finally {
      this.#settleAll(outcome);
    }
  }

  /** False when nothing with this id is pending. */
  #settle(id: string, outcome: RpcOutcome): boolean {
    const entry = this.#pending.get(id);
    if (entry === undefined) return false;
    this.#pending.delete(id);
    entry.deadline.cancel();
    entry.request.settle(outcome);
    return true;
  }
}
