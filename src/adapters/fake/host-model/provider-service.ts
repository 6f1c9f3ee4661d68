import type {
  ProviderAdapter,
  ProviderApprovalDecision,
  ProviderCapabilities,
  ProviderSendTurnInput,
  ProviderSession,
  ProviderSessionStartInput,
  ProviderSessionStatus,
} from "../../../ports/provider.js";
import type { ProviderBinding, SessionDirectory } from "./session-directory.js";

/** What T3's own service refuses, before or after it has asked the provider. */
export class ServiceRefusal extends Error {}

const maxInput = 120_000;
const maxAttachments = 8;

export interface ProviderServiceDeps {
  readonly provider: ProviderAdapter;
  readonly directory: SessionDirectory;
}

/** What T3 puts between its reactors and a provider: bindings, and the recovery of a session that is gone (host-contract A.3). */
export class ProviderService {
  readonly #provider: ProviderAdapter;
  readonly #directory: SessionDirectory;

  constructor({ provider, directory }: ProviderServiceDeps) {
    this.#provider = provider;
    this.#directory = directory;
  }

  get providerName(): string {
    return this.#provider.provider;
  }

  get capabilities(): ProviderCapabilities {
    return this.#provider.capabilities;
  }

  async startSession(input: ProviderSessionStartInput): Promise<ProviderSession> {
    const session = await this.#provider.startSession(input);
    const { provider } = this.#provider;
    if (session.provider !== provider) throw new ServiceRefusal(`Adapter/provider mismatch: requested '${provider}', received '${session.provider}'.`);
    this.#bind(session, input);
    return session;
  }

  async sendTurn(input: ProviderSendTurnInput): Promise<void> {
    const { threadId, attachments = [] } = input;
    const text = input.input?.trim() ?? "";
    if (text === "" && attachments.length === 0) throw new ServiceRefusal("Either input text or at least one attachment is required.");
    if (text.length > maxInput || attachments.length > maxAttachments) throw new ServiceRefusal("The input is too large.");
    await this.#route(threadId);
    const turn = await this.#provider.sendTurn({ ...input, input: text === "" ? undefined : text, attachments });
    const payload = { activeTurnId: turn.turnId };
    this.#directory.upsert({ threadId, provider: this.providerName, status: "running", resumeCursor: turn.resumeCursor, payload });
  }

  /** Starts a session first when none is live. */
  async interruptTurn(threadId: string): Promise<void> {
    await this.#route(threadId);
    await this.#provider.interruptTurn(threadId);
  }

  async respondToRequest(threadId: string, { requestId, decision }: { readonly requestId: string; readonly decision: ProviderApprovalDecision }): Promise<void> {
    await this.#route(threadId);
    await this.#provider.respondToRequest(threadId, requestId, decision);
  }

  async respondToUserInput(threadId: string, { requestId, answers }: { readonly requestId: string; readonly answers: Readonly<Record<string, unknown>> }): Promise<void> {
    await this.#route(threadId);
    await this.#provider.respondToUserInput(threadId, requestId, answers);
  }

  /** With the binding the cursor is forgotten. */
  async stopSession(threadId: string): Promise<void> {
    this.#requireBinding(threadId);
    if (this.#provider.hasSession(threadId)) await this.#provider.stopSession(threadId);
    this.#directory.remove(threadId);
  }

  async rollbackConversation(threadId: string, turns: number): Promise<void> {
    if (turns === 0) return;
    await this.#route(threadId);
    await this.#provider.rollbackThread(threadId, turns);
  }

  /** As the provider lists it, with the binding's cursor where it names none, and always with the binding's mode. */
  sessionOf(threadId: string): ProviderSession | undefined {
    const session = this.#provider.listSessions().find((candidate) => candidate.threadId === threadId);
    const binding = this.#directory.get(threadId);
    if (session === undefined || binding === undefined) return session;
    const resumeCursor = session.resumeCursor ?? binding.resumeCursor;
    return { ...session, runtimeMode: binding.runtimeMode ?? session.runtimeMode, ...(resumeCursor === undefined ? {} : { resumeCursor }) };
  }

  /** The end of the server: bindings and cursors stay. */
  async stopAll(): Promise<void> {
    await this.#provider.stopAll();
    for (const binding of this.#directory.all()) this.#directory.upsert({ ...binding, status: "stopped", payload: { activeTurnId: null } });
  }

  async #route(threadId: string): Promise<void> {
    const binding = this.#requireBinding(threadId);
    if (!this.#provider.hasSession(threadId)) await this.#recover(binding);
  }

  #requireBinding(threadId: string): ProviderBinding {
    const binding = this.#directory.get(threadId);
    if (binding === undefined) throw new ServiceRefusal(`Cannot route thread '${threadId}' because no persisted provider binding exists.`);
    return binding;
  }

  /** The cursor is all that the provider gets: no model, no options of it. */
  async #recover({ threadId, resumeCursor, runtimeMode = "full-access", payload }: ProviderBinding): Promise<void> {
    if (resumeCursor === undefined || resumeCursor === null) throw new ServiceRefusal(`Cannot recover thread '${threadId}' because no provider resume state is persisted.`);
    await this.startSession({
      threadId,
      provider: this.providerName,
      ...(typeof payload.cwd === "string" ? { cwd: payload.cwd } : {}),
      ...(payload.providerOptions === undefined ? {} : { providerOptions: payload.providerOptions }),
      resumeCursor,
      runtimeMode,
    });
  }

  #bind(session: ProviderSession, { threadId, runtimeMode, providerOptions }: ProviderSessionStartInput): void {
    const { cwd = null, model = null, activeTurnId = null, lastError = null, resumeCursor } = session;
    const payload = { cwd, model, activeTurnId, lastError, ...(providerOptions === undefined ? {} : { providerOptions }) };
    this.#directory.upsert({ threadId, provider: session.provider, runtimeMode, status: bindingStatus[session.status], resumeCursor, payload });
  }
}

const bindingStatus: Readonly<Record<ProviderSessionStatus, ProviderBinding["status"]>> = {
  connecting: "starting",
  ready: "running",
  running: "running",
  error: "error",
  closed: "stopped",
};
