import { setTimeout } from "node:timers/promises";
import { EventLog } from "../../domain/turn/event-log.js";
import type { ProviderSendTurnInput, ProviderSession, ProviderSessionStartInput, ProviderTurnStartResult } from "../../ports/provider.js";
import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import type { Provider } from "../provider-facade.js";
import { equals } from "./checks.js";
import type { ConformanceAct, ConformanceStage, ConformanceSubject, PromptedAct } from "./conformance-subject.js";

export type TurnEnd = Extract<ProviderRuntimeEvent, { type: "turn.completed" }>["payload"];

/** How long the suite waits for anything, in milliseconds of the provider's time; see `conformanceSettings`. Only what hangs takes so long. */
const patienceMs = 20_000;
const stepMs = 100;

const threadId = "thread-1";

/** A provider on its stage, with a host of one thread in front of it. */
export class ProviderBench {
  readonly threadId = threadId;
  readonly provider: Provider;
  readonly log: EventLog;
  readonly #subject: ConformanceSubject;
  readonly #stage: ConformanceStage;
  /** The turns that this host asked for. */
  readonly #turns = new Set<string>();
  #cursor: unknown;
  #over = false;

  private constructor(parts: { readonly subject: ConformanceSubject; readonly stage: ConformanceStage }) {
    this.#subject = parts.subject;
    this.#stage = parts.stage;
    this.provider = parts.stage.provider;
    this.log = new EventLog(this.provider.events);
  }

  /** Has a test use a provider, and ends it: what every provider owes its host at the end is checked each time. */
  static async use(options: { readonly subject: ConformanceSubject; readonly script: readonly ConformanceAct[] }, test: (bench: ProviderBench) => Promise<void>): Promise<void> {
    const { subject, script } = options;
    await using stage = await subject.open(script);
    const bench = new ProviderBench({ subject, stage });
    try {
      await test(bench);
    } catch (error) {
      // What the test itself found counts.
      await bench.#dispose().catch(() => undefined);
      throw error;
    }
    await bench.end();
  }

  get nowhere(): string {
    return this.#stage.nowhere;
  }

  get processes(): number {
    return this.#stage.processes();
  }

  /** Waits, and lets the provider's time pass meanwhile. */
  async wait<T>(expectation: string, result: PromiseLike<T>): Promise<T> {
    const waiting = new AbortController();
    const patience = this.#patience(waiting.signal);
    const late = patience.then(() => {
      throw new Error(`Expected ${expectation}, in vain.`);
    });
    try {
      return await Promise.race([result, late]);
    } finally {
      waiting.abort();
      await patience;
    }
  }

  async start(input: Partial<ProviderSessionStartInput> = {}): Promise<ProviderSession> {
    const session = await this.wait("the session to start", this.provider.startSession({ threadId, runtimeMode: "full-access", ...input }));
    this.#cursor = session.resumeCursor ?? this.#cursor;
    return session;
  }

  /** What a host does before a message when the session is gone: it starts one with the cursor that it stored. */
  recover(): Promise<ProviderSession> {
    return this.start({ resumeCursor: this.#cursor });
  }

  /** Tells the id of the turn that took the message. */
  async send(input: string, more: Partial<ProviderSendTurnInput> = {}): Promise<string> {
    return await this.accepted(`the message "${input}" to be accepted`, this.provider.sendTurn({ threadId, input, ...more }));
  }

  /** Tells the id of the turn that a call begins or joins. */
  async accepted(expectation: string, call: Promise<ProviderTurnStartResult>): Promise<string> {
    const { turnId, resumeCursor } = await this.wait(expectation, call);
    this.#cursor = resumeCursor ?? this.#cursor;
    this.#turns.add(turnId);
    return turnId;
  }

  async ended(turnId: string): Promise<TurnEnd> {
    return (await this.wait(`turn ${turnId} to end`, this.log.turn(turnId))).payload;
  }

  /** Waits until the turn shows some text. */
  async speaks(turnId: string): Promise<void> {
    await this.wait(`turn ${turnId} to show a text`, this.log.first("content.delta", (event) => event.turnId === turnId && event.payload.streamKind === "assistant_text"));
  }

  /** A message, with its turn seen to the end. */
  async turn(act: PromptedAct, more: Partial<ProviderSendTurnInput> = {}): Promise<TurnEnd & { readonly turnId: string }> {
    const turnId = await this.send(act.prompt, more);
    return { turnId, ...(await this.ended(turnId)) };
  }

  /** A message that is answered as the act says. */
  async completes(act: PromptedAct, more: Partial<ProviderSendTurnInput> = {}): Promise<string> {
    const { turnId, state } = await this.turn(act, more);
    equals([state, this.log.texts(turnId)], ["completed", act.texts], `how the turn of "${act.prompt}" ends, and what it shows,`);
    return turnId;
  }

  /** The next message works, whatever was before. */
  async worksOn(): Promise<void> {
    await this.completes(this.#subject.acts.answers);
  }

  /** Ends the provider. Idempotent. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#dispose();
    equals(this.processes, 0, "the number of processes after the disposal");
    equals(this.log.of("turn.started").map((event) => event.turnId), [...this.#turns], "the turns that were started, beside those that were asked for,");
    const violations = this.log.conclude().map(({ rule, detail }) => `rule ${rule}: ${detail}`);
    equals(violations, [], "what broke the rules of the events");
  }

  async #dispose(): Promise<void> {
    await this.wait("the provider to end", this.provider[Symbol.asyncDispose]());
    await this.wait("the stream of events to end", this.log.ended);
  }

  async #patience(over: AbortSignal): Promise<void> {
    const { pass } = this.#stage;
    if (pass === undefined) {
      // Calling the wait off is no failure.
      await setTimeout(patienceMs, undefined, { signal: over }).catch(() => undefined);
      return;
    }
    for (let waited = 0; waited <= patienceMs && !over.aborted; waited += stepMs) await pass(waited === 0 ? 0 : stepMs);
  }
}
