import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import type { InputStream } from "./command.js";
import { UsageError } from "./usage-error.js";

/** The prompt: the operand, or standard input for `-` and for no operand at all. */
export async function readPrompt({ operands, stdin, signal }: { readonly operands: readonly string[]; readonly stdin: InputStream; readonly signal: AbortSignal }): Promise<string> {
  const [operand] = operands;
  if (operands.length > 1) throw new UsageError(`The prompt came as ${operands.length} arguments; put it in quotes.`);
  if (operand === undefined && stdin.isTTY === true) throw new UsageError("There is no prompt. Give one as an argument or through a pipe.");
  // What never ends its output must not keep the program from ending.
  const prompt = operand === undefined || operand === "-" ? await text(addAbortSignal(signal, stdin)) : operand;
  if (prompt.trim() === "") throw new UsageError("The prompt is empty.");
  return prompt;
}
