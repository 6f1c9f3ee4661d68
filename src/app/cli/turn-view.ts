import type { Clock } from "../../ports/clock.js";
import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import { safeJson } from "./safe-json.js";
import { Screen, type ScreenOutput } from "./screen.js";
import { TurnRenderer } from "./turn-renderer.js";

/** How a thread's events are shown. What is written resolves when there is room for more. */
export interface TurnView extends Disposable {
  show(event: ProviderRuntimeEvent): Promise<void>;
  /** Says something that is no event, on lines of its own. */
  tell(text: string): Promise<void>;
  /** What is being waited for until the next event. */
  wait(status: string): void;
  /** Lets somebody else write on the terminal's current line, and end it. */
  lendLine<T>(use: () => Promise<T>): Promise<T>;
  /** Whether an event has shown this failure already, word for word. */
  hasTold(message: string): boolean;
}

interface Outputs {
  readonly out: ScreenOutput;
  readonly err: ScreenOutput;
}

/** For people. */
export class ReadableView implements TurnView {
  readonly #renderer: TurnRenderer;
  readonly #screen: Screen;

  constructor(world: Outputs & { readonly clock: Clock }) {
    this.#renderer = new TurnRenderer(world);
    this.#screen = new Screen(world);
  }

  async show(event: ProviderRuntimeEvent): Promise<void> {
    const rendered = this.#renderer.render(event);
    this.#screen.wait(this.#renderer.status);
    await this.#screen.show(rendered);
  }

  async tell(text: string): Promise<void> {
    await this.#screen.show({ out: "", err: `${text}\n` });
  }

  /** Puts something between the turns, set apart from what follows. Whoever waited has got it. */
  async print(text: string): Promise<void> {
    this.#renderer.beginAnew();
    this.#screen.wait(undefined);
    await this.#screen.show({ out: text, err: "" });
  }

  wait(status: string): void {
    this.#screen.wait(status);
  }

  lendLine<T>(use: () => Promise<T>): Promise<T> {
    return this.#screen.lendLine(use);
  }

  hasTold(message: string): boolean {
    return this.#renderer.hasTold(message);
  }

  [Symbol.dispose](): void {
    this.#screen[Symbol.dispose]();
  }
}

/** For programs: each event as a line of JSON. */
export class JsonView implements TurnView {
  readonly #out: Outputs["out"];
  readonly #err: Outputs["err"];

  constructor({ out, err }: Outputs) {
    this.#out = out;
    this.#err = err;
  }

  async show(event: ProviderRuntimeEvent): Promise<void> {
    await this.#out.write(`${safeJson(event)}\n`);
  }

  async tell(text: string): Promise<void> {
    await this.#err.write(`${text}\n`);
  }

  wait(): void {
    // Nobody watches.
  }

  lendLine<T>(use: () => Promise<T>): Promise<T> {
    return use();
  }

  /** Errors are for people, on standard error: those of the calls are all they see. */
  hasTold(): boolean {
    return false;
  }

  [Symbol.dispose](): void {
    // Nothing is left on the screen.
  }
}
