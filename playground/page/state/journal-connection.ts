import type { JournalEntry } from "../../shared/protocol.js";
import { ServerSentEventReader } from "./server-sent-events.js";

export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "open" }
  /** The stream broke, or could not be had; it is tried again at `retryAt` (milliseconds). */
  | { readonly status: "waiting"; readonly attempt: number; readonly retryAt: number }
  /** The host does not take the secret; trying again would change nothing. */
  | { readonly status: "refused" };

/** Where the page stands in the journal of one life of the host. */
export interface JournalPosition {
  readonly hostId: string;
  readonly seq: number;
}

export interface JournalConnectionDeps {
  readonly fetch: typeof fetch;
  readonly secret: string;
  /** The position after everything that was handed to `onEntries`; `undefined` before the first state. */
  readonly position: () => JournalPosition | undefined;
  readonly onEntries: (entries: readonly JournalEntry[]) => void;
  readonly onState: (state: ConnectionState) => void;
  readonly now: () => number;
  /** Resolves after that time, or at once when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const firstPause = 250;
const longestPause = 5_000;

/** Keeps one stream of the journal open and comes back after every break, where it left off. */
export class JournalConnection {
  readonly #deps: JournalConnectionDeps;
  readonly #closed = new AbortController();
  #impatient = new AbortController();

  constructor(deps: JournalConnectionDeps) {
    this.#deps = deps;
  }

  close(): void {
    this.#closed.abort();
  }

  /** Ends a pause between two tries: the network is back, or a person asks. */
  retryNow(): void {
    this.#impatient.abort();
  }

  /** Runs until it is closed or refused. Never rejects. */
  async run(): Promise<void> {
    const { onState, now, pause } = this.#deps;
    for (let attempt = 0; !this.#closed.signal.aborted; attempt += 1) {
      const outcome = await this.#stream();
      if (this.#closed.signal.aborted) return;
      if (outcome === "refused") {
        onState({ status: "refused" });
        return;
      }
      if (outcome === "broke") attempt = 0;
      const milliseconds = Math.min(longestPause, firstPause * 2 ** attempt);
      this.#impatient = new AbortController();
      onState({ status: "waiting", attempt: attempt + 1, retryAt: now() + milliseconds });
      await pause(milliseconds, AbortSignal.any([this.#closed.signal, this.#impatient.signal]));
    }
  }

  /** `broke`: something had come. Nobody needs the error itself: whatever it was, the next try tells. */
  async #stream(): Promise<"refused" | "broke" | "failed"> {
    const { fetch, secret, position, onEntries, onState } = this.#deps;
    let came = false;
    try {
      const response = await fetch(journalUrl(position()), {
        headers: { authorization: `Bearer ${secret}`, accept: "text/event-stream" },
        cache: "no-store",
        signal: this.#closed.signal,
      });
      if (response.status === 401 || response.status === 403) return "refused";
      if (!response.ok || response.body === null) return "failed";
      onState({ status: "open" });
      const reader = new ServerSentEventReader();
      for await (const piece of pieces(response.body)) {
        const entries = reader.read(piece).map(({ data }) => JSON.parse(data) as JournalEntry);
        if (entries.length === 0) continue;
        came = true;
        onEntries(entries);
      }
    } catch {
      return came ? "broke" : "failed";
    }
    return came ? "broke" : "failed";
  }
}

function journalUrl(position: JournalPosition | undefined): string {
  return position === undefined ? "/api/journal" : `/api/journal?after=${position.seq}&host=${encodeURIComponent(position.hostId)}`;
}

/** Not every browser lets a stream be iterated. */
async function* pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}
