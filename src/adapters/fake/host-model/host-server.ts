import type { ProviderAdapter } from "../../../ports/provider.js";
import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import { AssistantMessages } from "./assistant-messages.js";
import { Checkpoints } from "./checkpoints.js";
import { CommandReactor } from "./command-reactor.js";
import { EventIngestion } from "./event-ingestion.js";
import { ProviderService } from "./provider-service.js";
import type { SessionDirectory } from "./session-directory.js";
import type { ThreadStore } from "./thread-store.js";

export interface HostServerDeps {
  readonly provider: ProviderAdapter;
  readonly store: ThreadStore;
  readonly directory: SessionDirectory;
  readonly now: () => string;
  readonly log: (line: string) => void;
  /** Called with every event, those included that come while the server shuts down. */
  readonly seen: (event: ProviderRuntimeEvent) => void;
}

/** One life of T3's server: what it holds in memory ends with it. */
export class HostServer {
  readonly reactor: CommandReactor;
  readonly messages: AssistantMessages;
  readonly #deps: HostServerDeps;
  readonly #service: ProviderService;
  readonly #ingestion: EventIngestion;
  readonly #streamEnded: Promise<void>;
  #isClosing = false;

  constructor(deps: HostServerDeps) {
    const { provider, store, directory, log } = deps;
    this.#deps = deps;
    this.#service = new ProviderService({ provider, directory });
    this.messages = new AssistantMessages(store);
    const checkpoints = new Checkpoints({ store, service: this.#service });
    this.#ingestion = new EventIngestion({ store, messages: this.messages, checkpoints, log });
    this.reactor = new CommandReactor({ ...deps, service: this.#service, checkpoints });
    this.#streamEnded = this.#consume();
  }

  /** The workers end first: what the sessions tell of their end is not stored any more (host-contract D.6, "Session start as recovery"). */
  async shutDown(): Promise<void> {
    this.#isClosing = true;
    this.reactor.close();
    await this.#service.stopAll();
    await this.#deps.provider[Symbol.asyncDispose]();
    await this.#streamEnded;
  }

  /** Consumed once; when it ends or fails, nothing restarts it (A.1). */
  async #consume(): Promise<void> {
    const { provider, log, seen } = this.#deps;
    try {
      for await (const event of provider.events) {
        seen(event);
        if (!this.#isClosing) this.#ingestion.ingest(event);
      }
    } catch (error) {
      log(`provider event stream failed: ${String(error)}`);
    }
  }
}
