import type { RecordFraming, RecordRelation, RpcRecord } from "../../ports/rpc-transport.js";
import { parseRecord } from "./parse-record.js";

/**
 * Pi bounds no record: a finished message, the end of its step and the end of its run each repeat every text and every image of
 * it. The longest JavaScript string Node can make (512 Mi characters) is far above this bound, so a line that passes it can be
 * parsed, and a runaway line costs this much memory once and no more.
 */
const maxRecordBytes = 128 * 1024 * 1024;

const event: RecordRelation = { type: "event" };

export const piFraming: RecordFraming = {
  maxRecordBytes,
  parse: parseRecord,
  correlate(record: RpcRecord): RecordRelation {
    if (record.type !== "response") return event;
    if (typeof record.id === "string") return { type: "reply", id: record.id };
    if (record.success !== false) return event;
    // A line that Pi could not parse is refused as command "parse", which is no command anybody sent.
    const command = typeof record.command === "string" && record.command !== "parse" ? record.command : undefined;
    return { type: "anonymous-refusal", command };
  },
  address: (record, id) => ({ id, ...record }),
  commandOf: (record) => String(record.type),
};
