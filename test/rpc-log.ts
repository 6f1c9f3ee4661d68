import type { DroppedLine, RecordFraming, RpcClose, RpcListener, RpcOutcome, RpcRecord, RpcRequest } from "../src/ports/rpc-transport.js";

/** Requests are `{ command, id }`, replies `{ re: id }`, refusals without an id `{ refused: command or null }`; all else is an event. */
export const sampleFraming: RecordFraming = {
  maxRecordBytes: 1024,
  parse: (line) => JSON.parse(Buffer.from(line).toString("utf8")) as unknown,
  correlate(record) {
    if (typeof record.re === "string") return { type: "reply", id: record.re };
    if (!("refused" in record)) return { type: "event" };
    return { type: "anonymous-refusal", command: typeof record.refused === "string" ? record.refused : undefined };
  },
  address: (record, id) => ("command" in record ? { ...record, id } : { ...record, re: id }),
  commandOf: (record) => String(record.command),
};

export type RpcLogEntry =
  | { readonly record: RpcRecord }
  | { readonly settled: string; readonly outcome: RpcOutcome }
  | { readonly dropped: DroppedLine }
  | { readonly close: RpcClose };

/** Everything a transport reports, in the order it is reported. */
export class RpcLog {
  readonly entries: RpcLogEntry[] = [];
  readonly listener: RpcListener = {
    onRecord: (record) => {
      this.entries.push({ record });
    },
    onDropped: (dropped) => {
      this.entries.push({ dropped });
    },
    onClose: (close) => {
      this.entries.push({ close });
    },
  };

  /** A request whose outcome goes into the log. */
  request(id: string, options: { readonly command?: string; readonly deadlineMs?: number } = {}): RpcRequest {
    const { command = "get", deadlineMs = 1000 } = options;
    return {
      id,
      record: { command },
      deadlineMs,
      settle: (outcome) => {
        this.entries.push({ settled: id, outcome });
      },
    };
  }

  /** What was reported since the last call. */
  take(): readonly RpcLogEntry[] {
    return this.entries.splice(0);
  }
}
