import assert from "node:assert/strict";
import type { OutputObserver } from "./in-memory-host.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";

interface Said {
  text: string;
  /** Nobody may be blamed when it is not shown, or not all of it. */
  forgiven: boolean;
}

/** What agents said, as they wrote it: what a user must see, once and in this order. */
export class Transcript implements OutputObserver {
  readonly #said: Said[] = [];
  #open: Said | undefined;
  /** While this is set, what is said may be cut off by the user's own haste. */
  lenient = false;

  /** A line of an agent's output. */
  write(record: RpcRecord): void {
    const update = record["assistantMessageEvent"] as { readonly type?: string; readonly delta?: string } | undefined;
    if (record.type === "message_update" && update?.type === "text_delta") this.#speak(update.delta ?? "");
    else if (record.type === "message_end") this.#open = undefined;
  }

  /** The agent's process is gone. */
  end(): void {
    this.#open = undefined;
  }

  /** What is being said in this moment is T3's to lose: it shows buffered text only when its message is complete. */
  forgiveOpen(): void {
    if (this.#open !== undefined) this.#open.forgiven = true;
  }

  /** All of it is shown, and nothing else. */
  check(shown: readonly string[]): void {
    let position = 0;
    for (const { text, forgiven } of this.#said) {
      const bubble = shown[position];
      if (bubble === text || (forgiven && bubble !== undefined && text.startsWith(bubble))) position += 1;
      else if (!forgiven && !this.#isOpen(text)) assert.deepEqual(shown, this.#said.map((said) => said.text), "the assistant's messages");
    }
    assert.equal(position, shown.length, `more is shown than was said: ${JSON.stringify(shown)}`);
  }

  #speak(delta: string): void {
    if (this.#open === undefined) {
      this.#open = { text: "", forgiven: false };
      this.#said.push(this.#open);
    }
    this.#open.text += delta;
    this.#open.forgiven ||= this.lenient;
  }

  /** A message that is not complete is shown at once, or when it is. */
  #isOpen(text: string): boolean {
    return this.#open?.text === text;
  }
}
