import { asProviderError } from "../domain/call-errors.js";
import type { JsonGeneration } from "../domain/generation/json-generation.js";
import type { EventOutbox } from "../domain/turn/event-outbox.js";
import type { CustomModels } from "../domain/inventory/custom-models.js";
import { orchestrationCapabilitiesOf } from "../domain/inventory/orchestration-capabilities.js";
import type { AgentInventory } from "../domain/inventory/provider-inventory.js";
import type { SessionRegistry } from "../domain/session/session-registry.js";
import type { AgentCommandInfo } from "../ports/agent-messages.js";
import type { OrchestrationCapabilities } from "../ports/orchestration-capabilities.js";
import type {
  CallOptions,
  ForkedThread,
  ForkThreadOptions,
  ProviderAdapter,
  ProviderApprovalDecision,
  ProviderCapabilities,
  ProviderSendTurnInput,
  ProviderSession,
  ProviderSessionStartInput,
  ProviderThreadSnapshot,
  ProviderTurnStartResult,
  RollbackTarget,
} from "../ports/provider.js";
import type {
  InventoryOptions,
  InventoryPlace,
  ProviderCustomModels,
  ProviderHealthReport,
  ProviderInventory,
  ProviderModelCatalog,
  ProviderSnapshot,
  ServerProviderStatus,
} from "../ports/provider-inventory.js";
import type { GenerateJsonInput, ProviderTextGeneration } from "../ports/text-generation.js";
import type { ProviderRuntimeEvent } from "../ports/runtime-event.js";

/** Everything a host needs of a provider. */
export interface Provider extends ProviderAdapter, ProviderInventory, ProviderTextGeneration {
  readonly customModels: ProviderCustomModels;
  /** `capabilities`, in the groups of today's T3. */
  readonly orchestrationCapabilities: OrchestrationCapabilities;
}

/** Something that has processes to end. */
interface Disposal {
  dispose(): Promise<void>;
}

interface Deps {
  readonly kind: string;
  readonly capabilities: ProviderCapabilities;
  readonly registry: SessionRegistry;
  readonly inventory: AgentInventory;
  readonly customModels: CustomModels;
  readonly generation: JsonGeneration;
  readonly outbox: EventOutbox;
  /** What is ended together, one group after the other. */
  readonly disposals: readonly (readonly Disposal[])[];
}

/** The provider as a host sees it: T3's calls in, typed errors and events out. */
export class ProviderFacade implements Provider {
  readonly provider: string;
  readonly capabilities: ProviderCapabilities;
  readonly orchestrationCapabilities: OrchestrationCapabilities;
  readonly customModels: ProviderCustomModels;
  readonly #deps: Deps;
  #disposal: Promise<void> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.provider = deps.kind;
    this.capabilities = deps.capabilities;
    this.orchestrationCapabilities = orchestrationCapabilitiesOf(deps.capabilities);
    const { customModels } = deps;
    this.customModels = {
      list: () => typed("customModels.list", () => customModels.list()),
      add: (slug, options) => typed("customModels.add", () => customModels.add(slug, options)),
      remove: (slug) => typed("customModels.remove", () => customModels.remove(slug)),
      check: (options) => typed("customModels.check", () => customModels.check(options)),
      setAside: () => typed("customModels.setAside", () => customModels.setAside()),
    };
  }

  get events(): AsyncIterable<ProviderRuntimeEvent> {
    return this.#deps.outbox;
  }

  get changes(): AsyncIterable<ProviderSnapshot> {
    return this.#deps.inventory.changes;
  }

  startSession(input: ProviderSessionStartInput, options?: CallOptions): Promise<ProviderSession> {
    return typed("startSession", () => this.#deps.registry.start(input, options));
  }

  sendTurn(input: ProviderSendTurnInput, options?: CallOptions): Promise<ProviderTurnStartResult> {
    return typed("sendTurn", () => this.#deps.registry.send(input, options));
  }

  interruptTurn(threadId: string, turnId?: string): Promise<void> {
    return typed("interruptTurn", () => this.#deps.registry.interrupt(threadId, turnId));
  }

  respondToRequest(threadId: string, requestId: string, decision: ProviderApprovalDecision): Promise<void> {
    return typed("respondToRequest", () => this.#deps.registry.decide(threadId, requestId, decision));
  }

  respondToUserInput(threadId: string, requestId: string, answers: Readonly<Record<string, unknown>>): Promise<void> {
    return typed("respondToUserInput", () => this.#deps.registry.answer(threadId, requestId, answers));
  }

  stopSession(threadId: string): Promise<void> {
    return typed("stopSession", () => this.#deps.registry.stop(threadId));
  }

  listSessions(): readonly ProviderSession[] {
    return this.#deps.registry.list();
  }

  hasSession(threadId: string): boolean {
    return this.#deps.registry.has(threadId);
  }

  readThread(threadId: string): Promise<ProviderThreadSnapshot> {
    return typed("readThread", () => this.#deps.registry.read(threadId));
  }

  rollbackThread(threadId: string, target: RollbackTarget): Promise<ProviderThreadSnapshot> {
    return typed("rollbackThread", () => this.#deps.registry.rollBack(threadId, target));
  }

  forkThread(threadId: string, options?: ForkThreadOptions): Promise<ForkedThread> {
    return typed("forkThread", () => this.#deps.registry.fork(threadId, options));
  }

  nameThread(threadId: string, name: string): Promise<void> {
    return typed("nameThread", () => this.#deps.registry.name(threadId, name));
  }

  compactThread(threadId: string, instructions?: string): Promise<ProviderTurnStartResult> {
    return typed("compactThread", () => this.#deps.registry.compact(threadId, instructions));
  }

  listCommands(threadId: string): Promise<readonly AgentCommandInfo[]> {
    return typed("listCommands", () => this.#deps.registry.commands(threadId));
  }

  stopAll(): Promise<void> {
    return typed("stopAll", () => this.#deps.registry.stopAll());
  }

  checkHealth(options?: InventoryOptions): Promise<ServerProviderStatus> {
    return this.#deps.inventory.checkHealth(options);
  }

  inspect(options?: InventoryOptions): Promise<ProviderHealthReport> {
    return this.#deps.inventory.inspect(options);
  }

  listModels(options?: InventoryOptions): Promise<ProviderModelCatalog> {
    return typed("listModels", () => this.#deps.inventory.listModels(options));
  }

  snapshot(place?: InventoryPlace): ProviderSnapshot {
    return this.#deps.inventory.snapshot(place);
  }

  generateJson(input: GenerateJsonInput): Promise<unknown> {
    return typed("generateJson", () => this.#deps.generation.generateJson(input));
  }

  /** Ends every session, then the event stream. Idempotent; resolves when no process is left. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    const { inventory, disposals, outbox } = this.#deps;
    inventory.close();
    for (const together of disposals) await Promise.all(together.map((part) => part.dispose()));
    outbox.close();
  }
}

/** No call rejects with anything but a `ProviderError`. */
async function typed<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asProviderError(error, { operation });
  }
}
