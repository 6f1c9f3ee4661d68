import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import type { ModelFinishReason, ModelHttpError, ModelUsage } from "./model-answer.js";
import type { ModelRequest } from "./model-request.js";

/** One response of an OpenAI-compatible server: server-sent events that end with `[DONE]`. Quiet once the client has hung up. */
export class CompletionStream {
  readonly #response: ServerResponse;
  readonly #head: Readonly<Record<string, unknown>>;
  readonly #hungUp: Promise<unknown>;
  readonly requestIndex: number;

  constructor(input: { readonly request: ModelRequest; readonly response: ServerResponse }) {
    this.#response = input.response;
    this.requestIndex = input.request.index;
    this.#head = { id: `chatcmpl-${input.request.index}`, object: "chat.completion.chunk", created: 0, model: input.request.model };
    this.#hungUp = new Promise((resolve) => input.response.once("close", resolve));
  }

  get isClosed(): boolean {
    return this.#response.closed || this.#response.destroyed;
  }

  async delta(delta: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#send({ ...this.#head, choices: [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: null }] });
  }

  /** Keeps the open stream silent. */
  async holdFor(release: PromiseLike<unknown>): Promise<void> {
    this.#open();
    this.#response.flushHeaders();
    await Promise.race([release, this.#hungUp]);
  }

  async finish(reason: ModelFinishReason, usage: ModelUsage): Promise<void> {
    await this.#send({ ...this.#head, choices: [{ index: 0, delta: {}, finish_reason: reason }] });
    await this.#send({ ...this.#head, choices: [], usage: usageOnTheWire(usage) });
    this.#response.end("data: [DONE]\n\n");
  }

  async fail(error: ModelHttpError): Promise<void> {
    const body = { error: { message: error.message, type: "scripted_error", code: String(error.status) } };
    if (this.#response.headersSent) {
      await this.#send(body);
      this.#response.end();
      return;
    }
    this.#response.writeHead(error.status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  /** Breaks the connection; what was sent before still arrives. */
  async cut(): Promise<void> {
    // The response gathers what is written within one tick, and destroying it would drop that.
    await setImmediate();
    this.#response.destroy();
  }

  #open(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  }

  async #send(data: unknown): Promise<void> {
    if (this.isClosed) return;
    this.#open();
    if (this.#response.write(`data: ${JSON.stringify(data)}\n\n`)) return;
    await Promise.race([once(this.#response, "drain"), this.#hungUp]);
  }
}

function usageOnTheWire({ inputTokens, outputTokens, cachedInputTokens = 0 }: ModelUsage): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
  };
}
