import type { AgentEvent } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";

/** Made once per kind of record and shared: there are many of them. */
export function ignored(recordType: string): AgentEvent {
  return { type: "ignored", recordType };
}

const recordTypeLimit = 64;

/** A record nobody here knows or can read. Its type is all that is told, and no more than a type's worth of it. */
export function unrecognised(record: RpcRecord, subtype?: unknown): AgentEvent {
  const name = [record.type, subtype].filter((part) => typeof part === "string").join("/");
  return { type: "unrecognised", recordType: name === "" ? "untyped" : name.slice(0, recordTypeLimit).toWellFormed() };
}
