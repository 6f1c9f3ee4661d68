import * as v from "valibot";

/** One request that a scripted model got. */
export interface ModelRequest {
  /** Its place among all requests of the endpoint, from 0. */
  readonly index: number;
  readonly model: string;
  /** The text of the newest user message; empty when there is none. */
  readonly lastUserText: string;
  /** What the tools gave back since the model last spoke, in the order of its calls; empty when the user spoke last. */
  readonly toolResults: readonly string[];
  /** Number of images in the whole conversation. */
  readonly imageCount: number;
  /** The tools that the model may call. */
  readonly toolNames: readonly string[];
  /** The reasoning effort asked for, in the provider's words; absent when reasoning was not asked for. */
  readonly reasoningEffort?: string;
  readonly stream: boolean;
  /** The key it was authorised with. */
  readonly apiKey?: string;
  /** The whole request, for whatever is not above. */
  readonly body: Readonly<Record<string, unknown>>;
}

const contentPart = v.looseObject({ type: v.string(), text: v.optional(v.string()) });
const message = v.looseObject({
  role: v.string(),
  content: v.optional(v.nullable(v.union([v.string(), v.array(contentPart)]))),
});
const tool = v.looseObject({ function: v.looseObject({ name: v.string() }) });
const completionRequest = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    model: v.string(),
    messages: v.array(message),
    tools: v.optional(v.array(tool), []),
    reasoning_effort: v.optional(v.string()),
    stream: v.optional(v.boolean(), false),
  }),
);

type Message = v.InferOutput<typeof message>;

/** Reads the body of a chat-completions request; `undefined` when it is none. */
export function readModelRequest(input: {
  readonly index: number;
  readonly body: string;
  readonly authorization: string | undefined;
}): ModelRequest | undefined {
  const parsed = v.safeParse(completionRequest, input.body);
  if (!parsed.success) return undefined;
  const body = parsed.output;
  const lastUser = body.messages.findLast(({ role }) => role === "user");
  const lastAssistant = body.messages.findLastIndex(({ role }) => role === "assistant");
  const apiKey = input.authorization?.replace(/^Bearer /, "");
  return {
    index: input.index,
    model: body.model,
    lastUserText: lastUser === undefined ? "" : textOf(lastUser),
    toolResults: body.messages.slice(lastAssistant + 1).flatMap((entry) => (entry.role === "tool" ? [textOf(entry)] : [])),
    imageCount: body.messages.flatMap(({ content }) => (Array.isArray(content) ? content : [])).filter(({ type }) => type === "image_url").length,
    toolNames: body.tools.map(({ function: { name } }) => name),
    ...(body.reasoning_effort === undefined ? {} : { reasoningEffort: body.reasoning_effort }),
    stream: body.stream,
    ...(apiKey === undefined ? {} : { apiKey }),
    body,
  };
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("");
}
