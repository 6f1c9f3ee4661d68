import type { AgentSandbox } from "../../../adapters/fake/agent-sandbox.js";
import type { ScriptedModelEndpoint } from "../../../adapters/fake/scripted-model-endpoint.js";
import { EventLog } from "../../../domain/turn/event-log.js";
import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import type { Provider } from "../../provider-facade.js";
import type { TerminalFacts } from "../terminal-facts.js";
import type { ReadableView } from "../turn-view.js";
import { checkTurn } from "./check.js";

interface StageInput {
  readonly provider: Provider;
  readonly endpoint: ScriptedModelEndpoint;
  readonly sandbox: AgentSandbox;
  readonly view: ReadableView;
  /** What the audience reads on. */
  readonly facts: TerminalFacts;
  readonly signal: AbortSignal;
}

export interface StagedTurn {
  readonly prompt: string;
  readonly model?: string;
  /** Everything the agent is to say, word for word. */
  readonly answer: string;
}

/** What an act plays on: a provider with a real agent, and what the audience sees of it. */
export class Stage {
  readonly threadId = "demo";
  readonly provider: Provider;
  readonly endpoint: ScriptedModelEndpoint;
  readonly sandbox: AgentSandbox;
  readonly facts: TerminalFacts;
  readonly signal: AbortSignal;
  readonly log: EventLog;
  readonly #view: ReadableView;

  constructor({ provider, endpoint, sandbox, view, facts, signal }: StageInput) {
    this.provider = provider;
    this.endpoint = endpoint;
    this.sandbox = sandbox;
    this.facts = facts;
    this.signal = signal;
    this.#view = view;
    this.log = new EventLog(shown(provider.events, view));
  }

  /** The demo's own words; what comes from elsewhere has been made safe. */
  async say(text: string): Promise<void> {
    await this.#view.print(`${text}\n`);
  }

  /** What is being waited for, until something is shown. */
  wait(status: string): void {
    this.#view.wait(status);
  }

  /** One turn from prompt to end, shown as it happens and checked. Its id. */
  async turn({ prompt, model, answer }: StagedTurn): Promise<string> {
    const { provider, threadId, signal, log } = this;
    await this.say(`> ${prompt}\n`);
    this.wait("Sending");
    const { turnId } = await provider.sendTurn({ threadId, input: prompt, model }, { signal });
    await Promise.race([log.turn(turnId), log.ended]);
    checkTurn(log, { turnId, answer });
    return turnId;
  }
}

async function* shown(events: AsyncIterable<ProviderRuntimeEvent>, view: ReadableView): AsyncIterable<ProviderRuntimeEvent> {
  for await (const event of events) {
    await view.show(event);
    yield event;
  }
}
