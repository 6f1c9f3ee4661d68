import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files whose tests start programs. One of them that begins last would run on alone, with the other workers idle. */
const slow = /[/\\](?:e2e|cli-process|processes-|packed-package)/;

/** Begins with the files that take longest, in an order that does not depend on earlier runs. */
export class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((left, right) => rank(left) - rank(right) || (left.moduleId < right.moduleId ? -1 : 1)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  return slow.test(moduleId) ? 0 : 1;
}
