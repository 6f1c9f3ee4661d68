import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeEvent } from "../../../src/adapters/pi/decode-events.js";
import { piFraming } from "../../../src/adapters/pi/framing.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";

const folder = resolve(import.meta.dirname, "../../fixtures/recordings");

/** Every recording as `<version>/<scenario>`. */
export const recordings: readonly string[] = globSync("*/*.jsonl", { cwd: folder })
  .map((path) => path.replaceAll("\\", "/").replace(/\.jsonl$/, ""))
  .sort();

interface RecordedLine {
  readonly dir: "in" | "out" | "err" | "meta" | "note";
  readonly data: unknown;
}

function linesOf(recording: string): readonly RecordedLine[] {
  return readFileSync(join(folder, `${recording}.jsonl`), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): RecordedLine => JSON.parse(line));
}

/** The records Pi wrote. */
export function written(recording: string): readonly RpcRecord[] {
  return linesOf(recording).flatMap(({ dir, data }) => (dir === "out" && isRecord(data) ? [data] : []));
}

/** The records Pi wrote, as the bytes of their lines. */
export function writtenLines(recording: string): readonly Buffer[] {
  return written(recording).map((record) => Buffer.from(JSON.stringify(record)));
}

/** The replies to a command, under the name Pi has for it. */
export function repliesTo(recording: string, command: string): readonly RpcRecord[] {
  return written(recording).filter((record) => record.type === "response" && record.command === command);
}

/** The events of a recording, from its bytes on; replies are left out, as a transport would settle requests with them. */
export function eventsOf(recording: string): readonly AgentEvent[] {
  return writtenLines(recording).flatMap((line) => {
    const record = piFraming.parse(line);
    if (!isRecord(record)) throw new Error(`${recording} holds a line that is no record`);
    return piFraming.correlate(record).type === "event" ? [decodeEvent(record)] : [];
  });
}

/** Events as a person would tell them: one word each with what matters, repetitions counted, what is ignored left out. */
export function outline(events: readonly AgentEvent[]): readonly string[] {
  const told: { text: string; times: number }[] = [];
  for (const event of events) {
    if (event.type === "ignored") continue;
    const text = word(event);
    const last = told.at(-1);
    if (last?.text === text) last.times += 1;
    else told.push({ text, times: 1 });
  }
  return told.map(({ text, times }) => (times === 1 ? text : `${text} ×${times}`));
}

function word(event: AgentEvent): string {
  switch (event.type) {
    case "message-started":
      return `${event.role} message`;
    case "message-ended":
      return event.role === "assistant" ? `assistant message: ${event.stopReason}` : `${event.role} message complete`;
    case "text-delta":
      return `text ${event.block}`;
    case "reasoning-delta":
      return `reasoning ${event.block}`;
    case "tool-started":
      return `${event.toolName} starts`;
    case "tool-progressed":
      return "tool progresses";
    case "tool-ended":
      return `${event.toolName} ${event.failed ? "fails" : "ends"}`;
    case "run-ended":
      return event.willRetry ? "run-ended, will retry" : "run-ended";
    case "settled":
      return event.aborted ? "settled, aborted" : "settled";
    case "queue-changed":
      return `queue ${event.queued}`;
    case "compaction-started":
      return `compaction starts: ${event.reason}`;
    case "compaction-ended":
      return `compaction ${event.errorMessage === undefined ? "ends" : "fails"}: ${event.reason}${event.willContinue ? ", continues" : ""}`;
    case "retry-started":
      return `retry ${event.attempt}/${event.maxAttempts}`;
    case "retry-ended":
      return event.success ? "retry succeeds" : "retry gives up";
    case "dialog-opened":
      return `asks ${event.method}`;
    case "notice":
      return `notice ${event.severity}`;
    default:
      return event.type;
  }
}

export function isRecord(value: unknown): value is RpcRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
