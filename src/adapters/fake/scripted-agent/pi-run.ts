import type { RpcRecord } from "../../../ports/rpc-transport.js";
import { assistantMessage, noUsageYet, toolEnd, type PiContentBlock } from "./pi-records.js";
import type { PiMessageUpdate } from "./scenario.js";

/** What is going on in a session: whether a run is under way, the message that is being streamed, the tools that work. */
export class PiRun {
  readonly #streamsSnapshots: boolean;
  #isStreaming = false;
  #whenSettled = Promise.withResolvers<void>();
  #openMessage: PiContentBlock[] | undefined;
  readonly #openTools = new Map<string, string>();

  /** Before 0.84 Pi repeated the whole message so far in every update. */
  constructor(options: { readonly streamsSnapshots: boolean }) {
    this.#streamsSnapshots = options.streamsSnapshots;
  }

  get isStreaming(): boolean {
    return this.#isStreaming;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    if (this.#isStreaming) await this.#whenSettled.promise;
  }

  start(): void {
    this.#isStreaming = true;
  }

  settle(): void {
    this.#isStreaming = false;
    this.#openMessage = undefined;
    this.#openTools.clear();
    this.#whenSettled.resolve();
    this.#whenSettled = Promise.withResolvers();
  }

  openMessage(): void {
    this.#openMessage = [];
  }

  closeMessage(): void {
    this.#openMessage = undefined;
  }

  openTool(toolCallId: string, toolName: string): void {
    this.#openTools.set(toolCallId, toolName);
  }

  closeTool(toolCallId: string): void {
    this.#openTools.delete(toolCallId);
  }

  /** The record that streams this piece of the open message. */
  stream(update: PiMessageUpdate): RpcRecord {
    const content = (this.#openMessage ??= []);
    const { contentIndex } = update;
    const delta = "delta" in update ? update.delta : "";
    const block = content[contentIndex];
    content[contentIndex] = update.type.startsWith("thinking")
      ? { type: "thinking", thinking: (block?.type === "thinking" ? block.thinking : "") + delta }
      : { type: "text", text: (block?.type === "text" ? block.text : "") + delta };
    if (!this.#streamsSnapshots) return { type: "message_update", usage: noUsageYet, assistantMessageEvent: update };
    const message = assistantMessage({ content: [...content], stopReason: "stop" });
    return { type: "message_update", assistantMessageEvent: { ...update, partial: message }, message };
  }

  /** How Pi ends a run that is aborted at this moment. */
  abortedTail(): readonly RpcRecord[] {
    const message = assistantMessage({ content: this.#openMessage ?? [], stopReason: "aborted", errorMessage: "Request was aborted" });
    return [
      ...Array.from(this.#openTools, ([toolCallId, toolName]) => toolEnd({ toolCallId, toolName, output: "Command aborted", isError: true })),
      ...(this.#openMessage === undefined ? [{ type: "message_start", message }] : []),
      { type: "message_end", message },
      { type: "turn_end", message, toolResults: [] },
      { type: "agent_end", messages: [message], willRetry: false },
      { type: "agent_settled" },
    ];
  }
}
