/** What `docs/embedding.md` shows beside the glue, part by part; `docs.test.ts` runs it, and compares it with the page. */
import { ContainerModule } from "inversify";
import {
  createPiProvider,
  ports,
  serverProviderOf,
  type CustomModelVerdict,
  type Provider,
  type ProviderContainerOptions,
  type ProviderModelCatalog,
  type ServerProvider,
} from "../../src/app/index.js";
import { EventLog, FixedBinaryLocator, FixedChildEnvironment, InMemoryCompanionFiles, InMemoryFileStamps, InMemoryProcessSpawner, InMemorySessionFiles, piTextTurn, ScriptedAgent } from "../../src/app/testing.js";
import { advance, changedEntities, emptyTranscript, type Transcript, type TranscriptEntity } from "../../src/app/transcript.js";

/** Two configurations of Pi in one server. They share nothing: no process, no memory of models, no queue of events. */
export function twoInstances({ stateDir }: { readonly stateDir: string }): readonly Provider[] {
  const own = createPiProvider({ customModelsFile: `${stateDir}/pi-models.json` });
  const work = createPiProvider({
    instanceId: "pi-work",
    displayName: "Pi (work)",
    agentDir: "~/.pi-work/agent",
    customModelsFile: `${stateDir}/pi-work-models.json`,
    environment: { names: ["WORK_*"], set: { ANTHROPIC_BASE_URL: "https://models.example.com" } },
  });
  return [own, work];
}

/** The agent that tells the picker its models is the one that then takes the first message. */
export async function warmStart(provider: Provider, cwd: string): Promise<ProviderModelCatalog> {
  const catalog = await provider.listModels({ cwd });
  // Within a minute, in the same folder, with the same model or none: the waiting process is taken, and no other is started.
  await provider.startSession({ threadId: "thread-1", cwd, runtimeMode: "full-access" });
  return catalog;
}

/** What a settings page does with custom models. */
export async function changeCustomModels({ customModels }: Provider): Promise<readonly CustomModelVerdict[]> {
  await customModels.add("lab/new-model"); // rejects with the reason, in words for the user
  const verdicts = await customModels.check(); // what the agent says to each of them now
  await customModels.remove("lab/new-model");
  return verdicts;
}

/** Each new state of availability, models and commands, in the shape that newer servers of T3 keep. */
export async function follow(provider: Provider, publish: (server: ServerProvider) => void): Promise<void> {
  for await (const snapshot of provider.changes) publish(serverProviderOf({ snapshot, madeAt: new Date().toISOString() }));
}

/** Stores what happens as whole entities, each under its id: sessions, turns, messages with all their text so far, tools, questions. */
export async function storeEntities(provider: Provider, store: (threadId: string, entity: TranscriptEntity) => void): Promise<void> {
  const transcripts = new Map<string, Transcript>();
  for await (const event of provider.events) {
    const before = transcripts.get(event.threadId) ?? emptyTranscript(event.threadId);
    const after = advance(before, event);
    transcripts.set(event.threadId, after);
    for (const entity of changedEntities({ before, after })) store(event.threadId, entity);
  }
}

/** Attachments that lie in no folder. */
export function attachmentsFrom(readBytes: (attachmentId: string) => Promise<Uint8Array>): ContainerModule {
  return new ContainerModule(({ rebind }) => {
    rebind(ports.attachmentReader).toConstantValue({
      read: async ({ id, mimeType }) => ({ mimeType, base64: Buffer.from(await readBytes(id)).toString("base64") }),
    });
  });
}

/** A whole provider without Pi, without files and without processes. */
export function fakePi(agent: ScriptedAgent): ProviderContainerOptions {
  const program = { path: "/bin/pi", command: "/bin/pi", leadingArgs: [], identity: "pi", packageVersion: "0.87.1" };
  const fakes = new ContainerModule(({ rebind }) => {
    rebind(ports.binaryLocator).toConstantValue(new FixedBinaryLocator({ type: "found", binary: program, searched: [] }));
    rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment());
    rebind(ports.fileStamps).toConstantValue(new InMemoryFileStamps());
    rebind(ports.processSpawner).toConstantValue(new InMemoryProcessSpawner({ program: agent.program }));
    rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
    rebind(ports.sessionFiles).toConstantValue(new InMemorySessionFiles());
  });
  return { cwd: "/project", modules: [fakes] };
}

/** A turn of it, with every event checked against the rules. */
export async function aTurnWithoutPi(): Promise<readonly string[]> {
  const agent = new ScriptedAgent({ scenario: { on: { prompt: [piTextTurn("Hello!")] } } });
  const provider = createPiProvider(fakePi(agent));
  const log = new EventLog(provider.events);

  await provider.startSession({ threadId: "thread-1", runtimeMode: "full-access" });
  const { turnId } = await provider.sendTurn({ threadId: "thread-1", input: "Hello?" });
  await log.turn(turnId);
  await provider[Symbol.asyncDispose]();

  if (log.conclude().length > 0) throw new Error("The events broke the rules.");
  return log.texts(turnId);
}

/** What an agent begins by itself is shown where somebody looks at the thread, and ended where nobody does. */
export function decidePerRun(isWanted: (threadId: string) => Promise<boolean>): ProviderContainerOptions {
  return { session: { unsolicitedRuns: async ({ threadId }) => ((await isWanted(threadId)) ? "adopt" : "discard") } };
}
