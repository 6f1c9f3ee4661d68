import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import type { ModelRequest } from "../../src/adapters/fake/model-endpoint/model-request.js";

/** What the model behind an endpoint says next, told by the test that runs. */
export class ScriptedModel {
  readonly #answers: ModelAnswer[] = [];
  readonly #ignored = new Set<string>();
  #arrival = Promise.withResolvers<ModelRequest>();
  #unforeseen = 0;

  /** For `ScriptedModelEndpoint.start`. */
  readonly respond = (request: ModelRequest): ModelAnswer => {
    const arrived = this.#arrival;
    this.#arrival = Promise.withResolvers();
    arrived.resolve(request);
    if (this.#ignored.has(request.lastUserText)) return [{ waitFor: Promise.withResolvers().promise }];
    const answer = this.#answers.shift();
    if (answer !== undefined) return answer;
    this.#unforeseen += 1;
    throw new Error("nobody said what it answers.");
  };

  /** One answer for each of the next requests. */
  willAnswer(...answers: readonly ModelAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Never answers to this message. Nobody counts how often it is asked. */
  willIgnore(message: string): void {
    this.#ignored.add(message);
  }

  /** The next request that arrives from now on. */
  nextRequest(): Promise<ModelRequest> {
    return this.#arrival.promise;
  }

  /** What is wrong if a test was right about the model: answers nobody asked for, requests without an answer. */
  get account(): { readonly unused: number; readonly unforeseen: number } {
    return { unused: this.#answers.length, unforeseen: this.#unforeseen };
  }

  /** Forgets what one test has left to the next. */
  reset(): void {
    this.#answers.length = 0;
    this.#unforeseen = 0;
  }
}

/** The texts of a request's messages of one role, oldest first: what the model knows of the conversation. */
export function spoken(request: ModelRequest | undefined, role: "user" | "assistant"): readonly string[] {
  const messages = (request?.body["messages"] ?? []) as readonly { readonly role: string; readonly content?: string | null | readonly { readonly text?: string }[] }[];
  return messages.flatMap(({ role: speaker, content }) => {
    if (speaker !== role) return [];
    return [typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("")];
  });
}
