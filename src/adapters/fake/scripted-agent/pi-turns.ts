import type { RpcRecord } from "../../../ports/rpc-transport.js";
import { assistantMessage, toolEnd, toolResultMessage, type PiAssistantMessage, type PiContentBlock } from "./pi-records.js";
import type { Script } from "./scenario.js";

/** Common scripts for a `prompt`, and the pieces they are made of, to be spread into longer ones. */

// ------------------------------------------------------------------------------------------------------------------- pieces

/** The prompt is accepted and a run begins. */
export const piRunStart: Script = [{ reply: {} }, { emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }, { userMessage: true }];

/** The low-level run ends, which by itself means nothing. */
export function piRunEnd(options: { readonly willRetry: boolean } = { willRetry: false }): Script {
  return [{ emit: { type: "turn_end", toolResults: [] } }, { emit: { type: "agent_end", messages: [], ...options } }];
}

/** Pi's own word that it will do nothing more by itself. */
export const piSettled: Script = [{ emit: { type: "agent_settled" } }];

export interface PiSpeech {
  readonly text: string;
  /** Reasoning that is streamed before the text. */
  readonly thinking?: string;
  /** Pieces in which the text is streamed; 2 unless told. */
  readonly deltas?: number;
}

/** The assistant begins to speak; its message stays open. */
export function piSpeechStart(speech: PiSpeech): Script {
  const { text, thinking, deltas = 2 } = speech;
  const textIndex = thinking === undefined ? 0 : 1;
  return [
    { emit: { type: "message_start", message: assistantMessage({ content: [], stopReason: "pending" }) } },
    ...(thinking === undefined ? [] : thought(thinking)),
    { update: { type: "text_start", contentIndex: textIndex } },
    ...pieces(text, deltas).map((delta) => ({ update: { type: "text_delta", contentIndex: textIndex, delta } as const })),
  ];
}

/** The end of a message that {@link piSpeechStart} began. */
export function piSpeechEnd(speech: PiSpeech, end: Pick<PiAssistantMessage, "stopReason" | "errorMessage"> = { stopReason: "stop" }): Script {
  const content: readonly PiContentBlock[] = [
    ...(speech.thinking === undefined ? [] : [{ type: "thinking", thinking: speech.thinking } as const]),
    { type: "text", text: speech.text },
  ];
  return [
    { update: { type: "text_end", contentIndex: content.length - 1, content: speech.text } },
    { emit: { type: "message_end", message: assistantMessage({ content, ...end }) } },
  ];
}

/** A whole message of the assistant. */
export function piSpeech(speech: string | PiSpeech): Script {
  const full = typeof speech === "string" ? { text: speech } : speech;
  return [...piSpeechStart(full), ...piSpeechEnd(full)];
}

export interface PiToolUse {
  readonly id?: string;
  readonly name: string;
  readonly args: RpcRecord;
  readonly output: string;
  readonly isError?: boolean;
}

/** The assistant calls a tool, without a word, and gets its result; the step ends with it. */
export function piToolUse({ id = "call-1", name, args, output, isError = false }: PiToolUse): Script {
  const result = { toolCallId: id, toolName: name, output, isError };
  const refused = { ...result, output: "The tool call was not allowed.", isError: true };
  const message = assistantMessage({ content: [{ type: "toolCall", id, name, arguments: args }], stopReason: "toolUse" });
  const half = output.slice(0, Math.ceil(output.length / 2));
  return [
    { emit: { type: "message_start", message: assistantMessage({ content: [], stopReason: "pending" }) } },
    { emit: { type: "message_end", message } },
    { emit: { type: "tool_execution_start", toolCallId: id, toolName: name, args } },
    {
      call: { toolCallId: id, toolName: name, input: args },
      run: [
        { emit: { type: "tool_execution_update", toolCallId: id, toolName: name, args, partialResult: { content: [{ type: "text", text: half }] } } },
        ...toolResult(result),
        { emit: { type: "turn_end", message, toolResults: [toolResultMessage(result)] } },
      ],
      blocked: [...toolResult(refused), { emit: { type: "turn_end", message, toolResults: [toolResultMessage(refused)] } }],
    },
    { emit: { type: "turn_start" } },
  ];
}

function toolResult(result: Parameters<typeof toolEnd>[0]): Script {
  return [{ emit: toolEnd(result) }, { emit: { type: "message_start", message: toolResultMessage(result) } }, { emit: { type: "message_end", message: toolResultMessage(result) } }];
}

/** An answer that failed before its first word. */
export function piFailure(errorMessage: string): Script {
  const message = assistantMessage({ content: [], stopReason: "error", errorMessage });
  return [{ emit: { type: "message_start", message } }, { emit: { type: "message_end", message } }];
}

/** A retry is announced and its run begins. */
export function piRetryStart(options: { readonly attempt: number; readonly errorMessage: string }): Script {
  return [
    { emit: { type: "auto_retry_start", ...options, maxAttempts: 3, delayMs: 2000 * 2 ** (options.attempt - 1) } },
    { emit: { type: "agent_start" } },
    { emit: { type: "turn_start" } },
  ];
}

// -------------------------------------------------------------------------------------------------------------------- turns

/** The assistant answers and is done. */
export function piTextTurn(speech: string | PiSpeech): Script {
  return [...piRunStart, ...piSpeech(speech), ...piRunEnd(), ...piSettled];
}

/** The assistant uses a tool, then answers. */
export function piToolTurn(options: { readonly tool: PiToolUse; readonly text: string }): Script {
  return [...piRunStart, ...piToolUse(options.tool), ...piSpeech(options.text), ...piRunEnd(), ...piSettled];
}

/** The model's provider refuses for good. */
export function piErrorTurn(errorMessage: string): Script {
  return [...piRunStart, ...piFailure(errorMessage), ...piRunEnd(), ...piSettled];
}

/** A first attempt fails, the second one succeeds. */
export function piRecoveringTurn(options: { readonly errorMessage: string; readonly text: string }): Script {
  const { errorMessage, text } = options;
  return [
    ...piRunStart,
    ...piFailure(errorMessage),
    ...piRunEnd({ willRetry: true }),
    ...piRetryStart({ attempt: 1, errorMessage }),
    ...piSpeech(text),
    { emit: { type: "auto_retry_end", success: true, attempt: 1 } },
    ...piRunEnd(),
    ...piSettled,
  ];
}

/** Every attempt fails. */
export function piExhaustedTurn(errorMessage: string): Script {
  const retry = (attempt: number): Script => [...piRunEnd({ willRetry: true }), ...piRetryStart({ attempt, errorMessage }), ...piFailure(errorMessage)];
  return [
    ...piRunStart,
    ...piFailure(errorMessage),
    ...retry(1),
    ...retry(2),
    ...retry(3),
    ...piRunEnd(),
    { emit: { type: "auto_retry_end", success: false, attempt: 3, finalError: errorMessage } },
    ...piSettled,
  ];
}

/** The assistant begins to answer and goes on for ever: until it is aborted, or its process ends. */
export function piEndlessTurn(speech: string | PiSpeech): Script {
  return [...piRunStart, ...piSpeechStart(typeof speech === "string" ? { text: speech } : speech), { stall: true }];
}

/** The assistant works until it is steered, then answers with this text. */
export function piSteeredTurn(text: string): Script {
  return [
    ...piRunStart,
    ...piSpeech("Working."),
    { waitFor: "steer" },
    { emit: { type: "turn_end", toolResults: [] } },
    { emit: { type: "turn_start" } },
    { emit: { type: "queue_update", steering: [], followUp: [] } },
    ...piSpeech(text),
    ...piRunEnd(),
    ...piSettled,
  ];
}

/** A prompt that an extension's command handled: no run begins. */
export const piHandledPrompt: Script = [{ reply: { data: { disposition: "handled" } } }];

function thought(thinking: string): Script {
  return [
    { update: { type: "thinking_start", contentIndex: 0 } },
    { update: { type: "thinking_delta", contentIndex: 0, delta: thinking } },
    { update: { type: "thinking_end", contentIndex: 0, content: thinking } },
  ];
}

/** Cuts between code points. */
function pieces(text: string, count: number): readonly string[] {
  const characters = Array.from(text);
  const size = Math.max(1, Math.ceil(characters.length / count));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, piece) => characters.slice(piece * size, (piece + 1) * size).join(""));
}
