import { ContainerModule } from "inversify";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { InMemoryFileStamps } from "../../src/adapters/fake/in-memory-file-stamps.js";
import type { InMemoryProgram } from "../../src/adapters/fake/in-memory-program.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { inputRecords } from "../../src/adapters/fake/input-records.js";
import { createPiProvider } from "../../src/app/container.js";
import { ports } from "../../src/app/identifiers.js";
import type { Contender } from "./interleave.js";
import { startStopwatch } from "./stopwatch.js";

/** What a Pi with very many models says of them: a record of about 3 MB. */
const models = 5_000;

const answers: Readonly<Record<string, unknown>> = {
  get_state: { model: modelAt(0), thinkingLevel: "medium", isStreaming: false, isCompacting: false, sessionId: "bench", messageCount: 0, pendingMessageCount: 0 },
  get_available_models: { models: Array.from({ length: models }, (_, index) => modelAt(index)) },
  get_commands: { commands: [] },
  get_available_thinking_levels: { levels: ["off", "minimal", "low", "medium", "high"] },
};

/** An agent that costs next to nothing: all but the id of its answers is ready to be written. */
const agent: InMemoryProgram = async (io) => {
  for await (const record of inputRecords(io.input)) {
    const rest = readyAnswers.get(String(record?.type));
    if (record === undefined || rest === undefined) continue;
    await io.write(`{"id":${JSON.stringify(record.id)},`);
    await io.write(rest);
  }
};

const readyAnswers: ReadonlyMap<string, Buffer> = new Map(
  Object.entries(answers).map(([command, data]) => [command, Buffer.from(`${JSON.stringify({ type: "response", command, success: true, data }).slice(1)}\n`)]),
);

/** From the question to the finished catalog: transport, reading, levels and option descriptors included; the system's part left out. */
export const answeringLargeCatalog: Contender = async () => {
  await using provider = createPiProvider({
    modules: [
      new ContainerModule(({ rebind }) => {
        rebind(ports.fileStamps).toConstantValue(new InMemoryFileStamps());
        rebind(ports.processSpawner).toConstantValue(new InMemoryProcessSpawner({ program: agent }));
        rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
        rebind(ports.binaryLocator).toConstantValue(
          new FixedBinaryLocator({ type: "found", binary: { path: "/bench/pi", command: "/bench/pi", leadingArgs: [], identity: "bench", packageVersion: "0.87.1" }, searched: [] }),
        );
      }),
    ],
  });
  const stop = startStopwatch();
  const catalog = await provider.listModels();
  const sample = stop();
  if (catalog.models.length !== models) throw new Error(`Of ${models} models ${catalog.models.length} were told.`);
  return sample;
};

/** The least that it can cost. */
export const parsingLargeRecord: Contender = () => {
  const bytes = Buffer.concat([Buffer.from('{"id":"1",'), readyAnswers.get("get_available_models") ?? Buffer.of()]);
  const stop = startStopwatch();
  JSON.parse(bytes.toString());
  return Promise.resolve(stop());
};

function modelAt(index: number): Readonly<Record<string, unknown>> {
  return {
    type: "chat",
    id: `vendor-${index % 40}/model-${index}:latest`,
    name: `Vendor ${index % 40}: Model ${index} (long context)`,
    api: "openai-completions",
    provider: index % 3 === 0 ? "openrouter" : "gateway",
    baseUrl: "https://models.example/api/v1",
    reasoning: index % 2 === 0,
    ...(index % 4 === 0 ? { thinkingLevelMap: { minimal: null, xhigh: "xhigh" } } : {}),
    input: index % 5 === 0 ? ["text", "image"] : ["text"],
    cost: { input: 0.25, output: 1.5, cacheRead: 0.025, cacheWrite: 0, tiers: [{ upTo: 200_000, input: 0.25, output: 1.5 }] },
    contextWindow: 262_144,
    maxTokens: 65_536,
    compat: { supportsStore: false, supportsDeveloperRole: false, supportsReasoningEffort: true, maxTokensField: "max_tokens" },
    promptCache: { type: "automatic", minTokens: 1_024 },
  };
}
