/** What a scripted model answers to one request: steps, played in order. */
export type ModelAnswer = readonly ModelStep[];

export type ModelStep =
  /** The model thinks aloud, streamed in this many pieces (1 unless told). */
  | { readonly reasoning: string; readonly chunks?: number }
  /** The model speaks, streamed in this many pieces (1 unless told). */
  | { readonly text: string; readonly chunks?: number }
  | { readonly toolCall: ModelToolCall }
  /** Holds the stream open until the promise is fulfilled or the client hangs up. A rejection cuts the stream. */
  | { readonly waitFor: PromiseLike<unknown> }
  /** What the answer cost; sent at its end. */
  | { readonly usage: ModelUsage }
  /** Ends the answer. Without it an answer ends with `tool_calls` if it holds one, else with `stop`. */
  | { readonly finish: ModelFinishReason }
  /**
   * Ends the answer with a failure: the response's status when nothing was sent before, else an error record in the stream, as
   * real servers do it.
   */
  | { readonly httpError: ModelHttpError }
  /** Destroys the connection. */
  | { readonly cut: true };

export type ModelFinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export interface ModelToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Made up unless told. */
  readonly id?: string;
}

export interface ModelUsage {
  /** All prompt tokens, those read from a cache included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens?: number;
}

export interface ModelHttpError {
  readonly status: number;
  readonly message: string;
}
