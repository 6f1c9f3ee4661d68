import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Output, type OutputStream } from "../../../src/app/cli/output.js";

/** A reader that takes a text only when it is told to. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  #take: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 4, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.#take = () => {
      this.taken.push(chunk);
      done();
    };
  }

  take(): void {
    this.#take?.();
  }
}

function open(stream: OutputStream, terminalKind = "xterm-256color"): { readonly output: Output; readonly lost: string[] } {
  const lost: string[] = [];
  return { output: new Output({ stream, terminalKind, onLost: (error) => lost.push(error.message) }), lost };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending;
}

const terminal = (facts: object): OutputStream => Object.assign(new SlowReader(), { isTTY: true, columns: 100, hasColors: () => true }, facts);

describe("what an output is", () => {
  it("is a terminal with colour and a width", () => {
    const { output } = open(terminal({}));
    expect([output.isTerminal, output.hasColour, output.columns]).toEqual([true, true, 100]);
  });

  it("follows a terminal that is made wider", () => {
    const stream = terminal({});
    const { output } = open(stream);
    Object.assign(stream, { columns: 140 });
    expect(output.columns).toBe(140);
  });

  it.each([
    ["a pipe", new SlowReader(), "xterm", [false, false, Number.POSITIVE_INFINITY]],
    ["a pipe that somebody forces to have colour", Object.assign(new SlowReader(), { hasColors: () => true }), "xterm", [false, false, Number.POSITIVE_INFINITY]],
    ["a terminal without colour, as NO_COLOR makes it", terminal({ hasColors: () => false }), "xterm", [true, false, 100]],
    ["a terminal that can do nothing", terminal({}), "dumb", [false, false, Number.POSITIVE_INFINITY]],
  ])("knows %s", (_name, stream, kind, facts) => {
    const { output } = open(stream, kind);
    expect([output.isTerminal, output.hasColour, output.columns]).toEqual(facts);
  });
});

describe("writing", () => {
  it("waits for a slow reader", async () => {
    const reader = new SlowReader();
    const { output } = open(reader);
    const writing = output.write("a long text");
    expect(await isSettled(writing)).toBe(false);
    reader.take();
    await writing;
    expect(reader.taken).toEqual(["a long text"]);
  });

  it("is flushed when everything was taken", async () => {
    const reader = new SlowReader();
    const { output } = open(reader);
    void output.write("text");
    const flushed = output.flushed();
    expect(await isSettled(flushed)).toBe(false);
    reader.take();
    // The empty write that asks for it.
    await new Promise((resolve) => setImmediate(resolve));
    reader.take();
    expect(await flushed).toBe(true);
  });

  it("waits no longer for a reader that is given up, and writes nothing more", async () => {
    const reader = new SlowReader();
    const { output } = open(reader);
    const writing = output.write("a long text");
    const flushed = output.flushed();
    output.giveUp();
    await writing;
    expect(await flushed).toBe(false);
    await output.write("more");
    expect(reader.writableLength).toBe("a long text".length);
  });

  it("tells once that it is lost, and swallows what follows", async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error("gone")) });
    const { output, lost } = open(stream);
    const closed = new Promise((resolve) => stream.once("close", resolve));
    await output.write("text");
    await closed;
    await output.write("more");
    expect(lost).toEqual(["gone"]);
    expect(await output.flushed()).toBe(false);
  });
});
