/** Everything that T3's server needs to have Pi as a provider: four layers over one provider, which dies with its scope. */
import { join } from "node:path";
import { Context, DateTime, Effect, Layer, Queue, Stream } from "effect";
import { ContainerModule } from "inversify";
import { CombinedTelemetry, createPiProvider, ports, ProviderError, type Provider, type ProviderContainerOptions } from "../../src/app/index.js";
import * as T3 from "./t3-contracts.js";

const kind = "pi" as const;

export class PiProvider extends Context.Service<PiProvider, Provider>()("t3/provider/Services/PiProvider") {}
export class PiAdapter extends Context.Service<PiAdapter, T3.ProviderAdapterShape<T3.ProviderAdapterError>>()("t3/provider/Services/PiAdapter") {}

export interface PiProviderLiveOptions extends ProviderContainerOptions {
  readonly nativeEventLogger?: T3.EventNdjsonLogger | undefined;
}

// ------------------------------------------------------------------------------------------------------------ the host's ports

export const makePiProviderLive = ({ nativeEventLogger, modules = [], ...options }: PiProviderLiveOptions = {}): Layer.Layer<PiProvider, never, T3.ServerConfig> =>
  Layer.effect(
    PiProvider,
    Effect.gen(function* () {
      const { cwd, stateDir } = yield* T3.ServerConfig;
      const host = nativeEventLogger === undefined ? [] : [yield* nativeEvents(nativeEventLogger)];
      const folders = { cwd, attachmentsFolder: join(stateDir, "attachments"), customModelsFile: join(stateDir, "pi-models.json") };
      return yield* Effect.acquireRelease(
        Effect.sync(() => createPiProvider({ ...folders, ...options, modules: [...host, ...modules] })),
        (provider) => Effect.promise(() => provider[Symbol.asyncDispose]()),
      );
    }),
  );

/** Each record goes to T3's log, in order. A log that cannot keep up loses records rather than hold a session back. */
const nativeEvents = Effect.fn(function* (logger: T3.EventNdjsonLogger) {
  const records = yield* Queue.dropping<{ readonly threadId: string }>(10_000);
  yield* Effect.forkScoped(Stream.runForEach(Stream.fromQueue(records), (record) => logger.write(record, record.threadId as T3.ThreadId)));
  const telemetry = new CombinedTelemetry([{ nativeRecord: (record) => void Queue.offerUnsafe(records, record) }]);
  return new ContainerModule(({ rebind }) => void rebind(ports.telemetry).toConstantValue(telemetry));
});

// ----------------------------------------------------------------------------------------------------------------- the adapter

export const PiAdapterLive: Layer.Layer<PiAdapter, never, PiProvider> = Layer.effect(
  PiAdapter,
  Effect.gen(function* () {
    const pi = yield* PiProvider;
    // What the casts add to our types is the brands of the ids and the literal of the provider's kind: nothing at run time.
    return {
      provider: kind,
      capabilities: pi.capabilities,
      startSession: (input) =>
        call({ operation: "startSession", threadId: input.threadId, run: (signal) => pi.startSession(input, { signal }) as Promise<T3.ProviderSession> }),
      sendTurn: (input) =>
        call({ operation: "sendTurn", threadId: input.threadId, run: (signal) => pi.sendTurn(input, { signal }) as Promise<T3.ProviderTurnStartResult> }),
      interruptTurn: (threadId, turnId) => call({ operation: "interruptTurn", threadId, run: () => pi.interruptTurn(threadId, turnId) }),
      respondToRequest: (threadId, requestId, decision) =>
        call({ operation: "respondToRequest", threadId, run: () => pi.respondToRequest(threadId, requestId, decision) }),
      respondToUserInput: (threadId, requestId, answers) =>
        call({ operation: "respondToUserInput", threadId, run: () => pi.respondToUserInput(threadId, requestId, answers) }),
      stopSession: (threadId) => call({ operation: "stopSession", threadId, run: () => pi.stopSession(threadId) }),
      listSessions: () => Effect.sync(() => pi.listSessions() as readonly T3.ProviderSession[]),
      hasSession: (threadId) => Effect.sync(() => pi.hasSession(threadId)),
      readThread: (threadId) => call({ operation: "readThread", threadId, run: () => pi.readThread(threadId) as Promise<T3.ProviderThreadSnapshot> }),
      rollbackThread: (threadId, numTurns) =>
        call({ operation: "rollbackThread", threadId, run: () => pi.rollbackThread(threadId, numTurns) as Promise<T3.ProviderThreadSnapshot> }),
      stopAll: () => call({ operation: "stopAll", threadId: "all", run: () => pi.stopAll() }),
      streamEvents: Stream.orDie(Stream.fromAsyncIterable(pi.events as AsyncIterable<T3.ProviderRuntimeEvent>, (defect) => defect)),
    };
  }),
);

/** An interrupted fiber calls the start or the turn off; what else is under way is short. */
function call<A>({ run, ...place }: Place & { readonly run: (signal: AbortSignal) => Promise<A> }): Effect.Effect<A, T3.ProviderAdapterError> {
  return Effect.tryPromise({ try: run, catch: (error) => toAdapterError({ error, ...place }) });
}

interface Place {
  readonly operation: string;
  readonly threadId: string;
}

/** By the kind alone: no text is read, and no class is compared that might be another copy's. */
export function toAdapterError({ error, operation, threadId }: Place & { readonly error: unknown }): T3.ProviderAdapterError {
  // A defect: the provider rejects with nothing else.
  if (!ProviderError.is(error)) throw error;
  const { message: detail } = error;
  switch (error.kind) {
    case "validation":
      return new T3.ProviderAdapterValidationError({ provider: kind, operation, issue: detail, cause: error });
    case "session-not-found":
      return new T3.ProviderAdapterSessionNotFoundError({ provider: kind, threadId, cause: error });
    case "session-closed":
      return new T3.ProviderAdapterSessionClosedError({ provider: kind, threadId, cause: error });
    case "process":
      return new T3.ProviderAdapterProcessError({ provider: kind, threadId, detail, cause: error });
    case "request":
    case "unsupported":
      return new T3.ProviderAdapterRequestError({ provider: kind, method: operation, detail, cause: error });
  }
}

// ---------------------------------------------------------------------------------------------------------- health and models

export const PiHealthLive: Layer.Layer<T3.ProviderHealth, never, PiProvider> = Layer.effect(
  T3.ProviderHealth,
  Effect.gen(function* () {
    const pi = yield* PiProvider;
    const check = Effect.promise((signal) => pi.checkHealth({ signal }) as Promise<T3.ServerProviderStatus>);
    // Begins with the layer, which does not wait for it; whoever asks meanwhile shares the one check.
    yield* Effect.forkScoped(check);
    const pending = Effect.map(DateTime.now, (now): T3.ServerProviderStatus => ({
      provider: kind, status: "warning", available: false, authStatus: "unknown", checkedAt: DateTime.formatIso(now), message: "Pi is still being checked.",
    }));
    // T3 waits no longer for any status. The check goes on, and whoever asks next gets its answer.
    return { getStatuses: check.pipe(Effect.timeoutOrElse({ duration: "4 seconds", orElse: () => pending }), Effect.map((status) => [status])) };
  }),
);

export const PiModelCatalogLive: Layer.Layer<T3.ProviderModelCatalog, never, PiProvider | T3.ServerConfig> = Layer.effect(
  T3.ProviderModelCatalog,
  Effect.gen(function* () {
    const pi = yield* PiProvider;
    const { cwd } = yield* T3.ServerConfig;
    return {
      getCatalog: (input = {}) =>
        input.provider !== kind
          ? Effect.succeed({})
          : Effect.tryPromise({ try: (signal) => pi.listModels({ cwd, ...input.providerOptions?.pi, signal }), catch: (error) => error }).pipe(
              Effect.map(({ defaultModel, models }) => ({ pi: { defaultModel, models: models.map(({ slug, name }) => ({ slug, name })) } })),
              Effect.catch((error) => Effect.as(Effect.logWarning("Pi's models are not known", error), {})),
            ),
    };
  }),
);

export type PiServices = PiProvider | PiAdapter | T3.ProviderHealth | T3.ProviderModelCatalog;

/** All of it, for one server. */
export const makePiLive = (options?: PiProviderLiveOptions): Layer.Layer<PiServices, never, T3.ServerConfig> =>
  Layer.mergeAll(PiAdapterLive, PiHealthLive, PiModelCatalogLive).pipe(Layer.provideMerge(makePiProviderLive(options)));
