import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { Clock } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { GenerateJsonInput, ProviderTextGeneration } from "../../ports/text-generation.js";
import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";
import { inSpan } from "../in-span.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import type { AgentLauncher } from "../session/agent-launcher.js";
import { endAgent } from "../session/spare-agents.js";
import { calledOff, disposed, noJson, silentFor } from "./generation-errors.js";
import { readGeneration, type GenerationRequest } from "./generation-request.js";
import { jsonIn } from "./json-answer.js";
import { OneShot } from "./one-shot.js";
import { Turnstile } from "./turnstile.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly instanceId: string;
  readonly launcher: AgentLauncher;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly defaults: Pick<AgentPlace, "binaryPath" | "agentDir">;
  /** A folder that is no project. */
  readonly neutralFolder: string | undefined;
}

interface Generation {
  readonly request: GenerationRequest;
  readonly place: AgentPlace;
  /** Fires with a `ProviderError`, or with whatever reason the caller had. */
  readonly signal: AbortSignal;
  readonly span: TelemetrySpan;
}

/** Each is a process of the agent; a host asks for a title and a branch name at the same time. */
const maxAtOnce = 2;

/** Answers of a model that belong to no thread, each from a process of its own. */
export class JsonGeneration implements ProviderTextGeneration {
  readonly #deps: Deps;
  readonly #turnstile = new Turnstile(maxAtOnce);
  readonly #disposal = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async generateJson(input: GenerateJsonInput): Promise<unknown> {
    const { dialect, instanceId, clock, telemetry, defaults, neutralFolder } = this.#deps;
    const request = readGeneration(input, { provider: dialect.provider, instanceId });
    const place: AgentPlace = { binaryPath: input.binaryPath ?? defaults.binaryPath, agentDir: input.agentDir ?? defaults.agentDir, cwd: input.cwd ?? neutralFolder };
    const deadline = new AbortController();
    const timer = clock.schedule(request.timeoutMs, () => deadline.abort(silentFor(dialect, request.timeoutMs)));
    const signal = AbortSignal.any([this.#disposal.signal, deadline.signal, ...(input.signal === undefined ? [] : [input.signal])]);
    const span = telemetry.span("agent.generation");
    const call = inSpan(span, () => this.#generate({ request, place, signal, span }));
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      timer.cancel();
      this.#calls.delete(call);
    }
  }

  /** Calls everything off and resolves when no process that this started is left. */
  async dispose(): Promise<void> {
    this.#disposal.abort(disposed());
    await Promise.allSettled(this.#calls);
  }

  async #generate(generation: Generation): Promise<unknown> {
    const { signal } = generation;
    try {
      const answer = jsonIn(await this.#turnstile.pass(() => this.#ask(generation), signal));
      if (answer === undefined) throw noJson(this.#deps.dialect);
      return answer.value;
    } catch (error) {
      throw signal.aborted ? reasonOf(signal) : error;
    }
  }

  /** Whatever comes of it, the process is gone before it is told. */
  async #ask({ request, place, signal, span }: Generation): Promise<string> {
    const { launcher, dialect, ids, clock } = this.#deps;
    const agent = await launcher.launchFresh({ ...place, mode: "one-shot", model: request.model, thinkingLevel: request.level, signal, span });
    const shot = new OneShot({ dialect, ids, clock, agent });
    const callOff = (): void => shot.callOff(reasonOf(signal));
    signal.addEventListener("abort", callOff, { once: true });
    if (signal.aborted) callOff();
    try {
      return await shot.answer(request);
    } finally {
      signal.removeEventListener("abort", callOff);
      await endAgent({ transport: shot.transport, process: agent.process });
    }
  }
}

function reasonOf(signal: AbortSignal): ProviderError {
  return ProviderError.is(signal.reason) ? signal.reason : calledOff();
}
