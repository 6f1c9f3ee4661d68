import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import type { CliHost } from "../../../src/app/cli/run-cli.js";
import { plainText, type TerminalFacts } from "../../../src/app/cli/terminal-facts.js";
import type { ScreenOutput } from "../../../src/app/cli/screen.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

export const colourTerminal: TerminalFacts = { isTerminal: true, hasColour: true, columns: 80 };
export const plainTerminal: TerminalFacts = { ...colourTerminal, hasColour: false };

/** The escape character: nothing a pipe may ever see. */
export const escape = "\u001B";

/** Keeps what is written; may share its record with another one, as two streams share a terminal. */
export class StubOutput implements ScreenOutput {
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  readonly columns: number;
  readonly written: string[];

  constructor(facts: TerminalFacts = plainText, written: string[] = []) {
    this.isTerminal = facts.isTerminal;
    this.hasColour = facts.hasColour;
    this.columns = facts.columns;
    this.written = written;
  }

  get text(): string {
    return this.written.join("");
  }

  write(text: string): Promise<void> {
    this.written.push(text);
    return Promise.resolve();
  }
}

/** An event as it stands in a stream; stamps do not matter to who shows it. */
export function event(draft: RuntimeEventDraft): ProviderRuntimeEvent {
  return { ...draft, eventId: "event", provider: "pi", threadId: "run", createdAt: "2026-01-01T00:00:00.000Z" };
}

/** A process for `runCli`, with pipes for streams. */
export function stubHost(options: { readonly argv: readonly string[]; readonly stdin?: string; readonly stdinIsTerminal?: boolean; readonly stdout?: Writable; readonly environment?: CliHost["environment"] }): CliHost & { readonly signals: EventEmitter; readonly output: () => string; readonly errors: () => string } {
  const collected = new Collector();
  const stderr = new Collector();
  const stdin = Object.assign(new PassThrough(), { isTTY: options.stdinIsTerminal ?? false });
  stdin.end(options.stdin ?? "");
  return { argv: options.argv, stdin, stdout: options.stdout ?? collected, stderr, signals: new EventEmitter(), cwd: "/project", environment: options.environment ?? {}, output: () => collected.text, errors: () => stderr.text };
}

class Collector extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
