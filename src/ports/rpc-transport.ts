import type { ProcessExit, SpawnedProcess } from "./process-spawner.js";

/** A JSON object as it stands on the wire. Only dialects look inside. */
export type RpcRecord = Readonly<Record<string, unknown>>;

/** Connects records to a process. */
export interface RpcConnector {
  /** Starts reading at once. The transport does not own the process: whoever spawned it stops it. */
  connect(request: RpcConnectRequest): RpcTransport;
}

export interface RpcConnectRequest {
  readonly process: SpawnedProcess;
  readonly framing: RecordFraming;
  readonly listener: RpcListener;
}

/**
 * LF-framed JSON records over one process.
 *
 * Everything it reports (a record, the outcome of a request, the close) is reported synchronously in the order of the wire, so
 * that whoever listens can keep one mailbox. After the close nothing is reported any more.
 */
export interface RpcTransport {
  /** Writes one request. Its `settle` is called exactly once, never synchronously within `send`. */
  send(request: RpcRequest): void;
  /** Writes a record that gets no reply (a dialog's answer). A failed write shows as the close. */
  post(record: RpcRecord): void;
  /** Number of requests that are not settled yet. */
  readonly pending: number;
  /** Settles every pending request with `closed`, reports nothing more and lets the output run dry. Idempotent. */
  detach(): void;
}

export interface RpcRequest {
  /** Unique in this transport; written into the record as the framing says. */
  readonly id: string;
  readonly record: RpcRecord;
  /**
   * Milliseconds until the request settles with `deadline`; its late reply is then reported as an ordinary record. A deadline that
   * passes while the listener is not ready counts anew: the answer may lie unread because the host is slow.
   */
  readonly deadlineMs: number;
  readonly settle: (outcome: RpcOutcome) => void;
}

export type RpcOutcome =
  | { readonly type: "reply"; readonly record: RpcRecord }
  | { readonly type: "deadline"; readonly afterMs: number }
  | { readonly type: "closed"; readonly close: RpcClose };

/** None of these may throw: a listener that does has missed a record, and the connection ends with `listener-failed`. */
export interface RpcListener {
  /** A record that answers no pending request. */
  readonly onRecord: (record: RpcRecord) => void;
  /** A line that was no record; the stream goes on. Only its size is told, never its content. */
  readonly onDropped: (dropped: DroppedLine) => void;
  /** The one verdict on the connection's end. */
  readonly onClose: (close: RpcClose) => void;
  /** Awaited between chunks while it returns a promise: a slow host pauses the agent through this. */
  readonly ready?: () => Promise<void> | undefined;
}

export interface DroppedLine {
  readonly reason: "not-json" | "not-an-object" | "too-large";
  readonly bytes: number;
}

/**
 * Why the connection ended. A failed write and the end of the output wait a bounded time for the process's own verdict, so
 * that an exit code wins over a broken pipe.
 */
export interface RpcClose {
  readonly cause: "exited" | "output-ended" | "write-failed" | "listener-failed" | "detached";
  readonly exit?: ProcessExit;
}

/** The part of a dialect that a transport needs. Pure and stateless. */
export interface RecordFraming {
  /** Longer lines are dropped and reported. */
  readonly maxRecordBytes: number;
  /** Parses one line (without its line feed). Throws or returns a non-object for a line that is no record. */
  parse(line: Uint8Array): unknown;
  /** How a record relates to requests. */
  correlate(record: RpcRecord): RecordRelation;
  /** The record as it is written for a request with this id. */
  address(record: RpcRecord, id: string): RpcRecord;
  /** The command name that an id-less refusal of this record would carry. */
  commandOf(record: RpcRecord): string;
}

export type RecordRelation =
  | { readonly type: "event" }
  | { readonly type: "reply"; readonly id: string }
  /** A refusal without an id: it settles the only pending request it can mean, and is an event if there is none or several. */
  | { readonly type: "anonymous-refusal"; readonly command: string | undefined };
