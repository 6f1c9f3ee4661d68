import type { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { CallOptions, ProviderSession, ProviderSessionStartInput } from "../../ports/provider.js";
import type { TelemetrySpan } from "../../ports/telemetry.js";
import { abortable } from "../abortable.js";
import { callAborted } from "../call-errors.js";
import { inSpan } from "../in-span.js";
import { wantsOnlyAnotherMode } from "./mode-change.js";
import { Session, type SessionDeps } from "./session.js";
import type { ReadStart } from "./session-requests.js";
import type { StartRequest } from "./session-state.js";
import { StartIntake, type StartIntakeDeps } from "./start-intake.js";
import { startCalledOff } from "./start-phase.js";
import { inTurn, type Place, type ThreadPlaces } from "./thread-places.js";

export interface SessionStartsDeps extends StartIntakeDeps, Pick<SessionDeps, "launcher" | "clock" | "telemetry" | "settings" | "decideRun"> {
  readonly ids: IdGenerator;
  readonly places: ThreadPlaces;
}

/** A start that waits for its turn, or has it. */
interface Start {
  readonly input: ProviderSessionStartInput;
  readonly read: ReadStart;
  /** How often its thread had been told to stop when this was asked for, and the signal of the next time. */
  readonly stops: number;
  readonly stopped: AbortSignal;
  readonly signal: AbortSignal | undefined;
  readonly span: TelemetrySpan;
}

/**
 * What becomes of each start: one after another on a thread, and the same asked for twice is one. A start on a thread that has a session
 * ends the old one first, for two processes on one conversation overwrite each other.
 */
export class SessionStarts {
  readonly #deps: SessionStartsDeps;
  readonly #intake: StartIntake;

  constructor(deps: SessionStartsDeps) {
    this.#deps = deps;
    this.#intake = new StartIntake(deps);
  }

  async start(input: ProviderSessionStartInput, options?: CallOptions): Promise<ProviderSession> {
    const { places, telemetry } = this.#deps;
    places.requireOpen("startSession");
    const { read, key } = this.#intake.read(input, places.get(input.threadId)?.session);
    const place = places.at(input.threadId);
    if (place.starting?.key === key) return await abortable(place.starting.result, { signal: options?.signal, operation: "startSession", threadId: input.threadId });
    const { stops, stopped } = place;
    const span = telemetry.span("session.start", { threadId: input.threadId, resumed: read.request.hasCursor });
    const result = inSpan(span, () => inTurn(place, () => this.#replace(place, { input, read, stops, stopped: stopped.signal, signal: options?.signal, span })));
    const starting = { key, result };
    place.starting = starting;
    try {
      return await result;
    } finally {
      if (place.starting === starting) place.starting = undefined;
      places.tidy(input.threadId);
    }
  }

  /** Calls off the start that is under way on a thread, and those that wait for their turn. */
  callOff(place: Place): void {
    place.stops += 1;
    place.stopped.abort();
    place.stopped = new AbortController();
    place.starting = undefined;
  }

  async #replace(place: Place, start: Start): Promise<ProviderSession> {
    const { places } = this.#deps;
    const { threadId } = start.input;
    const calledOff = (): boolean => place.stops !== start.stops || places.closed || start.signal?.aborted === true;
    const wasLive = place.session?.live === true;
    const request = calledOff() ? undefined : await this.#intake.resolve(start, { place, calledOff });
    // Called off before anything was touched, it leaves a live session alone; if that was stopped meanwhile, it tells its own end.
    if (calledOff() && wasLive) throw callAborted({ operation: "startSession", threadId });
    if (request !== undefined && (await this.#changeMode(place.session, start, request))) return places.liveSession(threadId, "startSession").view();
    await place.session?.giveWay();
    if (request === undefined || calledOff()) throw this.#tellCalledOff(place, threadId);
    const session = this.#create(start);
    void places.occupy(place, { threadId, session });
    const callOff = (): void => void session.stop();
    start.signal?.addEventListener("abort", callOff, { once: true });
    try {
      const started = await session.start({ ...request, heal: request.hasCursor || place.stale });
      place.stale = false;
      return started;
    } catch (error) {
      // Whatever ended this start has told the host.
      place.toldStops = place.stops;
      throw error;
    } finally {
      start.signal?.removeEventListener("abort", callOff);
    }
  }

  /** A session that would be replaced by its like goes on as it is, whatever it does. */
  async #changeMode(session: Session | undefined, { input, read }: Start, { chosen }: Pick<StartRequest, "chosen">): Promise<boolean> {
    if (session?.live !== true) return false;
    const { agent, place } = session;
    const mode = input.runtimeMode;
    const wanted = { mode, place: this.#intake.agentOf(read), chosen, ...(read.conversation === undefined ? {} : { conversation: read.conversation }) };
    return wantsOnlyAnotherMode({ mode: session.view().runtimeMode, place, agent }, wanted) && (await session.changeMode(mode)) && session.live;
  }

  /** A thread that is being started must end as stopped, and is told so once a stop, however many starts that has called off. */
  #tellCalledOff(place: Place, threadId: string): ProviderError {
    if (place.toldStops < place.stops || place.stops === 0) this.#deps.outbox.offer(threadId, startCalledOff);
    place.toldStops = place.stops;
    return callAborted({ operation: "startSession", threadId });
  }

  #create({ input, read, span }: Start): Session {
    const { ids, outbox, dialect } = this.#deps;
    const { binaryPath, agentDir, cwd, launchArguments } = this.#intake.agentOf(read);
    return new Session({
      ...this.#deps,
      binaryPath,
      agentDir,
      launchArguments,
      identity: {
        threadId: input.threadId,
        sessionKey: ids.uuid(),
        provider: dialect.provider,
        displayName: dialect.displayName,
        runtimeMode: input.runtimeMode,
        ...(cwd === undefined ? {} : { cwd }),
      },
      emit: (draft) => outbox.offer(input.threadId, draft),
      ready: () => outbox.ready(),
      startSpan: span,
    });
  }
}
