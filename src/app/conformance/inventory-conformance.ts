import type { ProviderModel } from "../../ports/provider-inventory.js";
import { equals, holds, isRefused } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";
import type { ProviderBench } from "./provider-bench.js";

/** As many models as are tried out, so that an agent with hundreds of them is still tested. */
const maxTried = 3;

/** What the provider tells of its agent, and whether it is true. */
export function testInventory(tests: ConformanceTests): void {
  const { acts } = tests.subject;

  tests.group("the inventory", () => {
    tests.test("tells that the agent is ready, and lists its models", [], async (bench) => {
      const { provider } = bench;
      const status = await bench.wait("the health to be checked", provider.checkHealth());
      equals([status.provider, status.status, status.available], [provider.provider, "ready", true], "the health of an agent that works");
      const catalog = await bench.wait("the models to be listed", provider.listModels());
      const slugs = catalog.models.map(({ slug }) => slug);
      holds(slugs.length > 0 && new Set(slugs).size === slugs.length, "models, each of them once");
      holds(catalog.models.every((model) => isWellFormed(model)), "every model to be named provider/id, and its levels to be different words");
      holds(catalog.defaultModel === null || slugs.includes(catalog.defaultModel), "the default model to be one of the list");
      equals((await provider.inspect()).modelCount, slugs.length, "how many models the health report counts");
      equals(provider.snapshot().catalog?.models, catalog.models, "the models of the snapshot");
    });

    tests.test("tells what is wrong with a path at which no program lies, and what to do", [], async (bench) => {
      const { verdict, status, nextStep = "" } = await bench.wait("the health to be checked", bench.provider.inspect({ binaryPath: bench.nowhere }));
      equals([verdict, status.status, status.available, nextStep.trim() === ""], ["configured-path-wrong", "error", false, false], "the verdict, and whether it leaves the user helpless,");
      equals(bench.processes, 0, "the number of processes");
    });
  });

  tests.group("a choice of model and level", () => {
    tests.test("takes effect as it was listed", Array.from({ length: 4 * maxTried }, () => "answers" as const), async (bench) => {
      const { models } = await bench.wait("the models to be listed", bench.provider.listModels());
      await bench.start();
      for (const model of models.slice(0, maxTried)) {
        for (const level of model.thinkingLevels.length === 0 ? [undefined] : ends(model.thinkingLevels)) {
          const turnId = await bench.completes(acts.answers, { model: model.slug, ...chosenLevel(bench, level) });
          const told = bench.log.of("turn.started").find((event) => event.turnId === turnId)?.payload;
          equals([told?.model, ...(level === undefined ? [] : [told?.effort])], [model.slug, ...(level === undefined ? [] : [level])], "the model and level that the turn tells");
          equals(bench.log.of("runtime.warning").map(({ payload }) => payload.message), [], `the warnings after choosing ${level ?? "no level"} of ${model.slug}`);
        }
      }
    });

    tests.test("is refused before the message is sent when it is none of the list", ["answers"], async (bench) => {
      const { models } = await bench.wait("the models to be listed", bench.provider.listModels());
      const session = await bench.start();
      const send = (choice: object): Promise<unknown> => bench.wait("the message to be answered", bench.provider.sendTurn({ threadId: bench.threadId, input: acts.answers.prompt, ...choice }));
      await isRefused(send({ model: "nobody/nothing" }), [["request", "model-unavailable"]], "a model that the agent does not have");
      for (const { slug } of models.slice(0, maxTried)) {
        await isRefused(send({ model: slug, ...chosenLevel(bench, "no-such-level") }), [["request", "thinking-level-unavailable"]], `a level that ${slug} does not have`);
      }
      equals(bench.log.of("turn.started"), [], "the turns that came of it");
      equals(bench.provider.listSessions()[0]?.model, session.model, "the model after the refusals");
      await bench.worksOn();
    });
  });
}

function isWellFormed({ slug, thinkingLevels }: ProviderModel): boolean {
  return /^[^/\s]+\/\S/.test(slug) && new Set(thinkingLevels).size === thinkingLevels.length && thinkingLevels.every((level) => level.trim() !== "");
}

/** The lowest and the highest. */
function ends(levels: readonly string[]): readonly string[] {
  return [...new Set([levels[0], levels.at(-1)])].filter((level) => level !== undefined);
}

function chosenLevel(bench: ProviderBench, level: string | undefined): object {
  return level === undefined ? {} : { modelOptions: { [bench.provider.provider]: { thinkingLevel: level } } };
}
