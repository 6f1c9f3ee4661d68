import type { HostState } from "../shared/protocol.js";
import type { Journal, WrittenEntry } from "./journal.js";

export interface JournalStreamInput {
  readonly journal: Journal;
  /** The last entry that the reader has seen; absent for one that knows nothing. */
  readonly after: number | undefined;
  /** Everything that stands, taken at the moment of the call. */
  readonly state: () => HostState;
  /** Calls at a regular interval until it is stopped: a dead connection shows when something is written. */
  readonly pulse: (beat: () => void) => () => void;
  readonly onEnd: () => void;
}

/** Enough for one write; a reader that is slow has no more than this waiting in the host. */
const chunkCharacters = 64 * 1024;

/**
 * The journal as server-sent events, from a place of the reader's own. It is read only as fast as the reader takes it: nothing is
 * queued for anybody. A reader that fell out of what the journal remembers is cut off, and comes back to a new `state`.
 */
export function journalStream({ journal, after, state, pulse, onEnd }: JournalStreamInput): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let place: number | undefined;
  let wake = sleeper;
  let mustBeat = false;
  let ended = false;
  const unwatch = journal.watch(() => wake());
  const stopPulse = pulse(() => {
    mustBeat = true;
    wake();
  });
  const end = (): void => {
    if (ended) return;
    ended = true;
    unwatch();
    stopPulse();
    wake();
    onEnd();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          if (ended) return;
          if (place === undefined) {
            const isKnown = after !== undefined && journal.remembers(after);
            place = isKnown ? after : journal.lastSeq;
            const opening = isKnown ? ": welcome back\n\n" : eventOf(journal.write({ seq: place, news: { type: "state", state: state() } }));
            return controller.enqueue(encoder.encode(opening));
          }
          const entries = journal.read({ after: place, characters: chunkCharacters });
          const last = entries.at(-1);
          if (last !== undefined) {
            place = last.seq;
            return controller.enqueue(encoder.encode(entries.map(eventOf).join("")));
          }
          if (journal.closed || !journal.remembers(place)) {
            end();
            return controller.close();
          }
          if (mustBeat) {
            mustBeat = false;
            return controller.enqueue(encoder.encode(": ping\n\n"));
          }
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
      },
      cancel: end,
    },
    // Nothing is read ahead: what waits in the stream would be another journal.
    { highWaterMark: 0 },
  );
}

/** Nobody sleeps. */
const sleeper = (): void => undefined;

function eventOf({ seq, json }: WrittenEntry): string {
  return `id: ${seq}\ndata: ${json}\n\n`;
}
