import type { ProviderRuntimeEvent, RuntimeItemPayload } from "../../ports/runtime-event.js";
import { SafeText, safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";
import { completedTool, isTool, runningTool } from "./tool-line.js";
import { turnSummary } from "./turn-summary.js";

/** What an event shows: the conversation goes to standard output, what is to be said about it to standard error. */
export interface Rendered {
  readonly out: string;
  readonly err: string;
}

type EventOf<T extends ProviderRuntimeEvent["type"]> = Extract<ProviderRuntimeEvent, { type: T }>;

/** A stretch of the conversation that is being written: a message, a thought, or the lines of tools that follow each other. */
interface Block {
  readonly kind: "message" | "thought" | "tools";
  readonly itemId?: string | undefined;
}

/**
 * A thread's events as text to read along. Blocks are set apart by an empty line; tools have a line each. Whatever comes from the
 * agent is made safe first.
 */
export class TurnRenderer {
  readonly #out: TerminalFacts;
  readonly #err: TerminalFacts;
  /** What each running tool works on: its completion tells only what came of it. */
  readonly #running = new Map<string, RuntimeItemPayload>();
  readonly #told = new Set<string>();
  readonly #openQuestions = new Set<string>();
  #isTurnOn = false;
  #block: Block | undefined;
  #safe = new SafeText();
  /** Line feeds at the end of what was written, at most two. At the beginning nothing is to be set apart. */
  #lineFeeds = 2;

  constructor(facts: { readonly out: TerminalFacts; readonly err: TerminalFacts }) {
    this.#out = facts.out;
    this.#err = facts.err;
  }

  /** What the agent is doing, for a terminal; `undefined` while nobody waits for it. */
  get status(): string | undefined {
    if (!this.#isTurnOn || this.#openQuestions.size > 0) return undefined;
    const tool = [...this.#running.values()].at(-1);
    return tool === undefined ? "Working" : runningTool(tool);
  }

  /** Whether this failure was shown already, word for word. */
  hasTold(message: string): boolean {
    return this.#told.has(message);
  }

  /** Something else was written meanwhile, and is set apart already. */
  beginAnew(): void {
    this.#block = undefined;
    this.#lineFeeds = 2;
  }

  render(event: ProviderRuntimeEvent): Rendered {
    switch (event.type) {
      case "content.delta":
        return { out: this.#text(event), err: "" };
      case "item.started":
        if (isTool(event.payload)) this.#running.set(event.itemId ?? "", event.payload);
        return nothing;
      case "item.completed":
        return isTool(event.payload) ? { out: this.#tool(event), err: "" } : nothing;
      case "thread.state.changed":
        return event.payload.state === "compacted" ? this.#note("dim", "note", "The conversation was shortened to fit the model's context.") : nothing;
      case "runtime.warning":
        return this.#note("yellow", "warning", event.payload.message);
      case "runtime.error":
        this.#told.add(event.payload.message);
        return this.#note("red", "error", event.payload.message);
      case "user-input.requested":
        this.#openQuestions.add(event.requestId ?? "");
        return nothing;
      case "user-input.resolved":
        this.#openQuestions.delete(event.requestId ?? "");
        return nothing;
      case "turn.started":
        this.#isTurnOn = true;
        return nothing;
      case "turn.completed":
        return this.#turnEnd(event);
      default:
        return nothing;
    }
  }

  #text({ itemId, payload }: EventOf<"content.delta">): string {
    const isThought = payload.streamKind === "reasoning_text";
    const gap = this.#enter({ kind: isThought ? "thought" : "message", itemId });
    const safe = this.#safe.clean(payload.delta);
    // The gap is there already.
    const text = gap === undefined ? safe : safe.replace(/^\n+/, "");
    return (gap ?? "") + (isThought ? paint(this.#out, "dim", this.#wrote(this.#asThought(text, gap !== undefined))) : this.#wrote(text));
  }

  /** Labelled and indented, so that a thought stays one without colour, too. */
  #asThought(text: string, begins: boolean): string {
    const indented = text.replaceAll(/\n(?=[^\n])/g, `\n${thoughtIndent}`);
    if (begins) return thoughtLabel + indented;
    return this.#lineFeeds > 0 && /^[^\n]/.test(indented) ? thoughtIndent + indented : indented;
  }

  #tool({ itemId, payload }: EventOf<"item.completed">): string {
    const gap = this.#enter({ kind: "tools" }) ?? "";
    const line = completedTool({ started: this.#running.get(itemId ?? ""), completed: payload, facts: this.#out });
    this.#running.delete(itemId ?? "");
    return gap + this.#wrote(`${line}\n`);
  }

  #turnEnd({ payload }: EventOf<"turn.completed">): Rendered {
    this.#isTurnOn = false;
    this.#block = undefined;
    const out = this.#lineFeeds === 0 ? this.#wrote("\n") : "";
    return { out, err: `${turnSummary(payload, { facts: this.#err, isTold: this.hasTold(payload.errorMessage ?? "") })}\n` };
  }

  #note(colour: "dim" | "yellow" | "red", label: string, message: string): Rendered {
    return { out: "", err: `${paint(this.#err, colour, `${label}:`)} ${safeLine(message)}\n` };
  }

  /** What sets a new block apart from what stands before it; `undefined` while the same one goes on. */
  #enter(block: Block): string | undefined {
    if (this.#block?.kind === block.kind && this.#block.itemId === block.itemId) return undefined;
    this.#block = block;
    this.#safe = new SafeText();
    return this.#wrote("\n".repeat(2 - this.#lineFeeds));
  }

  /** Keeps in mind how a text ends. */
  #wrote(text: string): string {
    if (text === "") return text;
    const end = /\n*$/.exec(text)?.[0].length ?? 0;
    this.#lineFeeds = Math.min(2, end === text.length ? this.#lineFeeds + end : end);
    return text;
  }
}

const nothing: Rendered = { out: "", err: "" };
const thoughtLabel = "thinking: ";
const thoughtIndent = " ".repeat(thoughtLabel.length);
