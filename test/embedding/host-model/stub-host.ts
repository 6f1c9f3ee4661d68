import { T3HostModel } from "../../../src/adapters/fake/host-model/t3-host-model.js";
import type { Screen } from "../../../src/adapters/fake/host-model/screen.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import type { RuntimeEventDraft, RuntimeItemPayload } from "../../../src/ports/runtime-event.js";
import { StubProvider, type StubEvent } from "./stub-provider.js";

/** The host model around a provider that behaves as badly as its test wants. */
export class StubHost implements AsyncDisposable {
  readonly clock = new ManualClock();
  provider = new StubProvider({ clock: this.clock });
  readonly host: T3HostModel;
  readonly threadId: string;

  constructor() {
    this.host = new T3HostModel({ provider: this.provider, clock: this.clock });
    this.threadId = this.host.openThread();
  }

  get screen(): Screen {
    return this.host.screen(this.threadId);
  }

  get session() {
    const { session } = this.host.thread(this.threadId);
    return session === null ? null : { status: session.status, activeTurnId: session.activeTurnId, lastError: session.lastError };
  }

  /** A user takes a second to type. */
  async send(text: string): Promise<Screen> {
    await this.clock.advance(1_000);
    this.host.send(this.threadId, text);
    return await this.settled();
  }

  async emit(...events: readonly StubEvent[]): Promise<Screen> {
    this.provider.emit(...events);
    return await this.settled();
  }

  async restartServer(): Promise<Screen> {
    await this.host.restartServer({
      create: () => {
        this.provider = new StubProvider({ clock: this.clock, name: "second" });
        return this.provider;
      },
    });
    return await this.settled();
  }

  async settled(): Promise<Screen> {
    await this.host.settled();
    return this.screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}

/** Events, in as few words as a table of them needs. */
export const says = {
  sessionStarted: { type: "session.started", payload: {} },
  exited: { type: "session.exited", payload: { exitKind: "graceful" } },
  state: (state: "starting" | "ready" | "running" | "waiting" | "stopped" | "error", reason?: string) => ({ type: "session.state.changed", payload: { state, ...(reason === undefined ? {} : { reason }) } }),
  turnStarted: (turnId?: string) => ({ type: "turn.started", ...(turnId === undefined ? {} : { turnId }), payload: {} }),
  turnEnded: (turnId?: string, state: "completed" | "failed" | "interrupted" = "completed", errorMessage?: string) => ({
    type: "turn.completed",
    ...(turnId === undefined ? {} : { turnId }),
    payload: { state, ...(errorMessage === undefined ? {} : { errorMessage }) },
  }),
  error: (message: string, turnId?: string) => ({ type: "runtime.error", ...(turnId === undefined ? {} : { turnId }), payload: { message } }),
  warning: (message: string, turnId?: string) => ({ type: "runtime.warning", ...(turnId === undefined ? {} : { turnId }), payload: { message } }),
  text: (itemId: string, delta: string, turnId = "turn-1") => ({ type: "content.delta", turnId, itemId, payload: { streamKind: "assistant_text", delta } }),
  messageEnded: (itemId: string, detail?: string, turnId = "turn-1") => ({
    type: "item.completed",
    turnId,
    itemId,
    payload: { itemType: "assistant_message", ...(detail === undefined ? {} : { detail }) },
  }),
  tool: (step: "item.started" | "item.updated" | "item.completed", payload: RuntimeItemPayload, turnId: string | undefined = "turn-1") => ({ type: step, itemId: "tool-1", turnId, payload }),
  asks: (requestId: string, options: readonly { readonly label: string; readonly description: string }[] = [{ label: "Yes", description: "Do it" }]) => ({
    type: "user-input.requested",
    turnId: "turn-1",
    requestId,
    payload: { questions: [{ id: "q", header: "Sure?", question: "Are you sure?", options }] },
  }),
  answered: (requestId: string) => ({ type: "user-input.resolved", requestId, payload: { answers: {} } }),
} as const satisfies Record<string, RuntimeEventDraft | ((...words: never[]) => RuntimeEventDraft)>;
