import type { Clock, Timer } from "../../ports/clock.js";
import { cutToWidth } from "./cells.js";
import type { TerminalFacts } from "./terminal-facts.js";
import type { Rendered } from "./turn-renderer.js";

/** Where a screen writes to. */
export interface ScreenOutput extends TerminalFacts {
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const frameMs = 100;
const eraseLine = "\r\u001B[K";

/**
 * Standard output and standard error as a person sees them: one terminal, perhaps, on which both must not get into each other's
 * lines, with a status line at its end while nothing is being written. Without a terminal, text goes where it belongs and no status
 * is shown.
 */
export class Screen implements Disposable {
  readonly #out: ScreenOutput;
  readonly #err: ScreenOutput;
  readonly #clock: Clock;
  #status: string | undefined;
  #timer: Timer | undefined;
  #frame = 0;
  #isStatusShown = false;
  #isLineOpen = false;
  #isLineLent = false;

  constructor({ out, err, clock }: { readonly out: ScreenOutput; readonly err: ScreenOutput; readonly clock: Clock }) {
    this.#out = out;
    this.#err = err;
    this.#clock = clock;
  }

  /** Resolves when there is room for more. */
  async show({ out, err }: Rendered): Promise<void> {
    if (this.#isLineLent && out + err !== "") {
      this.#isLineLent = false;
      await this.#write(this.#err, "\n");
    }
    if (out !== "") await this.#write(this.#out, out);
    if (err !== "") await this.#write(this.#err, this.#isLineOpen && this.#err.isTerminal ? `\n${err}` : err);
  }

  /** What is being waited for, until told otherwise; `undefined` for nothing. */
  wait(status: string | undefined): void {
    this.#status = status;
    if (status === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#erase();
    } else if (this.#timer === undefined && this.#err.isTerminal) {
      this.#tick();
    }
  }

  /** Lets somebody else write on the terminal's current line, and end it; what must be shown meanwhile goes below it. */
  async lendLine<T>(use: () => Promise<T>): Promise<T> {
    this.#isLineLent = true;
    try {
      return await use();
    } finally {
      this.#isLineLent = false;
    }
  }

  [Symbol.dispose](): void {
    this.wait(undefined);
  }

  async #write(output: ScreenOutput, text: string): Promise<void> {
    this.#erase();
    if (output.isTerminal) this.#isLineOpen = !text.endsWith("\n");
    await output.write(text);
  }

  #tick(): void {
    this.#draw();
    this.#timer = this.#clock.schedule(frameMs, () => this.#tick());
  }

  /** Only on a line of its own: what it overwrites could not be brought back. */
  #draw(): void {
    if (this.#status === undefined || this.#isLineOpen || this.#isLineLent) return;
    const frame = frames[this.#frame % frames.length] ?? "";
    this.#frame += 1;
    this.#isStatusShown = true;
    void this.#err.write(`${eraseLine}${frame} ${cutToWidth(this.#status, this.#err.columns - 4)}`);
  }

  #erase(): void {
    if (!this.#isStatusShown) return;
    this.#isStatusShown = false;
    void this.#err.write(eraseLine);
  }
}
