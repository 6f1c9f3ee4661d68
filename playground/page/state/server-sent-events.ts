export interface ServerSentEvent {
  /** The latest id that the stream has named, up to this event. */
  readonly id: string;
  readonly data: string;
}

/**
 * Reads a stream of server-sent events piece by piece. The browser's own `EventSource` cannot send a header, so the page reads the
 * stream with `fetch` and takes it apart itself. Fields that it has no use for (`event`, `retry`, comments) are passed over.
 */
export class ServerSentEventReader {
  #rest = "";
  #id = "";
  #data: string[] = [];

  /** The events that are complete with this piece, which may end anywhere. */
  read(piece: string): readonly ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const text = this.#rest + piece;
    let start = 0;
    for (;;) {
      const end = lineEnd(text, start);
      if (end === undefined) break;
      this.#line(text.slice(start, end.at), events);
      start = end.next;
    }
    this.#rest = text.slice(start);
    return events;
  }

  #line(line: string, events: ServerSentEvent[]): void {
    if (line === "") {
      if (this.#data.length > 0) events.push({ id: this.#id, data: this.#data.join("\n") });
      this.#data = [];
      return;
    }
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }
}

/** A line ends with LF, CR or both; a CR at the very end may still get its LF. */
function lineEnd(text: string, from: number): { readonly at: number; readonly next: number } | undefined {
  const lf = text.indexOf("\n", from);
  const cr = text.indexOf("\r", from);
  if (cr === -1 || (lf !== -1 && lf < cr)) return lf === -1 ? undefined : { at: lf, next: lf + 1 };
  if (cr === text.length - 1) return undefined;
  return { at: cr, next: text[cr + 1] === "\n" ? cr + 2 : cr + 1 };
}
