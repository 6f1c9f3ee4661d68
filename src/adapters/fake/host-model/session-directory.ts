import type { ProviderStartOptions, RuntimeMode } from "../../../ports/provider.js";

/** What T3 stores of a thread's provider session, in a table of its own (host-contract A.4). */
export interface ProviderBinding {
  readonly threadId: string;
  readonly provider: string;
  readonly status: "starting" | "running" | "stopped" | "error";
  readonly runtimeMode?: RuntimeMode;
  /** As JSON gives it back. */
  readonly resumeCursor?: unknown;
  readonly payload: BindingPayload;
}

export interface BindingPayload {
  readonly cwd?: string | null;
  readonly model?: string | null;
  readonly activeTurnId?: string | null;
  readonly lastError?: string | null;
  readonly providerOptions?: Readonly<Record<string, ProviderStartOptions | undefined>>;
}

/** The bindings of all threads. They outlive the server's process. */
export class SessionDirectory {
  readonly #bindings = new Map<string, ProviderBinding>();

  get(threadId: string): ProviderBinding | undefined {
    return this.#bindings.get(threadId);
  }

  all(): readonly ProviderBinding[] {
    return [...this.#bindings.values()];
  }

  /** Merges the payload, and keeps what it is not told: the cursor, above all. */
  upsert(change: Omit<ProviderBinding, "payload"> & { readonly payload?: BindingPayload }): void {
    const known = this.#bindings.get(change.threadId);
    const merged = { ...known, ...withoutAbsent(change), payload: { ...known?.payload, ...change.payload } };
    this.#bindings.set(change.threadId, JSON.parse(JSON.stringify(merged)) as ProviderBinding);
  }

  remove(threadId: string): void {
    this.#bindings.delete(threadId);
  }
}

function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
