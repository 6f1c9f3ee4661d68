import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files whose tests start programs, those that take longest first. One of them that begins last would run on alone, with the other workers idle. */
const slow = [/[/\\]playground[/\\]browser/, /[/\\](?:cli-process|conversation-resume)/, /[/\\](?:e2e|processes-|packed-package|host-process)/];

/** Begins with the files that take longest, in an order that does not depend on earlier runs. */
export class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((left, right) => rank(left) - rank(right) || (left.moduleId < right.moduleId ? -1 : 1)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = slow.findIndex((files) => files.test(moduleId));
  return place === -1 ? slow.length : place;
}
