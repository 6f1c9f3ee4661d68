import { ProviderError } from "../../ports/errors.js";
import type { RuntimeTurnState } from "../../ports/runtime-event.js";
import type { Provider } from "../provider-facade.js";
import type { Interruption } from "./interruption.js";
import { Questions, type Person } from "./questions.js";
import { safeText } from "./safe-text.js";
import { TurnEnds } from "./turn-ends.js";
import type { TurnView } from "./turn-view.js";

export interface TurnRequest {
  /** Used up by the turn: its events end with it. */
  readonly provider: Provider;
  readonly view: TurnView;
  readonly interruption: Interruption;
  readonly person: Person | undefined;
  readonly prompt: string;
  /** Absolute. */
  readonly cwd: string;
  readonly model: string | undefined;
  readonly thinkingLevel: string | undefined;
}

const threadId = "run";

/**
 * A session for one turn, from its start to its end. Resolves when every event was shown and no process is left, to how the turn
 * ended: `failed` also where there was none because of a failure that was shown, `undefined` where it was stopped before its end.
 */
export async function playTurn(request: TurnRequest): Promise<RuntimeTurnState | undefined> {
  try {
    return await showTurn(request);
  } catch (error) {
    if (ProviderError.is(error) && request.view.hasTold(error.message)) return "failed";
    throw error;
  }
}

async function showTurn(request: TurnRequest): Promise<RuntimeTurnState | undefined> {
  const ends = new TurnEnds();
  const following = follow(request, ends);
  endEarly(request);
  try {
    return await ask(request, ends);
  } finally {
    await request.provider[Symbol.asyncDispose]();
    await following;
  }
}

async function ask({ provider, view, interruption, prompt, cwd, model, thinkingLevel }: TurnRequest, ends: TurnEnds): Promise<RuntimeTurnState | undefined> {
  const { interrupted: signal } = interruption;
  view.wait(`Starting ${provider.snapshot().displayName}`);
  await provider.startSession({ threadId, runtimeMode: "full-access", cwd, model, modelOptions: { [provider.provider]: { thinkingLevel } } }, { signal });
  const { turnId } = await provider.sendTurn({ threadId, input: prompt }, { signal });
  return await ends.of(turnId);
}

async function follow({ provider, view, person }: TurnRequest, ends: TurnEnds): Promise<void> {
  const questions = new Questions({ provider, view, person, displayName: provider.snapshot().displayName });
  try {
    for await (const event of provider.events) {
      await view.show(event);
      ends.see(event);
      void questions.see(event);
    }
  } finally {
    ends.close();
  }
}

/** Once asked to, the agent ends the turn itself, which is shown; what stops the program stops the agent. */
function endEarly({ provider, view, interruption }: TurnRequest): void {
  interruption.stopped.addEventListener("abort", () => void provider[Symbol.asyncDispose]());
  interruption.interrupted.addEventListener("abort", () => {
    provider.interruptTurn(threadId).catch(async (error: unknown) => {
      // There is no session yet, and its start is what the same signal calls off; or there is none any more.
      if (ProviderError.is(error) && (error.kind === "session-not-found" || error.kind === "session-closed")) return;
      await view.tell(safeText(error instanceof Error ? error.message : String(error)));
    });
  });
}
