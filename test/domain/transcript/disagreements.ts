import { advance } from "../../../src/domain/transcript/advance.ts";
import { changedEntities } from "../../../src/domain/transcript/changed-entities.ts";
import type { TranscriptItem } from "../../../src/domain/transcript/transcript-item.ts";
import { emptyTranscript, itemsOf, turnsOf, type Transcript } from "../../../src/domain/transcript/transcript.ts";
import type { ProviderRuntimeEvent, RuntimeEventType } from "../../../src/ports/runtime-event.ts";

type EventOf<T extends RuntimeEventType> = Extract<ProviderRuntimeEvent, { type: T }>;

/**
 * In what the transcript of a finished stream differs from the stream itself, counted and read directly from its events; and in what a
 * host that stores changed entities, after one event or after several, differs from the transcript.
 */
export function disagreements(events: readonly ProviderRuntimeEvent[]): readonly string[] {
  const host = new StoringHost();
  let stored = emptyTranscript("t1", { keep: 1_000 });
  let transcript = stored;
  for (const [index, event] of events.entries()) {
    transcript = advance(transcript, event);
    // Now after one event, now after several.
    if (index % 5 < 2 || index === events.length - 1) {
      host.store({ before: stored, after: transcript });
      stored = transcript;
    }
  }
  return [...turnsThatDiffer(transcript, events), ...itemsThatDiffer(transcript, events), ...host.differencesFrom(transcript)];
}

function turnsThatDiffer(transcript: Transcript, events: readonly ProviderRuntimeEvent[]): readonly string[] {
  const started = all(events, "turn.started").map(({ turnId }) => turnId);
  const ended = new Map(all(events, "turn.completed").map(({ turnId, payload }) => [turnId, payload]));
  const turns = turnsOf(transcript);
  return [
    ...difference("the turns", { expected: started, actual: turns.map(({ id }) => id) }),
    ...turns.flatMap(({ id, state, errorMessage, openItems }) =>
      difference(`turn ${id}`, { expected: [ended.get(id)?.state ?? "running", ended.get(id)?.errorMessage, []], actual: [state, errorMessage, ended.has(id) ? openItems : []] }),
    ),
  ];
}

function itemsThatDiffer(transcript: Transcript, events: readonly ProviderRuntimeEvent[]): readonly string[] {
  const items = [...turnsOf(transcript).flatMap((turn) => itemsOf(turn)), ...transcript.asides];
  const told = new Set(events.flatMap((event) => idOf(event) ?? []));
  return [
    ...difference("the items, each once", { expected: [...told].toSorted(), actual: items.map(({ id }) => id).toSorted() }),
    ...turnsOf(transcript).flatMap((turn) => difference(`the order in ${turn.id}`, { expected: [...told].filter((id) => itemsOf(turn).some((item) => item.id === id)), actual: itemsOf(turn).map(({ id }) => id) })),
    ...items.flatMap((item) => difference(`item ${item.id}`, { expected: expectedOf(item, events), actual: factsOf(item) })),
  ];
}

/** The item that an event is about; `undefined` where it is about none. */
function idOf(event: ProviderRuntimeEvent): string | undefined {
  switch (event.type) {
    case "content.delta":
    case "item.started":
    case "item.updated":
    case "item.completed":
      return event.itemId;
    case "request.opened":
    case "user-input.requested":
      return event.requestId;
    case "runtime.warning":
    case "runtime.error":
      return event.eventId;
    case "thread.state.changed":
      return event.payload.state === "compacted" ? event.eventId : undefined;
    default:
      return undefined;
  }
}

function factsOf(item: TranscriptItem): unknown {
  switch (item.type) {
    case "assistant-message":
    case "reasoning":
      return [item.turnId, item.text, item.streaming];
    case "tool":
      return [item.turnId, item.itemType, item.title, item.detail, item.status];
    case "request":
      return [item.turnId, item.requestType, item.decision, item.completedAt !== undefined];
    case "question":
      return [item.turnId, item.questions, item.answers];
    case "notice":
      return [item.turnId, item.severity, item.message];
    case "compaction":
      return [item.turnId, item.status];
  }
}

function expectedOf(item: TranscriptItem, events: readonly ProviderRuntimeEvent[]): unknown {
  const own = events.filter((event) => event.itemId === item.id || event.requestId === item.id || event.eventId === item.id);
  const place = own[0]?.turnId;
  const end = all(own, "item.completed")[0]?.payload;
  const streamed = all(own, "content.delta").map(({ payload }) => payload.delta).join("");
  switch (item.type) {
    case "assistant-message":
      return [place, end?.detail ?? streamed, end === undefined];
    case "reasoning":
      return [place, streamed, end === undefined];
    case "tool": {
      const payloads = own.flatMap((event) => (event.type === "item.started" || event.type === "item.updated" || event.type === "item.completed" ? [event.payload] : []));
      return [place, payloads[0]?.itemType, payloads.at(-1)?.title, payloads.findLast(({ detail }) => detail !== undefined)?.detail, payloads.at(-1)?.status];
    }
    case "request": {
      const resolved = all(own, "request.resolved")[0];
      return [place, all(own, "request.opened")[0]?.payload.requestType, resolved?.payload.decision, resolved !== undefined];
    }
    case "question":
      return [place, all(own, "user-input.requested")[0]?.payload.questions, all(own, "user-input.resolved")[0]?.payload.answers];
    case "notice": {
      const [event] = own;
      return [place, event?.type === "runtime.error" ? "error" : "warning", event?.type === "runtime.error" || event?.type === "runtime.warning" ? event.payload.message : undefined];
    }
    case "compaction":
      return [place, "completed"];
  }
}

/** Keeps what it is told of, by its id: the newest state of everything. */
class StoringHost {
  readonly #rows = new Map<string, unknown>();

  store(versions: { readonly before: Transcript; readonly after: Transcript }): void {
    for (const entity of changedEntities(versions)) {
      if (entity.type === "turn") this.#rows.set(`turn ${entity.turn.id}`, facts(entity.turn));
      else if (entity.type === "item") this.#rows.set(`item ${entity.item.id}`, entity.item);
      else this.#rows.set(entity.type, entity.type === "session" ? entity.session : entity.usage);
    }
  }

  differencesFrom(transcript: Transcript): readonly string[] {
    const expected = new Map<string, unknown>([
      ["session", transcript.session],
      ...(transcript.usage === undefined ? [] : [["usage", transcript.usage] as const]),
      ...turnsOf(transcript).map((turn) => [`turn ${turn.id}`, facts(turn)] as const),
      ...[...turnsOf(transcript).flatMap((turn) => itemsOf(turn)), ...transcript.asides].map((item) => [`item ${item.id}`, item] as const),
    ]);
    // A stream without any session tells of none.
    if (transcript.session.state === "none" && !this.#rows.has("session")) expected.delete("session");
    return difference("what a host has stored", { expected: byId(expected), actual: byId(this.#rows) });
  }
}

function byId(rows: ReadonlyMap<string, unknown>): unknown {
  return [...rows].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function facts(turn: ReturnType<typeof turnsOf>[number]): unknown {
  const { items: _items, openItems: _open, ...rest } = turn;
  return rest;
}

function all<T extends RuntimeEventType>(events: readonly ProviderRuntimeEvent[], type: T): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

function difference(what: string, { expected, actual }: { readonly expected: unknown; readonly actual: unknown }): readonly string[] {
  const [wanted, got] = [JSON.stringify(expected), JSON.stringify(actual)];
  return wanted === got ? [] : [`${what}: expected ${wanted}, got ${got}`];
}
