import { equals } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";

/** Answers that belong to no thread. */
export function testGeneration(tests: ConformanceTests): void {
  tests.group("an answer in JSON", () => {
    tests.testOf("generates", "comes from a process of its own, of which no thread hears", ["generates", "answers"], async (bench, act) => {
      equals(await bench.wait("the answer", bench.provider.generateJson({ prompt: act.prompt })), act.json, "the answer");
      equals([bench.processes, bench.log.types], [0, []], "the processes that are left of it, and the events that tell of it,");
      await bench.start();
      await bench.worksOn();
    });
  });
}
