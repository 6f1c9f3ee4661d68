import type { RpcRecord } from "../../ports/rpc-transport.js";
import { JsonlLines, OversizedLine } from "../node/jsonl-lines.js";

/** The records that an agent is sent; `undefined` for a line that is none. */
export async function* inputRecords(input: AsyncIterable<Uint8Array>): AsyncGenerator<RpcRecord | undefined> {
  const lines = new JsonlLines({ maxLineBytes: Number.MAX_SAFE_INTEGER });
  for await (const chunk of input) for (const line of lines.push(chunk)) yield recordIn(line);
  for (const line of lines.end()) yield recordIn(line);
}

function recordIn(line: Uint8Array | OversizedLine): RpcRecord | undefined {
  if (line instanceof OversizedLine) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(line).toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as RpcRecord) : undefined;
  } catch {
    return undefined;
  }
}
