import * as v from "valibot";
import type { ProviderApprovalDecision, RuntimeMode } from "../../src/ports/index.js";
import type { Command } from "../shared/protocol.js";

/** In characters. What is longer is no message but a file. */
export const maxMessageLength = 100_000;
const maxNameLength = 1_000;
const maxOptions = 50;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(maxNameLength));
const words = v.pipe(v.string(), v.maxLength(maxNameLength));
/** Which there are, each instance says of itself. */
const mode = v.pipe(v.string(), v.maxLength(50), v.transform((text) => text as RuntimeMode));
const decision = v.picklist(["accept", "acceptForSession", "decline", "cancel"] satisfies readonly ProviderApprovalDecision[]);
const options = v.pipe(v.record(name, v.union([words, v.boolean()])), v.maxEntries(maxOptions));
const selection = v.strictObject({
  provider: name,
  model: v.exactOptional(name),
  modelOptions: v.exactOptional(v.pipe(v.record(name, options), v.maxEntries(maxOptions))),
});
const settings = v.strictObject({ binaryPath: words, launchArguments: words });
const message = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "", "An empty message says nothing."),
  v.maxLength(maxMessageLength, `A message has at most ${maxMessageLength.toLocaleString("en")} characters. Put what is longer into a file.`),
);

const command: v.GenericSchema<unknown, Command> = v.variant("type", [
  v.strictObject({ type: v.literal("new-thread"), instanceId: name, runtimeMode: mode }),
  v.strictObject({ type: v.literal("remove-thread"), threadId: name }),
  v.strictObject({ type: v.literal("send"), threadId: name, text: message, selection }),
  v.strictObject({ type: v.literal("interrupt"), threadId: name }),
  v.strictObject({ type: v.literal("stop-session"), threadId: name }),
  v.strictObject({ type: v.literal("roll-back"), threadId: name, turns: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  v.strictObject({ type: v.literal("compact"), threadId: name }),
  v.strictObject({ type: v.literal("decide"), threadId: name, requestId: name, decision }),
  v.strictObject({ type: v.literal("answer"), threadId: name, requestId: name, answers: v.pipe(v.record(name, v.pipe(v.string(), v.maxLength(maxMessageLength))), v.maxEntries(maxOptions)) }),
  v.strictObject({ type: v.literal("set-runtime-mode"), threadId: name, runtimeMode: mode }),
  v.strictObject({ type: v.literal("configure"), instanceId: name, settings }),
  v.strictObject({ type: v.literal("refresh"), instanceId: name }),
  v.strictObject({ type: v.literal("add-custom-model"), instanceId: name, slug: words, allowUnverified: v.boolean() }),
  v.strictObject({ type: v.literal("remove-custom-model"), instanceId: name, slug: words }),
  v.strictObject({ type: v.literal("scenario"), scenario: name }),
  v.strictObject({ type: v.literal("crash"), threadId: name }),
  v.strictObject({ type: v.literal("inspect"), on: v.boolean() }),
]);

export type CommandReading = { readonly type: "command"; readonly command: Command } | { readonly type: "invalid"; readonly detail: string };

/** What is no command is said to be none in words that name the place, never the content. */
export function readCommand(value: unknown): CommandReading {
  const read = v.safeParse(command, value);
  if (read.success) return { type: "command", command: read.output };
  const [issue] = read.issues;
  const place = v.getDotPath(issue);
  if (place === "text") return { type: "invalid", detail: issue.type === "string" ? "A message is a text." : issue.message };
  return { type: "invalid", detail: place === null ? "This is no command." : `This is no command: "${place}" is not as it should be.` };
}
