import type { AgentModelRef } from "../../ports/agent-messages.js";
import { ProviderError } from "../../ports/errors.js";
import type { GenerateJsonInput } from "../../ports/text-generation.js";
import type { ChoosingCall } from "../session/chosen-model.js";
import { own } from "../session/model-wishes.js";
import { readWish } from "../session/session-requests.js";

/** What is asked of a model, once. */
export interface GenerationRequest {
  readonly prompt: string;
  /** Absent: the agent's own choice. */
  readonly model?: AgentModelRef;
  readonly level?: string;
  readonly timeoutMs: number;
}

export const generation = "generateJson";

const defaultTimeoutMs = 180_000;

/** Throws a `ProviderError` for what makes no sense. */
export function readGeneration(input: GenerateJsonInput, asked: Pick<ChoosingCall, "provider" | "instanceId">): GenerationRequest {
  const { prompt, jsonSchema, timeoutMs = defaultTimeoutMs } = input;
  if (prompt.trim() === "") throw invalid("The prompt is empty.");
  if (!(timeoutMs > 0)) throw invalid("The time-out is not a number of milliseconds above 0.");
  const { model, level } = readWish(input, { operation: generation, ...asked });
  return {
    prompt: jsonSchema === undefined ? prompt : `${prompt}\n\n${instruction}\n${JSON.stringify(jsonSchema)}`,
    // A process that is started without them uses the agent's own.
    ...(model === undefined || model === own ? {} : { model }),
    ...(level === undefined || level === own ? {} : { level }),
    timeoutMs,
  };
}

const instruction = "Answer with one JSON value that conforms to this JSON Schema, and with nothing else:";

function invalid(detail: string): ProviderError {
  return new ProviderError({ kind: "validation", code: "invalid-input", operation: generation, detail });
}
