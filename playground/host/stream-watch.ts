import { EventStreamRules, eventStreamRules } from "../../src/app/testing.js";
import type { ProviderRuntimeEvent } from "../../src/ports/index.js";

export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** After so many events the checker is exchanged at the next end of a turn: it remembers the id of each. */
const renewAfter = 20_000;

/** The rules of the events, live on one thread's stream. */
export class StreamWatch {
  #rules = new EventStreamRules();
  #events = 0;
  #told = 0;

  /** What this event breaks. */
  check(event: ProviderRuntimeEvent): readonly Violation[] {
    this.#rules.check(event);
    this.#events += 1;
    const broken = this.#rules.violations.slice(this.#told).map(({ rule, detail }) => ({ rule: ruleText(rule), detail }));
    this.#told = this.#rules.violations.length;
    if (event.type === "turn.completed" && this.#events > renewAfter) this.#renew();
    return broken;
  }

  #renew(): void {
    this.#rules = new EventStreamRules();
    this.#events = 0;
    this.#told = 0;
  }
}

/** In the words in which the page lists them. */
export const ruleTexts: readonly string[] = Object.values(eventStreamRules);

function ruleText(rule: number): string {
  return new Map<string, string>(Object.entries(eventStreamRules)).get(String(rule)) ?? `Rule ${rule}`;
}
