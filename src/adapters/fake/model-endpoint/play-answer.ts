import type { CompletionStream } from "./completion-stream.js";
import type { ModelAnswer, ModelFinishReason, ModelUsage } from "./model-answer.js";

const usualUsage: ModelUsage = { inputTokens: 100, outputTokens: 20 };

/** Plays an answer's steps into a response, until the answer ends or the client hangs up. */
export async function playAnswer(answer: ModelAnswer, stream: CompletionStream): Promise<void> {
  let usage = usualUsage;
  let finish: ModelFinishReason = "stop";
  let toolCalls = 0;

  for (const step of answer) {
    if (stream.isClosed) return;
    if ("reasoning" in step) {
      for (const piece of pieces(step.reasoning, step.chunks)) await stream.delta({ reasoning_content: piece });
    } else if ("text" in step) {
      for (const piece of pieces(step.text, step.chunks)) await stream.delta({ content: piece });
    } else if ("toolCall" in step) {
      const index = toolCalls++;
      const { name, arguments: args, id = `call_${stream.requestIndex}_${index}` } = step.toolCall;
      await stream.delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] });
      await stream.delta({ tool_calls: [{ index, function: { arguments: JSON.stringify(args) } }] });
      finish = "tool_calls";
    } else if ("waitFor" in step) {
      await stream.holdFor(step.waitFor);
    } else if ("usage" in step) {
      usage = step.usage;
    } else if ("finish" in step) {
      return stream.finish(step.finish, usage);
    } else if ("httpError" in step) {
      return stream.fail(step.httpError);
    } else {
      return stream.cut();
    }
  }
  return stream.finish(finish, usage);
}

/** Cuts between code points, so that no piece holds half a character. */
function pieces(text: string, count = 1): readonly string[] {
  const characters = Array.from(text);
  const size = Math.max(1, Math.ceil(characters.length / count));
  const result: string[] = [];
  for (let start = 0; start < characters.length; start += size) result.push(characters.slice(start, start + size).join(""));
  return result;
}
