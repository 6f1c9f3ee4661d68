import type { ModelAnswer } from "../../../src/app/testing.js";
import type { Scenario } from "./scenario.js";

const program = "src/greet.js";
const [unmarked, marked] = ["first line", "(read) first line"];
const [here, there] = ["Hello", "Good morning"];

export const toolTurn: Scenario = {
  id: "tools",
  title: "Tool turn",
  description: "Looks around, reads a file, edits it and runs it. The effects in the project are real.",
  prompt: "Make the greeting another one, and show me that it works.",
  answer: ({ toolResults }, { round, thought, spoken }) => {
    switch (round) {
      case 0:
        return [...thought("I do not know this project yet.\nLet me look around first."), ...spoken("Let me look at the project."), bash("ls -R . | head -20 && cat notes.txt")];
      case 1:
        return [read(program)];
      case 2: {
        const [from, to] = toolResults.join("\n").includes(there) ? [there, here] : [here, there];
        return [...spoken(`The greeting is “${from}”. I make it “${to}”.`), edit(program, from, to)];
      }
      case 3:
        return [bash(`node -e "import('./${program}').then(({ greet }) => console.log(greet('Ada')))"`)];
      default:
        return spoken(`Done. It says:\n\n\`\`\`\n${toolResults.join("\n").trim()}\n\`\`\``);
    }
  },
};

export const silentStages: Scenario = {
  id: "silent-stages",
  title: "Stages without a word",
  description: "Three steps of the model that only call a tool: none of them may leave an empty bubble.",
  prompt: "Count the lines, without a word.",
  answer: (_request, { round, spoken }) => {
    const commands = ["wc -l notes.txt", "wc -l README.md", "date -u +%Y"];
    const command = commands[round];
    return command === undefined ? spoken("Three commands, and not a word in between.") : [bash(command)];
  },
};

export const parallelTools: Scenario = {
  id: "parallel",
  title: "Parallel tools",
  description: "One step of the model that calls three tools at once.",
  prompt: "Read everything at once.",
  answer: (_request, { round, spoken }) =>
    round === 0 ? [...spoken("All at once, then."), read("README.md"), read("notes.txt"), bash("cat src/greet.js")] : spoken("I have read all three of them."),
};

export const approval: Scenario = {
  id: "approval",
  title: "Something to approve",
  description: "A command and an edit. In a supervised thread both wait for you; with full access they just happen.",
  prompt: "Change my notes, but ask me first.",
  answer: ({ toolResults }, { round, spoken }) => {
    if (round === 0) return [...spoken("First I look at your notes."), bash("cat notes.txt")];
    if (round === 1) {
      const [from, to] = toolResults.join("\n").includes(marked) ? [marked, unmarked] : [unmarked, marked];
      return [edit("notes.txt", from, to), bash("wc -l notes.txt")];
    }
    return spoken(`That is done, as far as I was allowed to:\n\n\`\`\`\n${toolResults.join("\n").trim()}\n\`\`\``);
  },
};

/** The sandbox's own extension asks before this file is written. */
export const questionedFile = "poem.txt";

export const question: Scenario = {
  id: "question",
  title: "A question",
  description: "An extension of the agent asks you something before a file is written.",
  prompt: "Write me a poem.",
  answer: ({ toolResults }, { round, spoken }) =>
    round === 0 ? [...spoken("I write it into a file."), write(questionedFile, "Roses are red.\n")] : spoken(`The answer was heard:\n\n> ${toolResults.join(" ").trim()}`),
};

type ToolCall = ModelAnswer[number];

function bash(command: string): ToolCall {
  return { toolCall: { name: "bash", arguments: { command } } };
}

function read(path: string): ToolCall {
  return { toolCall: { name: "read", arguments: { path } } };
}

function write(path: string, content: string): ToolCall {
  return { toolCall: { name: "write", arguments: { path, content } } };
}

function edit(path: string, oldText: string, newText: string): ToolCall {
  return { toolCall: { name: "edit", arguments: { path, edits: [{ oldText, newText }] } } };
}
