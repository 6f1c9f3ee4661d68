import { describeProviderConformance } from "../../../src/app/conformance/describe-provider-conformance.js";
import type { ConformanceSubject } from "../../../src/app/conformance/conformance-subject.js";

/** Runs the suite on a subject, or one test of it, and tells which tests fail and why: their names, without the subject's, and their messages. */
export async function failuresOf(subject: ConformanceSubject, only?: string): Promise<ReadonlyMap<string, string>> {
  const path: string[] = [];
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  describeProviderConformance({
    subject,
    runner: {
      describe: (name, body) => {
        path.push(name);
        body();
        path.pop();
      },
      it: (name, body) => tests.push({ name: [...path.slice(1), name].join(" "), body }),
    },
  });
  const failures = new Map<string, string>();
  for (const { name, body } of tests.filter((test) => only === undefined || test.name === only)) {
    await body().catch((error: unknown) => failures.set(name, error instanceof Error ? error.message : String(error)));
  }
  return failures;
}
