import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { safeText } from "../safe-text.js";
import type { Act } from "./act.js";
import { check } from "./check.js";
import { firstChoice } from "./models-act.js";
import type { Stage } from "./stage.js";

const file = "notes.txt";
const oldLine = "second line";
const newLine = "second line, now with a word from Pi";
const answer = `I changed the second line of ${file}.`;

export const workingTurnAct: Act = {
  heading: "A turn: think, look, read, edit, answer",
  answers: [
    // A tool call without a word of text: such a message must leave no trace.
    [{ reasoning: "I do not know this project yet.\nLet me look around first.", chunks: 8 }, { toolCall: { name: "bash", arguments: { command: "ls" } } }],
    [{ toolCall: { name: "read", arguments: { path: file } } }],
    [{ toolCall: { name: "edit", arguments: { path: file, edits: [{ oldText: oldLine, newText: newLine }] } } }],
    [{ text: answer, chunks: 6 }],
  ],
  play: async (stage) => {
    const { provider, threadId, signal, log } = stage;
    const before = await contentOf(stage);
    stage.wait("Starting Pi");
    const { model, thinkingLevel } = firstChoice;
    await provider.startSession({ threadId, runtimeMode: "full-access", model, modelOptions: { [provider.provider]: { thinkingLevel } } }, { signal });
    const turnId = await stage.turn({ prompt: `Add a word to the second line of ${file}.`, answer });

    const thoughts = log.of("content.delta").filter((event) => event.turnId === turnId && event.payload.streamKind === "reasoning_text");
    check(thoughts.length > 0, "Pi was to think and did not show it.");
    const tools = log.of("item.completed").filter((event) => event.turnId === turnId && !["assistant_message", "reasoning"].includes(event.payload.itemType));
    const types = tools.map(({ payload }) => `${payload.itemType} ${payload.status}`);
    check(types.join(", ") === "command_execution completed, dynamic_tool_call completed, file_change completed", `Pi was to use three tools and used ${types.join(", ") || "none"}.`);

    const after = await contentOf(stage);
    await stage.say(`\n${file} before:\n${indented(before)}\n${file} after:\n${indented(after)}`);
    check(after === before.replace(oldLine, newLine) && after !== before, `${file} was to be changed in its second line only.`);
  },
};

function contentOf({ sandbox }: Stage): Promise<string> {
  return readFile(join(sandbox.projectDir, file), "utf8");
}

function indented(text: string): string {
  return safeText(text).trimEnd().replaceAll(/^/gm, "  ");
}
