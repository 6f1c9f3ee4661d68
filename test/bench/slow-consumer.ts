import { ContainerModule } from "inversify";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { ScriptedAgent } from "../../src/adapters/fake/scripted-agent.js";
import { piRunEnd, piRunStart, piSettled, piSpeechEnd } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { createProviderContainer } from "../../src/app/container.js";
import { ports, services } from "../../src/app/identifiers.js";
import type { Provider } from "../../src/app/provider-facade.js";
import type { Verdict } from "./verdict.js";

/**
 * Many sessions stream at full speed into one host that is slow: what waits for it stays within a bound, and no text is lost.
 *
 * The bound: `maxWaitingEvents` events, and for each session what one read of its pipe (64 KiB) holds as events. Everything else
 * stays with the agents, whose pipes are full. The agents run in this process too, so their own memory is in the figure.
 */
const sessions = 200;
const deltas = 1_000;
const word = "0123456789abcdef ";
const boundBytes = 64 * 2 ** 20;

export async function compareSlowConsumer(): Promise<Verdict> {
  const heapGrowth = await floodSlowHost();
  const ratio = heapGrowth / boundBytes;
  const bound = { kind: "at most", value: 1 } as const;
  return { title: `${sessions} sessions into a slow host: heap growth / 64 MiB`, rounds: 1, min: ratio, median: ratio, max: ratio, bound, met: ratio <= bound.value };
}

/** The most that the heap grew, in bytes. */
async function floodSlowHost(): Promise<number> {
  await using provider = floodingProvider();
  const threads = Array.from({ length: sessions }, (_, index) => `thread-${index}`);
  await Promise.all(threads.map((threadId) => provider.startSession({ threadId, runtimeMode: "full-access" })));
  const before = heapUsed();
  const sends = threads.map((threadId) => provider.sendTurn({ threadId, input: "flood" }));
  let [read, events, ended, growth] = [0, 0, 0, 0];
  for await (const event of provider.events) {
    events += 1;
    if (event.type === "content.delta") read += event.payload.delta.length;
    if (event.type === "turn.completed") ended += 1;
    if (ended === sessions) break;
    if (events % 500 === 0) await everyoneElse();
    if (events % 10_000 === 0) growth = Math.max(growth, heapUsed() - before);
  }
  await Promise.all(sends);
  const written = sessions * deltas * word.length;
  if (read !== written) throw new Error(`Of ${written} characters the slow host read ${read}.`);
  return growth;
}

/** What makes the host slow: between a few events and the next, everyone else may do what they can. */
async function everyoneElse(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }
}

function floodingProvider(): Provider {
  const flood = [
    ...piRunStart,
    { emit: { type: "message_start", message: { role: "assistant", content: [], stopReason: "pending" } } },
    { repeat: deltas, steps: [{ update: { type: "text_delta", contentIndex: 0, delta: word } }] },
    ...piSpeechEnd({ text: word.repeat(deltas) }),
    ...piRunEnd(),
    ...piSettled,
  ] as const;
  const agent = new ScriptedAgent({ scenario: { on: { prompt: { always: flood } } } });
  const binary = { path: "/pi", command: "/pi", leadingArgs: [], identity: "pi", packageVersion: "0.87.1" };
  const inMemory = new ContainerModule(({ bind, unbind }) => {
    unbind(ports.processSpawner);
    unbind(ports.binaryLocator);
    bind(ports.processSpawner).toConstantValue(new InMemoryProcessSpawner({ program: agent.program }));
    unbind(ports.companionFiles);
    bind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
    bind(ports.binaryLocator).toConstantValue(new FixedBinaryLocator({ type: "found", binary, searched: [] }));
  });
  // Without merging every delta is an event: the worst case for what waits.
  return createProviderContainer({ coalesceMs: 0, maxWaitingEvents: 2_000, modules: [inMemory] }).get(services.provider);
}

function heapUsed(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("The heap can only be weighed with --expose-gc.");
  gc();
  return process.memoryUsage().heapUsed;
}
