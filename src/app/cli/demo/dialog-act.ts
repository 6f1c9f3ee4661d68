import { existsSync } from "node:fs";
import { join } from "node:path";
import { Questions } from "../questions.js";
import type { Act } from "./act.js";
import { check } from "./check.js";

const file = "poem.txt";
const answer = `I was allowed to, and wrote ${file}.`;

const askBeforeWriting = `// An extension for Pi: asks its user before a file is written.
export default function askBeforeWriting(pi) {
  pi.on("tool_call", async ({ toolName, input }, { ui }) => {
    if (toolName !== "write") return undefined;
    const isAllowed = await ui.confirm("May I write this file?", input.path);
    return isAllowed ? undefined : { block: true, reason: "The user does not want it." };
  });
}
`;

export const dialogAct: Act = {
  heading: "Pi asks, and gets an answer",
  extensions: { "ask-before-writing.js": askBeforeWriting },
  answers: [[{ toolCall: { name: "write", arguments: { path: file, content: "Roses are red.\n" } } }], [{ text: answer, chunks: 4 }]],
  play: async (stage) => {
    const { provider, log, sandbox } = stage;
    const isWritten = (): boolean => existsSync(join(sandbox.projectDir, file));
    const person = {
      ask: async (query: string): Promise<string> => {
        await stage.say(`${query}1\n`);
        return "1";
      },
    };
    const view = { tell: (text: string) => stage.say(text), lendLine: <T>(use: () => Promise<T>) => use() };
    const questions = new Questions({ provider, displayName: provider.snapshot().displayName, view, person });

    const { turnId } = await stage.send({ prompt: `Write a poem into ${file}.` });
    const asked = await stage.during(turnId, { what: "Pi asked", happens: log.first("user-input.requested", (event) => event.turnId === turnId) });
    check(!isWritten(), `Pi was to ask before it writes ${file} and asked afterwards.`);
    await questions.see(asked);
    await stage.untilEnd({ turnId, answer });

    const told = log.of("user-input.resolved").find(({ requestId }) => requestId === asked.requestId)?.payload.answers ?? {};
    const words = Object.values(told).join();
    check(words === "Yes", `Pi was to be answered "Yes" and was answered "${words}".`);
    check(isWritten(), `${file} was to be written and is not there.`);
    await stage.say(`\nThe answer was "${words}", and ${file} is there.`);
  },
};
