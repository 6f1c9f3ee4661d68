import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readPrompt } from "../../../src/app/cli/prompt-source.js";
import { UsageError } from "../../../src/app/cli/usage-error.js";

const { signal } = new AbortController();
const pipe = (text: string): Readable => Readable.from([Buffer.from(text)]);
const terminal = Object.assign(pipe("typed"), { isTTY: true });

describe("readPrompt", () => {
  it("takes the argument and leaves standard input alone", async () => {
    const stdin = pipe("from the pipe");
    expect(await readPrompt({ operands: ["from the argument"], stdin, signal })).toBe("from the argument");
    expect(stdin.readableDidRead).toBe(false);
  });

  it.each([[[]], [["-"]]])("reads standard input for %j", async (operands) => {
    expect(await readPrompt({ operands, stdin: pipe("Grüße\n"), signal })).toBe("Grüße\n");
  });

  it("reads what is typed only when it is asked to", async () => {
    await expect(readPrompt({ operands: [], stdin: terminal, signal })).rejects.toThrow(UsageError);
    expect(await readPrompt({ operands: ["-"], stdin: terminal, signal })).toBe("typed");
  });

  it.each([
    [["  "], "never read"],
    [["-"], " \n"],
    [[], ""],
  ])("refuses an empty prompt: %j", async (operands, text) => {
    await expect(readPrompt({ operands, stdin: pipe(text), signal })).rejects.toThrow("The prompt is empty.");
  });

  it("says what is wrong with a prompt without quotes", async () => {
    await expect(readPrompt({ operands: ["fix", "the", "bug"], stdin: pipe(""), signal })).rejects.toThrow("put it in quotes");
  });

  it("stops waiting for a pipe that never ends", async () => {
    const stdin = new PassThrough();
    const calling = new AbortController();
    const prompt = readPrompt({ operands: ["-"], stdin, signal: calling.signal });
    calling.abort();
    await expect(prompt).rejects.toThrow("aborted");
    expect(stdin.destroyed).toBe(true);
  });
});
