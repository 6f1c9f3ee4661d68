import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyBubble, type Screen } from "../../../src/adapters/fake/host-model/screen.js";
import {
  piEndlessTurn,
  piErrorTurn,
  piRecoveringTurn,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechEnd,
  piSpeechStart,
  piSteeredTurn,
  piTextTurn,
  piToolTurn,
  piToolUse,
} from "../../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario, Script } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import type { ProviderApprovalDecision, RuntimeMode } from "../../../src/ports/provider.js";
import { compactionEnd, compactionStart } from "../../failures/compaction-steps.js";
import { InMemoryHost } from "./in-memory-host.js";
import { Transcript } from "./transcript.js";

// ------------------------------------------------------------------------------------------------ what agents do with messages

type Behaviour = (label: string) => Script;

const bash = { name: "bash", args: { command: "make" }, output: "made" };
const question = (id: string): Script => [{ ask: { id, method: "confirm", title: "Certain?", message: "There is no way back." } }];

/** Whatever a message may set off; the label makes its texts unlike all others. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  answers: (label) => piTextTurn({ text: `${label} is done.`, thinking: "Hm." }),
  usesTool: (label) => piToolTurn({ tool: bash, text: `${label} is made.` }),
  speaksTwice: (label) => [...piRunStart, ...piSpeech(`${label} begins.`), ...piToolUse(bash), ...piSpeech(`${label} ends.`), ...piRunEnd(), ...piSettled],
  waits: (label) => [...piRunStart, ...piSpeech(`${label} waits.`), { gate: "go on" }, ...piSpeech(`${label} went on.`), ...piRunEnd(), ...piSettled],
  neverEnds: (label) => piEndlessTurn(`${label} never`),
  works: () => [...piRunStart, ...piToolUse(bash).slice(0, 3), { stall: true }],
  edits: (label) => piToolTurn({ tool: { name: "edit", args: { path: "src/a.ts" }, output: "Edited." }, text: `${label} is edited.` }),
  fails: (label) => piErrorTurn(`${label} failed.`),
  breaksOff: (label) => [...piRunStart, ...piSpeechStart({ text: `${label} breaks` }), ...piSpeechEnd({ text: `${label} breaks` }, { stopReason: "error", errorMessage: "It broke." }), ...piRunEnd(), ...piSettled],
  triesAgain: (label) => piRecoveringTurn({ errorMessage: "529: Overloaded.", text: `${label} at last.` }),
  asks: (label) => [...piRunStart, ...question(label), ...piSpeech(`${label} was certain.`), ...piRunEnd(), ...piSettled],
  waitsForSteering: (label) => piSteeredTurn(`${label} as you wish.`),
  shortens: (label) => [...piRunStart, ...piSpeech(`${label} is long.`), ...piRunEnd(), compactionStart("threshold"), { gate: "go on" }, compactionEnd("threshold"), ...piSettled],
  doesNothing: () => [{ reply: {} }],
  isRefused: () => [{ reply: { error: "The budget is spent." } }],
  crashes: () => [{ crash: "SIGSEGV" }],
  crashesInSpeech: (label) => [...piRunStart, ...piSpeech(`${label} starts.`), ...piSpeechStart({ text: `${label} crash` }), { crash: "SIGSEGV" }],
};

// --------------------------------------------------------------------------------------------------------------- what users do

export type Act =
  | { readonly type: "send"; readonly behaviour: string; readonly streaming: boolean }
  | { readonly type: "interrupt" | "answer" | "crash" | "stop" | "restart" | "go on" }
  | { readonly type: "decide"; readonly decision: ProviderApprovalDecision }
  | { readonly type: "mode"; readonly mode: RuntimeMode }
  | { readonly type: "model"; readonly model: string }
  | { readonly type: "spawning"; readonly works: boolean }
  | { readonly type: "wait"; readonly ms: number };

/** `moments`: the next one comes so many settled promises later, whatever this one has set off; without it, when all is quiet. */
export interface Step {
  readonly act: Act;
  readonly moments?: number;
}

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("send" as const), behaviour: fc.constantFrom(...Object.keys(behaviours)), streaming: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant<Act>({ type: "interrupt" }) },
  { weight: 2, arbitrary: fc.constant<Act>({ type: "answer" }) },
  { weight: 3, arbitrary: fc.constantFrom<Act[]>({ type: "crash" }, { type: "stop" }, { type: "restart" }, { type: "go on" }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("decide" as const), decision: fc.constantFrom("accept" as const, "acceptForSession" as const, "decline" as const, "cancel" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("mode" as const), mode: fc.constantFrom("approval-required" as const, "auto-accept-edits" as const, "full-access" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("model" as const), model: fc.constantFrom("lab/plain", "lab/thinker", "lab/gone") }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("spawning" as const), works: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 10_000, 60_000) }) },
);

export const randomSession: fc.Arbitrary<readonly Step[]> = fc.array(fc.oneof({ weight: 3, arbitrary: fc.record({ act }) }, fc.record({ act, moments: fc.nat(60) })), { minLength: 2, maxLength: 10 });

// ----------------------------------------------------------------------------------------------------------------- one session

/** Plays a session and throws where a user would be wronged. */
export async function playSession(steps: readonly Step[]): Promise<void> {
  await using session = new RandomSession();
  for (const step of steps) await session.play(step);
  await session.conclude();
}

class RandomSession implements AsyncDisposable {
  readonly #transcript = new Transcript();
  readonly #bench = new InMemoryHost(() => this.#scenario(), this.#transcript);
  readonly #sent: string[] = [];
  /** What the next messages set off, oldest first. */
  readonly #planned: Behaviour[] = [];
  #labels = 0;

  async play({ act, moments }: Step): Promise<void> {
    this.#transcript.lenient ||= moments !== undefined;
    await this.#do(act);
    for (let moment = 0; moment < (moments ?? 0); moment += 1) await Promise.resolve();
    if (moments !== undefined) return;
    await this.#bench.patiently(this.#bench.settled());
    this.#transcript.lenient = false;
    this.#check();
  }

  /** Whatever happened: the thread comes to rest, and the next message is answered. */
  async conclude(): Promise<void> {
    const { host, threadId, spawner } = this.#bench;
    await this.#bench.patiently(this.#bench.settled());
    this.#transcript.lenient = false;
    spawner.refuse = undefined;
    this.#planned.length = 0;
    host.setRuntimeMode(threadId, "full-access");
    host.changeModel(threadId, { model: "lab/plain" });
    await this.#bench.patiently(this.#bench.settled());
    while (this.#bench.screen.questions.length > 0) await this.#bench.answer("Yes");
    // Full access leaves none but those of a server that is gone: its user takes them away by deciding.
    for (const { requestId } of this.#bench.screen.approvals) {
      host.decide(threadId, requestId, "accept");
      await this.#bench.patiently(this.#bench.settled());
    }
    if (this.#bench.screen.status === "working") await this.#interruptPatiently();
    this.#check();
    const atRest = this.#bench.screen;
    assert.notEqual(atRest.status, "working", "stuck in working");
    assert.deepEqual({ composer: atRest.composer, questions: atRest.questions, approvals: atRest.approvals }, { composer: "ready", questions: [], approvals: [] });

    await this.#send({ behaviour: behaviours["answers"], streaming: false });
    const last = await this.#bench.pass(1_000);
    this.#check();
    assert.deepEqual(
      { status: last.status, banner: last.banner, composer: last.composer, answer: last.messages.at(-1)?.text },
      { status: "idle", banner: null, composer: "ready", answer: `Reply ${this.#labels} is done.` },
    );
  }

  async #do(act: Act): Promise<void> {
    const { host, threadId, spawner, clock } = this.#bench;
    switch (act.type) {
      case "send":
        return await this.#send({ behaviour: behaviours[act.behaviour], streaming: act.streaming });
      case "interrupt":
        host.interrupt(threadId);
        return;
      case "answer": {
        const [prompt] = this.#bench.screen.questions;
        const [asked] = prompt?.questions ?? [];
        if (prompt !== undefined && asked !== undefined) host.answer(threadId, prompt.requestId, { [asked.id]: "Yes" });
        return;
      }
      case "decide": {
        const [approval] = this.#bench.screen.approvals;
        if (approval !== undefined) host.decide(threadId, approval.requestId, act.decision);
        return;
      }
      case "crash":
        return this.#bench.crashNow();
      case "stop":
        host.stopSession(threadId);
        return;
      case "restart":
        // A command that is not begun when the server ends is lost by T3 itself.
        await this.#bench.patiently(this.#bench.settled());
        this.#transcript.forgiveOpen();
        await this.#bench.restartServer();
        return;
      case "go on":
        return this.#bench.openNow("go on");
      case "mode":
        host.setRuntimeMode(threadId, act.mode);
        return;
      case "model":
        host.changeModel(threadId, { model: act.model });
        return;
      case "spawning":
        spawner.refuse = act.works ? undefined : "permission-denied";
        return;
      case "wait":
        return await clock.advance(act.ms);
    }
  }

  async #send({ behaviour, streaming }: { readonly behaviour: Behaviour | undefined; readonly streaming: boolean }): Promise<void> {
    const { host, threadId, clock } = this.#bench;
    await clock.advance(1_000);
    if (this.#bench.screen.composer !== "ready") return;
    const text = `Message ${this.#sent.length + 1}`;
    this.#sent.push(text);
    if (behaviour !== undefined) this.#planned.push(behaviour);
    host.send(threadId, text, { delivery: streaming ? "streaming" : "buffered" });
  }

  async #interruptPatiently(): Promise<void> {
    this.#bench.host.interrupt(this.#bench.threadId);
    await this.#bench.pass(60_000);
  }

  #scenario(): AgentScenario {
    const prompts = (): Script => {
      this.#labels += 1;
      return (this.#planned.shift() ?? behaviours["answers"] ?? piTextTurn)(`Reply ${this.#labels}`);
    };
    return {
      on: {
        // Read anew for every message: what it sets off is decided when it comes.
        get prompt() {
          return { always: prompts() };
        },
      },
    };
  }

  #check(): void {
    const { screen } = this.#bench;
    assert.deepEqual(textsFrom(screen, "user"), this.#sent, "the user's messages");
    this.#transcript.check(textsFrom(screen, "assistant"));
    for (const { text } of screen.messages) assert.ok(text.trim() !== "" && text !== emptyBubble, "an empty bubble");
    const prompts = this.#bench.received("prompt").map(({ message }) => message);
    assert.equal(new Set(prompts).size, prompts.length, "a message reached the agent twice");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]();
  }
}

function textsFrom({ messages }: Screen, from: "user" | "assistant"): readonly string[] {
  return messages.filter((message) => message.from === from).map(({ text }) => text);
}
