import * as v from "valibot";

/**
 * The records Pi writes, as far as they are read here. Fields that are not read are not described, and fields that only
 * enrich an event fall back to "absent", so that a Pi which changes one of them costs that field and not the event.
 */

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const presentText = v.pipe(v.string(), v.nonEmpty());

function lenient<S extends v.GenericSchema>(schema: S) {
  return v.fallback(v.optional(schema), undefined);
}

const flag = v.fallback(v.boolean(), false);

const amount = v.fallback(count, 0);

export const Usage = v.object({
  input: count,
  output: count,
  cacheRead: amount,
  cacheWrite: amount,
  totalTokens: lenient(count),
  cost: v.fallback(v.object({ total: amount }), { total: 0 }),
});
export type Usage = v.InferOutput<typeof Usage>;

// ------------------------------------------------------------------------------------------------------------------ messages

/** One piece of a streamed text; everything else a `message_update` may carry is repeated by the `message_end`. */
export const Delta = v.object({
  type: v.picklist(["text_delta", "thinking_delta"]),
  contentIndex: wholeNumber,
  delta: v.string(),
});
export type Delta = v.InferOutput<typeof Delta>;

/** The blocks that hold text people read. Images and tool calls are blocks of the same list and are no text. */
export const TextualBlock = v.variant("type", [
  v.object({ type: v.literal("text"), text: v.string() }),
  v.object({ type: v.literal("thinking"), thinking: v.string() }),
]);

export const Content = v.union([v.string(), v.array(v.unknown())]);

export const MessageStart = v.object({ message: v.object({ role: v.string() }) });

export const MessageEnd = v.object({
  message: v.object({
    role: v.string(),
    content: v.optional(Content, []),
    stopReason: lenient(v.string()),
    errorMessage: lenient(v.string()),
    usage: lenient(Usage),
    provider: lenient(presentText),
    model: lenient(presentText),
  }),
});

// --------------------------------------------------------------------------------------------------------------------- tools

const ToolResult = v.object({ content: v.fallback(Content, []) });

export const ToolStart = v.object({
  toolCallId: presentText,
  toolName: v.string(),
  args: v.fallback(v.record(v.string(), v.unknown()), {}),
});

export const ToolUpdate = v.object({
  toolCallId: presentText,
  partialResult: v.fallback(ToolResult, { content: [] }),
});

export const ToolEnd = v.object({
  toolCallId: presentText,
  toolName: v.string(),
  result: v.fallback(ToolResult, { content: [] }),
  isError: flag,
});

// ----------------------------------------------------------------------------------------------------------------------- run

export const AgentEnd = v.object({ willRetry: flag });
export const AgentSettled = v.object({ aborted: flag });
export const QueueUpdate = v.object({ steering: v.array(v.unknown()), followUp: v.array(v.unknown()) });

const compactionReason = v.fallback(v.picklist(["manual", "threshold", "overflow", "unknown"]), "unknown");

export const CompactionResult = v.object({ tokensBefore: lenient(count), estimatedTokensAfter: lenient(count) });
export const CompactionStart = v.object({ reason: compactionReason });
export const CompactionEnd = v.object({
  reason: compactionReason,
  result: v.fallback(v.optional(CompactionResult, {}), {}),
  aborted: flag,
  willRetry: flag,
  errorMessage: lenient(v.string()),
});

export const RetryStart = v.object({
  attempt: wholeNumber,
  maxAttempts: wholeNumber,
  delayMs: count,
  errorMessage: v.fallback(v.string(), ""),
});
export const RetryEnd = v.object({ success: v.boolean(), finalError: lenient(v.string()) });

// ------------------------------------------------------------------------------------------------------------------- session

export const ThinkingLevelChanged = v.object({ level: presentText });
export const SessionInfoChanged = v.object({ name: lenient(v.string()) });
export const ExtensionError = v.object({ extensionPath: v.string(), event: v.fallback(v.string(), "") });

/** A blocking question. Only its id is indispensable: a question that is not shown can still be cancelled with it. */
export const Dialog = v.object({
  id: presentText,
  method: v.picklist(["select", "confirm", "input", "editor"]),
  title: v.fallback(v.string(), ""),
  message: lenient(v.string()),
  options: v.fallback(v.array(v.string()), []),
  placeholder: lenient(v.string()),
  prefill: lenient(v.string()),
  timeout: lenient(v.pipe(v.number(), v.finite(), v.gtValue(0))),
});

export const Notice = v.object({
  message: v.string(),
  notifyType: v.fallback(v.picklist(["info", "warning", "error"]), "info"),
});

// ---------------------------------------------------------------------------------------------------------------------- gate

/** Whatever the gate's question lacks makes it one that no policy lets through. */
export const GateQuestion = v.fallback(
  v.object({
    toolCallId: v.fallback(v.string(), ""),
    toolName: v.fallback(v.string(), ""),
    digest: lenient(presentText),
    path: lenient(v.object({ resolved: presentText, inside: v.boolean() })),
    input: v.fallback(v.record(v.string(), v.unknown()), {}),
  }),
  { toolCallId: "", toolName: "", digest: undefined, path: undefined, input: {} },
);

export const GateFact = v.fallback(v.object({ session: lenient(presentText), refused: lenient(presentText) }), { session: undefined, refused: undefined });

// ------------------------------------------------------------------------------------------------------------------- replies

export const Response = v.object({
  id: lenient(v.string()),
  command: lenient(v.string()),
  success: v.boolean(),
  error: lenient(v.string()),
  data: v.optional(v.unknown()),
});

export const ModelRef = v.object({ id: presentText, provider: presentText });

export const State = v.object({
  model: lenient(ModelRef),
  thinkingLevel: lenient(presentText),
  sessionId: v.string(),
  sessionFile: lenient(presentText),
  isStreaming: v.boolean(),
  isCompacting: v.boolean(),
  pendingMessageCount: count,
  messageCount: count,
});

export const Models = v.object({ models: v.array(v.unknown()) });
export const Levels = v.object({ levels: v.array(presentText) });
export const Disposition = v.object({ disposition: v.picklist(["started", "queued", "handled"]) });
export const Fork = v.object({ cancelled: flag });

export const Commands = v.object({ commands: v.array(v.unknown()) });
export const CommandInfo = v.object({
  name: presentText,
  description: lenient(presentText),
  source: v.fallback(v.picklist(["extension", "prompt", "skill", "other"]), "other"),
});

export const Stats = v.object({
  tokens: v.object({ input: count, output: count, cacheRead: count, cacheWrite: count, total: count }),
  cost: count,
  contextUsage: lenient(v.object({ tokens: v.nullable(count), contextWindow: v.pipe(count, v.gtValue(0)) })),
});

export const Entries = v.object({ entries: v.array(v.unknown()), leafId: v.nullable(v.string()) });
export const Entry = v.object({ type: v.string(), id: presentText, parentId: v.fallback(v.nullable(v.string()), null) });
export const MessageEntry = v.object({ message: v.object({ role: v.string(), content: v.optional(Content, []), command: lenient(v.string()) }) });
export const CustomMessageEntry = v.object({ content: Content });
export const SummaryEntry = v.object({ summary: v.string() });
