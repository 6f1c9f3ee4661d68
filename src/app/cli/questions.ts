import { ProviderError } from "../../ports/errors.js";
import type { ProviderAdapter } from "../../ports/provider.js";
import type { ProviderRuntimeEvent, UserInputQuestion } from "../../ports/runtime-event.js";
import { safeLine, safeText } from "./safe-text.js";
import type { TurnView } from "./turn-view.js";

/** A person who can be asked. */
export interface Person {
  /** One line, or `undefined` for no answer. The signal takes the question back. Never rejects. */
  ask(query: string, signal: AbortSignal): Promise<string | undefined>;
}

interface Deps {
  readonly provider: Pick<ProviderAdapter, "respondToUserInput">;
  readonly displayName: string;
  readonly view: Pick<TurnView, "tell" | "lendLine">;
  readonly person: Person | undefined;
}

/** Puts the agent's questions to a person; where there is none they are cancelled, so that no turn waits for ever. */
export class Questions {
  readonly #deps: Deps;
  readonly #open = new Map<string, AbortController>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Told of every event. Resolves when the event has led to an answer, so it must not be waited for before the next event. */
  async see(event: ProviderRuntimeEvent): Promise<void> {
    const { requestId = "" } = event;
    if (event.type === "user-input.resolved") this.#open.get(requestId)?.abort();
    if (event.type !== "user-input.requested") return;
    const asking = new AbortController();
    this.#open.set(requestId, asking);
    const answers = await this.#answers(event.payload.questions, asking.signal);
    this.#open.delete(requestId);
    if (!asking.signal.aborted) await this.#respond(event.threadId, requestId, answers);
  }

  async #answers(questions: readonly UserInputQuestion[], signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { person, view, displayName } = this.#deps;
    if (person === undefined) {
      for (const { header } of questions) await view.tell(`${displayName} asks "${safeLine(header)}". Nobody can answer here, so the answer is "Cancel".`);
      return {};
    }
    const answers: Record<string, string> = {};
    for (const question of questions) {
      await view.tell(questionText(question, displayName));
      const line = await view.lendLine(() => person.ask("Your answer (a number or a text; nothing cancels): ", signal));
      const answer = chosen(question, line?.trim() ?? "");
      if (answer === undefined) return {};
      answers[question.id] = answer;
    }
    return answers;
  }

  async #respond(threadId: string, requestId: string, answers: Readonly<Record<string, string>>): Promise<void> {
    try {
      await this.#deps.provider.respondToUserInput(threadId, requestId, answers);
    } catch (error) {
      // The question was settled otherwise in the meantime, or its session has ended: there is nothing left to answer.
      if (!ProviderError.is(error)) throw error;
    }
  }
}

function questionText({ header, question, options }: UserInputQuestion, displayName: string): string {
  const choices = options.map(({ label, description }, index) => `  ${index + 1}. ${safeLine(label)} (${safeLine(description)})`);
  return [`${displayName} asks: ${safeLine(header)}`, ...(question === header ? [] : [safeText(question)]), ...choices].join("\n");
}

/** What the line means: an option by its number, or the text itself. */
function chosen({ options }: UserInputQuestion, line: string): string | undefined {
  if (line === "") return undefined;
  return /^\d+$/.test(line) ? (options[Number(line) - 1]?.label ?? line) : line;
}
