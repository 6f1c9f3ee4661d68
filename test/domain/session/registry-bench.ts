import { capabilities } from "../../../src/app/capabilities.js";
import { InMemoryAttachmentReader } from "../../../src/adapters/fake/in-memory-attachment-reader.js";
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

  constructor(options: EchoPartsOptions = {}) {
    const parts = echoParts(options);
    this.parts = parts;
    this.outbox = new EventOutbox({ clock: parts.clock, ids: parts.ids, provider: "echo", coalesceMs: 0, highWater: 1_000 });
    this.log = new EventLog(this.outbox);
    this.registry = new SessionRegistry({
      ...parts,
      outbox: this.outbox,
      settings,
      capabilities,
      attachments: new InMemoryAttachmentReader({ files: { "image-1": new Uint8Array([1, 2, 3]) } }),
      defaultCwd: "/default",
      defaultBinaryPath: undefined,
      defaultAgentDir: "/agent-home/echo",
    });
  }

  start(change: Partial<ProviderSessionStartInput> = {}): ReturnType<SessionRegistry["start"]> {
    return this.registry.start(startInput(change));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.dispose();
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
