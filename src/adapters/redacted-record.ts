/**
 * A record without what people, models, tools and files said. Only fields known here are named at all, because a name may be content
 * too: an extension's data and a tool's arguments have whatever names they like. Of those fields a few hold a name, an id or a
 * measure; every other value is told by its size.
 */
export function redactedRecord(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return redactedFields(record, 0);
}

/** Fields whose text is a name or an id, if it looks like one. */
const names: ReadonlySet<string> = new Set([
  "type", "role", "method", "customType", "event", "source", "scope", "origin", "reason", "disposition", "notifyType", "mimeType",
  "id", "parentId", "targetId", "entryId", "leafId", "firstKeptEntryId", "sessionId", "responseId", "toolCallId", "toolName",
  "provider", "api", "model", "modelId", "stopReason", "rawStopReason", "thinkingLevel", "level", "steeringMode", "followUpMode", "timestamp",
]);

/**
 * Fields that are what they seem only in a record of this type. Elsewhere `command` is what a user ran, `name` the title of a
 * conversation, and `data` what an extension keeps in it.
 */
const typeOfOwner: Readonly<Record<string, string>> = { command: "response", name: "toolCall", data: "response" };

/** Fields that are numbers or flags. */
const measures: ReadonlySet<string> = new Set([
  "input", "output", "cacheRead", "cacheWrite", "reasoning", "total", "totalTokens", "tokens", "tokensBefore", "estimatedTokensAfter",
  "contextWindow", "maxTokens", "messageCount", "pendingMessageCount", "contentIndex", "attempt", "maxAttempts", "delayMs", "durationMs", "timeout", "timestamp",
  "success", "cancelled", "aborted", "willRetry", "isError", "isStreaming", "isCompacting", "truncated", "display",
]);

/** Fields whose objects and lists the agent itself has made, so that one can look into them. */
const containers: ReadonlySet<string> = new Set([
  "message", "messages", "content", "assistantMessageEvent", "partial", "toolCall", "toolResults", "result", "partialResult", "model", "models",
  "usage", "tokens", "cost", "contextUsage", "entry", "entries", "commands", "images", "steering", "followUp",
]);

/** Fields that hold what somebody said, wrote or did. */
const contents: ReadonlySet<string> = new Set([
  "text", "thinking", "delta", "error", "errorMessage", "finalError", "title", "value", "confirmed", "placeholder", "prefill", "options", "summary", "name", "command", "data",
  "args", "arguments", "details", "structuredContent", "instructions", "customInstructions", "description", "sessionFile", "sessionPath", "sessionName",
  "extensionPath", "statusKey", "statusText", "widgetKey", "widgetLines",
]);

const maxDepth = 8;
/** The end of a run repeats the whole conversation. */
const maxItems = 50;
const plainName = /^[\w.:/@|+~-]{1,200}$/;

function redactedFields(owner: object, depth: number): Readonly<Record<string, unknown>> {
  const told: Record<string, unknown> = {};
  let untold = 0;
  for (const [field, value] of Object.entries(owner)) {
    if (isKnown(field)) told[field] = redactedValue(value, { field, owner, depth });
    else untold += 1;
  }
  return untold === 0 ? told : { ...told, "…": `[${untold} other fields]` };
}

function isKnown(field: string): boolean {
  return names.has(field) || measures.has(field) || containers.has(field) || contents.has(field);
}

interface Place {
  readonly field: string;
  readonly owner: object;
  readonly depth: number;
}

function redactedValue(value: unknown, { field, owner, depth }: Place): unknown {
  if (value === null) return null;
  const isTrusted = hasTypeFor(field, owner);
  if (typeof value === "string") return (names.has(field) || isTrusted) && plainName.test(value) ? value : sizeOf(value);
  if (typeof value !== "object") return measures.has(field) || names.has(field) ? value : sizeOf(value);
  if ((!containers.has(field) && !isTrusted) || depth === maxDepth) return sizeOf(value);
  if (!Array.isArray(value)) return redactedFields(value, depth + 1);
  // What lies in a list is no name, whatever the list is called.
  const items = value.slice(0, maxItems).map((item: unknown) => (isObject(item) ? redactedFields(item, depth + 1) : sizeOf(item)));
  return value.length > maxItems ? [...items, `[${value.length - maxItems} more]`] : items;
}

function hasTypeFor(field: string, owner: object): boolean {
  const type = typeOfOwner[field];
  return type !== undefined && "type" in owner && owner.type === type;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sizeOf(value: unknown): string {
  if (typeof value === "string") return `[${value.length} characters]`;
  if (Array.isArray(value)) return `[${value.length} items]`;
  if (isObject(value)) return `[${Object.keys(value).length} fields]`;
  return `[${value === null ? "null" : typeof value}]`;
}
