import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { Speaker } from "./story.js";

/** What a run needs of the agent that performs it. */
export interface EchoRunStage {
  emit(event: RpcRecord): Promise<void>;
  /** Takes note of a finished message. */
  remember(by: Speaker, text: string): void;
  /** The oldest nudge that nobody took up yet. */
  takeNudge(): string | undefined;
  /** The agent is not busy with this run any more. Called just before `done`. */
  leave(run: EchoRun): void;
  crash(): void;
}

/**
 * One run: the prompt is given back as the answer. Some of its words set something off first, in the order in which they stand there.
 *
 * | word      | what happens                                                        |
 * | --------- | ------------------------------------------------------------------- |
 * | `think`   | the answer is preceded by reasoning                                 |
 * | `tool`    | a pretend command is run                                            |
 * | `ask`     | a choice is asked for, and the chosen answer is told                |
 * | `confirm` | a confirmation is asked for, and the answer is told                 |
 * | `wait`    | a message is begun that ends only with a nudge                      |
 * | `fail`    | the run fails; nudges that it left are taken up by another run      |
 * | `crash`   | the process ends                                                    |
 * | `again`   | the agent starts another run by itself once this one is done        |
 */
export class EchoRun {
  readonly startsAnother: boolean;
  readonly #stage: EchoRunStage;
  readonly #prompt: string;
  readonly #hushed = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #nudged = Promise.withResolvers<void>();
  #isHushed = false;
  #hasFailed = false;
  #thought: string | undefined;
  #calls = 0;
  readonly #answers = new Map<string, PromiseWithResolvers<RpcRecord>>();
  readonly #acts: ReadonlyMap<string, () => Promise<void>> = new Map([
    ["think", () => this.#think()],
    ["tool", () => this.#work()],
    ["ask", () => this.#ask({ kind: "select", title: "Which colour?", choices: ["red", "green"] })],
    ["confirm", () => this.#ask({ kind: "confirm", title: "Go on?", choices: [] })],
    ["wait", () => this.#say("I am waiting.", { holdUntilNudged: true })],
    ["fail", () => this.#fail()],
    ["crash", () => this.#crash()],
  ]);

  constructor(options: { readonly stage: EchoRunStage; readonly prompt: string }) {
    this.#stage = options.stage;
    this.#prompt = options.prompt;
    this.startsAnother = wordsOf(options.prompt).includes("again");
  }

  /** Resolves with the run's end. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async perform(): Promise<void> {
    const stage = this.#stage;
    await stage.emit({ now: "begin" });
    await this.#heard(this.#prompt);
    for (const word of wordsOf(this.#prompt)) {
      if (!this.#isOver) await this.#acts.get(word)?.();
    }
    if (!this.#isOver) await this.#say(this.#prompt);
    while (!this.#isOver) {
      const nudge = stage.takeNudge();
      if (nudge === undefined) break;
      await this.#heard(nudge);
      await this.#say(nudge);
    }
    stage.leave(this);
    await stage.emit({ now: "done" });
    this.#ended.resolve();
  }

  hush(): void {
    this.#isHushed = true;
    this.#hushed.resolve();
  }

  nudge(): void {
    this.#nudged.resolve();
  }

  answer(record: RpcRecord): void {
    this.#answers.get(String(record.ask))?.resolve(record);
  }

  async #think(): Promise<void> {
    this.#thought = "Let me think about that.";
  }

  async #crash(): Promise<void> {
    this.#stage.crash();
    // A dead process says no more.
    await new Promise(() => {});
  }

  async #fail(): Promise<void> {
    this.#hasFailed = true;
    await this.#stage.emit({ now: "open", by: "assistant" });
    await this.#spoke({ speech: "", end: "failed", because: "I was asked to fail." });
  }

  async #work(): Promise<void> {
    const call = `call-${(this.#calls += 1)}`;
    await this.#stage.emit({ now: "work", call, trick: "shout", input: { text: this.#prompt } });
    await this.#stage.emit({ now: "worked", call, trick: "shout", output: this.#prompt.toUpperCase(), failed: false });
  }

  /** Asks the user; an answer without a choice, or the run's end, is a cancellation. */
  async #ask(question: { readonly kind: "select" | "confirm"; readonly title: string; readonly choices: readonly string[] }): Promise<void> {
    const ask = `ask-${(this.#calls += 1)}`;
    const answer = Promise.withResolvers<RpcRecord>();
    this.#answers.set(ask, answer);
    await this.#stage.emit({ now: "ask", ask, ...question });
    const given = await Promise.race([answer.promise, this.#hushed.promise]);
    this.#answers.delete(ask);
    if (!this.#isOver) await this.#say(`You said ${heard(given)}.`);
  }

  /** A message of the assistant, word by word; with `holdUntilNudged` it stays open for so long. */
  async #say(text: string, options: { readonly holdUntilNudged: boolean } = { holdUntilNudged: false }): Promise<void> {
    const stage = this.#stage;
    const thought = this.#thought;
    this.#thought = undefined;
    await stage.emit({ now: "open", by: "assistant" });
    if (thought !== undefined) for (const piece of piecesOf(thought)) await stage.emit({ now: "think", text: piece });
    for (const piece of piecesOf(text)) await stage.emit({ now: "speak", text: piece });
    if (options.holdUntilNudged) await Promise.race([this.#nudged.promise, this.#hushed.promise]);
    stage.remember("assistant", text);
    await this.#spoke({ speech: text, ...(thought !== undefined && { thought }), end: this.#isHushed ? "hushed" : "finished" });
  }

  get #isOver(): boolean {
    return this.#isHushed || this.#hasFailed;
  }

  async #heard(text: string): Promise<void> {
    await this.#stage.emit({ now: "open", by: "user" });
    await this.#stage.emit({ now: "spoke", by: "user", speech: text, end: "finished", spent: { heard: 0, spoken: 0 } });
    this.#stage.remember("user", text);
  }

  async #spoke(message: { readonly speech: string; readonly thought?: string; readonly end: string; readonly because?: string }): Promise<void> {
    const spent = { heard: wordsOf(this.#prompt).length, spoken: wordsOf(message.speech).length };
    await this.#stage.emit({ now: "spoke", by: "assistant", ...message, spent });
  }
}

function heard(answer: RpcRecord | void): string {
  if (typeof answer?.chosen === "string") return answer.chosen;
  if (typeof answer?.yes === "boolean") return answer.yes ? "yes" : "no";
  return "nothing";
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}

/** The words with the spaces that follow them. */
function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*/gu) ?? [];
}
