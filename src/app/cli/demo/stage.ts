import type { AgentSandbox } from "../../../adapters/fake/agent-sandbox.js";
import type { ScriptedModelEndpoint } from "../../../adapters/fake/scripted-model-endpoint.js";
import { EventLog } from "../../../domain/turn/event-log.js";
import type { ProviderTurnStartResult } from "../../../ports/provider.js";
import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import type { Provider } from "../../provider-facade.js";
import type { TerminalFacts } from "../terminal-facts.js";
import type { ReadableView } from "../turn-view.js";
import { checkTurn, DemoFailure, type ExpectedTurn } from "./check.js";
import type { RunningAgents } from "./running-agents.js";
import { userMessages } from "./user-messages.js";

interface StageInput {
  readonly provider: Provider;
  readonly endpoint: ScriptedModelEndpoint;
  readonly sandbox: AgentSandbox;
  readonly agents: RunningAgents;
  readonly view: ReadableView;
  /** What the audience reads on. */
  readonly facts: TerminalFacts;
  readonly signal: AbortSignal;
}

export interface StagedMessage {
  readonly prompt: string;
  readonly model?: string;
}

/** What an act plays on: a provider with a real agent, and what the audience sees of it. */
export class Stage {
  readonly threadId = "demo";
  readonly provider: Provider;
  readonly endpoint: ScriptedModelEndpoint;
  readonly sandbox: AgentSandbox;
  readonly agents: RunningAgents;
  readonly facts: TerminalFacts;
  readonly signal: AbortSignal;
  readonly log: EventLog;
  readonly #view: ReadableView;

  constructor({ provider, endpoint, sandbox, agents, view, facts, signal }: StageInput) {
    this.provider = provider;
    this.endpoint = endpoint;
    this.sandbox = sandbox;
    this.agents = agents;
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

  /** The demo's own words while the agent is in the middle of a message. */
  async interject(text: string): Promise<void> {
    await this.say(`\n\n${text}\n`);
  }

  /** What the user has said in the conversation that the model was last asked with, oldest first. */
  get heard(): readonly string[] {
    const asked = this.endpoint.requests.at(-1);
    return asked === undefined ? [] : userMessages(asked);
  }

  /** One turn from prompt to end, shown as it happens and checked. Its id. */
  async turn({ answer, ...message }: StagedMessage & Pick<ExpectedTurn, "answer">): Promise<string> {
    const { turnId } = await this.send(message);
    await this.untilEnd({ turnId, answer });
    return turnId;
  }

  /** Shows a message and begins a turn with it. */
  async send({ prompt, model }: StagedMessage): Promise<ProviderTurnStartResult> {
    const { provider, threadId, signal } = this;
    await this.say(`> ${prompt}\n`);
    this.wait("Sending");
    return await provider.sendTurn({ threadId, input: prompt, model }, { signal });
  }

  /** Waits until the agent has said this in the turn, and the audience has seen it. */
  async untilSaid(turnId: string, text: string): Promise<void> {
    const saidSoFar = (): string =>
      this.log
        .of("content.delta")
        .filter((event) => event.turnId === turnId)
        .map(({ payload }) => payload.delta)
        .join("");
    await this.during(turnId, { what: `Pi said "${text}"`, happens: this.log.first("content.delta", () => saidSoFar() === text) });
  }

  /** Waits for what happens in the turn, and fails when the turn is over before. */
  async during<T>(turnId: string, { what, happens }: { readonly what: string; readonly happens: Promise<T> }): Promise<T> {
    const over = this.#over(turnId).then(() => {
      throw new DemoFailure(`the turn was over before ${what}.`);
    });
    return await Promise.race([happens, over]);
  }

  /** Waits for the turn's end and checks it. */
  async untilEnd(expected: ExpectedTurn): Promise<void> {
    await this.#over(expected.turnId);
    checkTurn(this.log, expected);
  }

  async #over(turnId: string): Promise<void> {
    await Promise.race([this.log.turn(turnId), this.log.ended]);
  }
}

async function* shown(events: AsyncIterable<ProviderRuntimeEvent>, view: ReadableView): AsyncIterable<ProviderRuntimeEvent> {
  for await (const event of events) {
    await view.show(event);
    yield event;
  }
}
