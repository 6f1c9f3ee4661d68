import { capabilitiesOf } from "../../../src/app/capabilities.js";
import { InMemoryAttachmentReader } from "../../../src/adapters/fake/in-memory-attachment-reader.js";
import type { CatalogAnswer, CatalogQuestion } from "../../../src/domain/inventory/model-catalog.js";
import { OwnChoices } from "../../../src/domain/inventory/own-choices.js";
import { ConversationForks } from "../../../src/domain/session/conversation-forks.js";
import { ModelWishes } from "../../../src/domain/session/model-wishes.js";
import { SessionRegistry } from "../../../src/domain/session/session-registry.js";
import { EventLog } from "../../../src/domain/turn/event-log.js";
import { EventOutbox } from "../../../src/domain/turn/event-outbox.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { ProviderSessionStartInput } from "../../../src/ports/provider.js";
import { echoParts, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";
import { settings } from "./reducer-world.js";

export function startInput(change: Partial<ProviderSessionStartInput> = {}): ProviderSessionStartInput {
  return { threadId: "t1", runtimeMode: "full-access", ...change };
}

/** A registry of echo sessions. Whatever a test does, nothing is left of it at the end, and no rule of the events was broken. */
export class RegistryBench implements AsyncDisposable {
  readonly parts: EchoParts;
  readonly registry: SessionRegistry;
  readonly log: EventLog;
  readonly outbox: EventOutbox;
  /** Models that the agent takes only at its start. */
  readonly unlisted = new Set<string>();
  readonly choices: OwnChoices;
  readonly forks: ConversationForks;

  constructor(options: EchoPartsOptions = {}) {
    const parts = echoParts(options);
    this.parts = parts;
    this.outbox = new EventOutbox({ clock: parts.clock, ids: parts.ids, telemetry: parts.telemetry, provider: "echo", coalesceMs: 0, highWater: 1_000 });
    this.log = new EventLog(this.outbox);
    this.choices = new OwnChoices(parts);
    this.forks = new ConversationForks({ ...parts, readyMs: settings.readyMs, requestMs: settings.requestMs });
    this.registry = new SessionRegistry({
      ...parts,
      outbox: this.outbox,
      settings,
      capabilities: capabilitiesOf(parts.dialect),
      instanceId: "echo-work",
      wishes: new ModelWishes({ choices: this.choices, unlisted: { has: async (slug) => this.unlisted.has(slug) } }),
      forks: this.forks,
      attachments: new InMemoryAttachmentReader({ files: { "image-1": new Uint8Array([1, 2, 3]) } }),
      defaultCwd: "/default",
      defaultBinaryPath: undefined,
      defaultAgentDir: "/agent-home/echo",
    });
  }

  start(change: Partial<ProviderSessionStartInput> = {}): ReturnType<SessionRegistry["start"]> {
    return this.registry.start(startInput(change));
  }

  /** A discovery in a project's folder, whose process then waits for a session. Default: the folder in which sessions work. */
  async warmUp(place: Partial<CatalogQuestion> = {}): Promise<CatalogAnswer> {
    return await this.parts.catalog.ask({ binaryPath: undefined, agentDir: "/agent-home/echo", cwd: "/default", ...place });
  }

  /** What became of the processes that waited for a session, oldest first. */
  get spareOutcomes(): readonly unknown[] {
    return this.parts.telemetry.counts.flatMap(({ name, attributes }) => (name === "agent.spares" ? [attributes.outcome] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.dispose();
    await Promise.all([this.parts.catalog.dispose(), this.choices.dispose(), this.forks.dispose()]);
    await this.parts.spares.dispose();
    this.outbox.close();
    await this.log.ended;
    const { running } = this.parts.spawner;
    if (running > 0) throw new Error(`The registry left ${running} processes.`);
    const broken = this.log.conclude();
    if (broken.length > 0) throw new Error(`Rules were broken: ${broken.map(({ rule, detail }) => `${rule}: ${detail}`).join("; ")}`);
  }
}

/** The code with which a call fails; what it resolves with otherwise. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return ProviderError.is(error) ? error.code : error;
  }
}
