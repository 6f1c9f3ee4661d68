import type { ProviderRuntimeEvent, RuntimeTurnState } from "../../ports/runtime-event.js";

/** Which turns have ended, and how; for whoever waits for the end of one. */
export class TurnEnds {
  readonly #ends = new Map<string, PromiseWithResolvers<RuntimeTurnState | undefined>>();
  #closed = false;

  /** How the turn ended, whether it has already or will; `undefined` when the events end first. */
  of(turnId: string): Promise<RuntimeTurnState | undefined> {
    return this.#end(turnId).promise;
  }

  see(event: ProviderRuntimeEvent): void {
    if (event.type === "turn.completed" && event.turnId !== undefined) this.#end(event.turnId).resolve(event.payload.state);
  }

  /** No more events will come. */
  close(): void {
    this.#closed = true;
    for (const end of this.#ends.values()) end.resolve(undefined);
  }

  #end(turnId: string): PromiseWithResolvers<RuntimeTurnState | undefined> {
    let end = this.#ends.get(turnId);
    if (end === undefined) {
      end = Promise.withResolvers();
      if (this.#closed) end.resolve(undefined);
      this.#ends.set(turnId, end);
    }
    return end;
  }
}
