import type { ConformanceAct, ConformanceActs, ConformanceSubject, LackingAct } from "./conformance-subject.js";
import { ProviderBench } from "./provider-bench.js";
import type { TestRunner } from "./test-runner.js";

type Shown<T extends ConformanceAct> = Exclude<ConformanceActs[T], LackingAct>;

/** The tests of one subject, told to a runner. */
export class ConformanceTests {
  readonly subject: ConformanceSubject;
  readonly #runner: TestRunner;

  constructor(parts: { readonly runner: TestRunner; readonly subject: ConformanceSubject }) {
    this.#runner = parts.runner;
    this.subject = parts.subject;
  }

  group(name: string, body: () => void): void {
    this.#runner.describe(name, body);
  }

  /** A test of a provider whose agent is sent these acts. */
  test(name: string, script: readonly ConformanceAct[], body: (bench: ProviderBench) => Promise<void>): void {
    this.#runner.it(name, () => ProviderBench.use({ subject: this.subject, script }, body));
  }

  /** A test of what the agent may not be able to do: there is none then. */
  testOf<T extends ConformanceAct>(act: T, name: string, script: readonly ConformanceAct[], body: (bench: ProviderBench, act: Shown<T>) => Promise<void>): void {
    const shown = shownAct(this.subject.acts, act);
    if (shown !== undefined) this.test(name, script, (bench) => body(bench, shown));
  }
}

function shownAct<T extends ConformanceAct>(acts: ConformanceActs, name: T): Shown<T> | undefined {
  const act: ConformanceActs[T] = acts[name];
  return isLacking(act) ? undefined : (act as Shown<T>);
}

export function isLacking(act: object): act is LackingAct {
  return "lacks" in act;
}
