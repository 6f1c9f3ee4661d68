import type { ModelAnswer, ModelRequest, ModelStep } from "../../../src/app/testing.js";
import type { ScenarioInfo } from "../../shared/protocol.js";
import { CommandError } from "../command-error.js";
import { speakersIn } from "./conversation.js";
import { flood, slowAnswer, waves } from "./endurance.js";
import { crash, providerError, retry } from "./failures.js";
import { hostileAnswer } from "./hostile-answer.js";
import { longAnswer, plainAnswer, thinkingAnswer } from "./plain-answer.js";
import type { Scenario, ScenarioStage } from "./scenario.js";
import { approval, parallelTools, question, silentStages, toolTurn } from "./tool-turns.js";

/** In the order of the menu. */
const scenarios: readonly Scenario[] = [
  plainAnswer,
  thinkingAnswer,
  toolTurn,
  silentStages,
  parallelTools,
  question,
  approval,
  slowAnswer,
  longAnswer,
  flood,
  waves,
  retry,
  providerError,
  crash,
  hostileAnswer,
];

/** More pieces make no better show, and each one costs a timer. */
const maxPieces = 200;
const rememberedTexts = 100;

/** The model of the embedded agents: one for all of them. It knows a conversation by what its user said last. */
export class ScriptedModel {
  readonly #paceMs: number;
  #scenario: Scenario = plainAnswer;
  #replaced = Promise.withResolvers<void>();
  readonly #attempts = new Map<string, number>();
  /** What users said while a turn was on. */
  readonly #heard = new Set<string>();
  /** Answers to these are to be broken off. */
  readonly #crashes = new Set<string>();
  /** Answers to these were. */
  readonly #crashed = new Set<string>();
  /** What was said after such a one. */
  readonly #recovered = new Set<string>();
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();

  /** `paceMs`: between two pieces of a text that is spoken. */
  constructor({ paceMs }: { readonly paceMs: number }) {
    this.#paceMs = paceMs;
  }

  get scenarios(): readonly ScenarioInfo[] {
    return scenarios.map(({ id, title, description, prompt }) => ({ id, title, description, prompt }));
  }

  get scenario(): string {
    return this.#scenario.id;
  }

  choose(id: string): void {
    const scenario = scenarios.find((candidate) => candidate.id === id);
    if (scenario === undefined) throw new CommandError({ code: "scenario-unknown", detail: "There is no such scenario." });
    if (scenario === this.#scenario) return;
    this.#scenario = scenario;
    this.#replaced.resolve();
    this.#replaced = Promise.withResolvers();
  }

  /** What a user says, before the agent hears it: after what, and whether that is still being answered. */
  expect({ text, after, steers }: { readonly text: string; readonly after: string | undefined; readonly steers: boolean }): void {
    const [said, before] = [text.trim(), after?.trim()];
    this.#recovered.delete(said);
    if (before === undefined) return;
    if (this.#crashed.delete(before)) remember(this.#recovered, said);
    if (!steers) return;
    remember(this.#heard, said);
    this.#gates.get(before)?.resolve();
  }

  /** Whether the agent that was told this is to be killed, now that its answer has begun. True once for each time. */
  takesCrash(text: string): boolean {
    const isTold = this.#crashes.delete(text.trim());
    if (isTold) remember(this.#crashed, text.trim());
    return isTold;
  }

  readonly respond = (request: ModelRequest): ModelAnswer => {
    const text = request.lastUserText.trim();
    const stage = this.#stage(request, text);
    if (stage.round === 0 && this.#heard.delete(text)) return stage.spoken(`You told me in the middle of it:\n\n> ${text}\n\nI go on with that.`);
    return this.#scenario.answer(request, stage);
  };

  #stage(request: ModelRequest, text: string): ScenarioStage {
    const speakers = speakersIn(request);
    const paceMs = this.#paceMs;
    return {
      round: speakers.slice(speakers.lastIndexOf("user")).filter((speaker) => speaker === "assistant").length,
      attempt: this.#attempt(`${speakers.length} ${text}`),
      hasCrashed: this.#recovered.has(text),
      steered: this.#gate(text),
      replaced: this.#replaced.promise,
      crashAgent: () => remember(this.#crashes, text),
      spoken: (words) => paced(words, { paceMs, step: (piece) => ({ text: piece }) }),
      thought: (words) => paced(words, { paceMs, step: (piece) => ({ reasoning: piece }) }),
    };
  }

  #attempt(request: string): number {
    const attempt = (this.#attempts.get(request) ?? 0) + 1;
    this.#attempts.delete(request);
    rememberAs(this.#attempts, request, attempt);
    return attempt;
  }

  #gate(text: string): Promise<void> {
    const gate = Promise.withResolvers<void>();
    this.#gates.delete(text);
    rememberAs(this.#gates, text, gate);
    return gate.promise;
  }
}

function remember(texts: Set<string>, text: string): void {
  texts.add(text);
  const [oldest] = texts;
  if (texts.size > rememberedTexts && oldest !== undefined) texts.delete(oldest);
}

function rememberAs<T>(values: Map<string, T>, text: string, value: T): void {
  values.set(text, value);
  const [oldest] = values.keys();
  if (values.size > rememberedTexts && oldest !== undefined) values.delete(oldest);
}

function paced(text: string, { paceMs, step }: { readonly paceMs: number; readonly step: (piece: string) => ModelStep }): ModelAnswer {
  const words = text.match(/\s*\S+\s*/gu) ?? [text];
  const size = Math.ceil(words.length / maxPieces);
  const pieces: string[] = [];
  for (let start = 0; start < words.length; start += size) pieces.push(words.slice(start, start + size).join(""));
  if (paceMs === 0) return pieces.map(step);
  return pieces.flatMap((piece, index) => [step(piece), { waitFor: afterMs((index + 1) * paceMs) }]);
}

/** Keeps no host alive: whoever listened may have gone. */
function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
