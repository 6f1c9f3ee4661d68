import type { NativeRecord, SpanOutcome, Telemetry, TelemetryAttributes, TelemetrySpan } from "../../ports/telemetry.js";
import type { RuntimeEventDraft, RuntimeTurnState } from "../../ports/runtime-event.js";
import type { SessionInput, SessionState, StartStep, Step } from "./session-state.js";

interface Deps {
  readonly telemetry: Telemetry;
  readonly threadId: string;
  /** Of the start that this session comes from; whoever opened it ends it. */
  readonly start: TelemetrySpan | undefined;
}

interface OpenTurn {
  readonly span: TelemetrySpan;
  tools: number;
  retries: number;
}

/**
 * Watches a session's state machine and tells of it: how far a start is, turns, retries. As telemetry itself, for whatever works for
 * the session, it puts spans where they belong: within the turn or the part of the start that is under way.
 */
export class SessionTrace implements Telemetry {
  readonly #deps: Deps;
  #part: { readonly step: StartStep["type"]; readonly span: TelemetrySpan } | undefined;
  #turn: OpenTurn | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Hears every step, before its effects are performed. */
  follow(input: SessionInput, { state, effects }: Step): void {
    this.#enter(state);
    for (const effect of effects) if (effect.type === "emit") this.#tell(effect.draft);
    if (input.type === "event" && input.epoch === state.core.epoch && input.event.type === "retry-started") this.#retry();
  }

  span(name: string, attributes: TelemetryAttributes = {}): TelemetrySpan {
    const { telemetry, threadId } = this.#deps;
    const told = { threadId, ...attributes };
    const within = this.#turn?.span ?? this.#part?.span;
    return within === undefined ? telemetry.span(name, told) : within.child(name, told);
  }

  count(name: string, value: number, attributes?: TelemetryAttributes): void {
    this.#deps.telemetry.count(name, value, attributes);
  }

  nativeRecord(record: NativeRecord): void {
    this.#deps.telemetry.nativeRecord(record);
  }

  /** While the process is being opened the whole start is the part that is under way: the launch has spans of its own. */
  #enter(state: SessionState): void {
    const step = state.phase.type === "starting" ? state.phase.step.type : undefined;
    const part = this.#part;
    if (step === part?.step) return;
    this.#part = undefined;
    if (part !== undefined && part.step !== "opening") part.span.end(outcomeOfPart(state));
    const { start } = this.#deps;
    if (step === undefined || start === undefined) return;
    this.#part = { step, span: step === "opening" ? start : start.child(partNames[step]) };
  }

  #tell(draft: RuntimeEventDraft): void {
    const { telemetry, threadId } = this.#deps;
    const turn = this.#turn;
    if (draft.type === "turn.started") {
      const { model, effort } = draft.payload;
      const span = telemetry.span("turn", { threadId, ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { level: effort }) });
      this.#turn = { span, tools: 0, retries: 0 };
    } else if (draft.type === "turn.completed" && turn !== undefined) {
      this.#turn = undefined;
      const { state, usage } = draft.payload;
      turn.span.end(turnOutcomes[state], { tools: turn.tools, retries: turn.retries, ...(usage === undefined ? {} : { tokens: usage.totalTokens }) });
    } else if (draft.type === "item.completed" && turn !== undefined && !textItems.has(draft.payload.itemType)) {
      turn.tools += 1;
    }
  }

  #retry(): void {
    this.count("agent.retries", 1);
    if (this.#turn !== undefined) this.#turn.retries += 1;
  }
}

const partNames: Readonly<Record<Exclude<StartStep["type"], "opening">, string>> = { readying: "session.start.ready", selecting: "session.start.select" };

const turnOutcomes: Readonly<Record<RuntimeTurnState, SpanOutcome>> = { completed: "ok", failed: "error", interrupted: "cancelled", cancelled: "cancelled" };

const textItems: ReadonlySet<string> = new Set(["assistant_message", "reasoning", "context_compaction"]);

function outcomeOfPart({ phase }: SessionState): SpanOutcome {
  if (phase.type !== "stopping" || phase.why.type !== "start-failed") return "ok";
  return phase.why.error.code === "aborted" ? "cancelled" : "error";
}
