import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { TerminalPerson } from "../../../src/app/cli/terminal-person.js";

function seated() {
  const input = new PassThrough();
  const output = new PassThrough();
  let interrupts = 0;
  const person = new TerminalPerson({ input, output, onInterrupt: () => (interrupts += 1) });
  return { input, output, person, interrupts: () => interrupts };
}

const never = new AbortController().signal;

describe("TerminalPerson", () => {
  it("reads a line after the question", async () => {
    const { input, output, person } = seated();
    const answer = person.ask("Your answer: ", never);
    input.write("Blue\r");
    expect(await answer).toBe("Blue");
    output.end();
    expect(await text(output)).toContain("Your answer: ");
  });

  it("can be asked again", async () => {
    const { input, person } = seated();
    const first = person.ask("First: ", never);
    input.write("one\r");
    expect(await first).toBe("one");
    const second = person.ask("Second: ", never);
    input.write("two\r");
    expect(await second).toBe("two");
  });

  it("answers nothing at the end of the input", async () => {
    const { input, person } = seated();
    const answer = person.ask("Your answer: ", never);
    input.write("\u0004");
    expect(await answer).toBeUndefined();
  });

  it("answers nothing once the question is taken back", async () => {
    const { person } = seated();
    const asking = new AbortController();
    const answer = person.ask("Your answer: ", asking.signal);
    asking.abort();
    expect(await answer).toBeUndefined();
  });

  it("does not ask what was taken back before", async () => {
    const { output, person } = seated();
    expect(await person.ask("Your answer: ", AbortSignal.abort())).toBeUndefined();
    expect(output.readableLength).toBe(0);
  });

  it("passes Ctrl-C on and goes on asking", async () => {
    const { input, person, interrupts } = seated();
    const answer = person.ask("Your answer: ", never);
    input.write("\u0003");
    input.write("Red\r");
    expect(await answer).toBe("Red");
    expect(interrupts()).toBe(1);
  });
});
