import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { plainText, type TerminalFacts } from "../../../src/app/cli/terminal-facts.js";
import { TurnRenderer } from "../../../src/app/cli/turn-renderer.js";
import type { ProviderRuntimeEvent, RuntimeEventPayloads, RuntimeItemPayload } from "../../../src/ports/runtime-event.js";
import { colourTerminal, escape, event, plainTerminal } from "./stub-terminal.js";

/** Recorded with `t3-pi run --json` from a real Pi 0.87.1 and a scripted model: a thought, a message, two tools, an answer. */
const recorded = readFileSync(new URL("tool-turn.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as ProviderRuntimeEvent);

function rendered(events: readonly ProviderRuntimeEvent[], facts: TerminalFacts = plainText): { readonly out: string; readonly err: string } {
  const renderer = new TurnRenderer({ out: facts, err: facts });
  const pieces = events.map((each) => renderer.render(each));
  return { out: pieces.map(({ out }) => out).join(""), err: pieces.map(({ err }) => err).join("") };
}

const delta = (text: string, itemId = "item", streamKind: "assistant_text" | "reasoning_text" = "assistant_text"): ProviderRuntimeEvent =>
  event({ type: "content.delta", turnId: "turn", itemId, payload: { streamKind, delta: text } });
const thought = (text: string): ProviderRuntimeEvent => delta(text, "thought", "reasoning_text");
const tool = (type: "item.started" | "item.completed", payload: Partial<RuntimeItemPayload>, itemId = "tool"): ProviderRuntimeEvent =>
  event({ type, turnId: "turn", itemId, payload: { itemType: "command_execution", title: "Command run", ...payload } });
const ended = (payload: RuntimeEventPayloads["turn.completed"]): ProviderRuntimeEvent => event({ type: "turn.completed", turnId: "turn", payload });

describe("a recorded turn", () => {
  it("reads well in a pipe", () => {
    expect(rendered(recorded)).toEqual({
      out: [
        "thinking: I do not know this project.",
        "          I should look at it.",
        "",
        "          Then I can answer.",
        "",
        "Let me look.",
        "",
        "✓ read done: notes.txt → first line",
        "✗ Command run failed: ls; exit 3 → README.md",
        "",
        "It is a demo project.",
        "",
      ].join("\n"),
      err: "Turn completed · 1,410 tokens (334 in, 76 out, 1,000 cached) · $0\n",
    });
  });

  it("holds no control code where there is no colour", () => {
    for (const facts of [plainText, plainTerminal]) {
      const { out, err } = rendered(recorded, facts);
      expect(out + err).not.toContain(escape);
    }
  });

  it("says the same with colour, the thought dimmed", () => {
    const { out, err } = rendered(recorded, colourTerminal);
    expect(out).toContain(`${escape}[2mthinking: I do not know this project.`);
    expect(out).toContain(`${escape}[31m✗${escape}[39m Command run failed`);
    expect({ out: stripVTControlCharacters(out), err: stripVTControlCharacters(err) }).toEqual(rendered(recorded));
  });
});

describe("text", () => {
  it("streams as it comes", () => {
    expect(rendered([delta("One, "), delta("two.\n"), delta("Three.")]).out).toBe("One, two.\nThree.");
  });

  it("is set apart from another message by one empty line, however they begin and end", () => {
    expect(rendered([delta("One.", "a"), delta("\n\n\nTwo.\n\n\n", "b"), delta("Three.", "c")]).out).toBe("One.\n\nTwo.\n\n\nThree.");
    expect(rendered([delta("One.\n", "a"), delta("Two.", "b")]).out).toBe("One.\n\nTwo.");
  });

  it("ends its last line with the turn", () => {
    expect(rendered([delta("Done."), ended({ state: "completed" })]).out).toBe("Done.\n");
    expect(rendered([delta("Done.\n"), ended({ state: "completed" })]).out).toBe("Done.\n");
  });

  it("loses escape sequences, also those that begin in one piece and end in another", () => {
    expect(rendered([delta("a\u001B[3"), delta("1mred\u001B]0;ti"), delta("tle\u0007b")], colourTerminal).out).toBe("aredb");
  });

  it("does not take the end of one message for the middle of a sequence that another began", () => {
    expect(rendered([delta("a\u001B[3", "one"), delta("1m", "two")]).out).toBe("a\n\n1m");
  });
});

describe("a thought", () => {
  it("is indented whatever its pieces are", () => {
    expect(rendered([thought("One\n"), thought("two\n\nthr"), thought("ee\n"), thought("\nfour")]).out).toBe("thinking: One\n          two\n\n          three\n\n          four");
  });
});

describe("a tool", () => {
  it("shows nothing but a status while it works", () => {
    const renderer = new TurnRenderer({ out: plainTerminal, err: plainTerminal });
    expect(renderer.status).toBeUndefined();
    renderer.render(event({ type: "turn.started", turnId: "turn", payload: {} }));
    expect(renderer.status).toBe("Working");
    expect(renderer.render(tool("item.started", { detail: "npm\u001B[2J test" }))).toEqual({ out: "", err: "" });
    expect(renderer.status).toBe("Command run: npm test");
    renderer.render(tool("item.completed", { status: "completed" }));
    expect(renderer.status).toBe("Working");
    renderer.render(ended({ state: "completed" }));
    expect(renderer.status).toBeUndefined();
  });

  it("has one line, as wide as the terminal at most", () => {
    const { out } = rendered([tool("item.started", { detail: `echo ${"x".repeat(200)}` }), tool("item.completed", { status: "completed", detail: "a\nb" })], plainTerminal);
    expect(out).toBe(`✓ Command run done: echo ${"x".repeat(54)}…\n`);
    expect(out.trimEnd()).toHaveLength(colourTerminal.columns);
  });

  it.each([
    [{ status: "failed", title: "Command run failed", detail: "no such file" }, "✗ Command run failed: npm test → no such file\n"],
    [{ status: "failed", title: "Command run interrupted", detail: "Interrupted" }, "✗ Command run interrupted: npm test → Interrupted\n"],
    [{ status: "completed", detail: "npm test" }, "✓ Command run done: npm test\n"],
    [{ status: "completed" }, "✓ Command run done: npm test\n"],
  ] as const)("tells how it ended: %j", (completed, expected) => {
    expect(rendered([tool("item.started", { detail: "npm test" }), tool("item.completed", completed)]).out).toBe(expected);
  });
});

describe("a question", () => {
  it("takes the status away while it is open", () => {
    const renderer = new TurnRenderer({ out: plainTerminal, err: plainTerminal });
    renderer.render(event({ type: "turn.started", turnId: "turn", payload: {} }));
    renderer.render(event({ type: "user-input.requested", requestId: "question", payload: { questions: [] } }));
    expect(renderer.status).toBeUndefined();
    renderer.render(event({ type: "user-input.resolved", requestId: "question", payload: { answers: {} } }));
    renderer.render(event({ type: "user-input.resolved", requestId: "stray", payload: { answers: {} } }));
    expect(renderer.status).toBe("Working");
  });
});

describe("what goes to standard error", () => {
  it("holds warnings, errors and a shortened conversation, each on a line", () => {
    const { out, err } = rendered([
      event({ type: "runtime.warning", payload: { message: "Retrying (1/3)\nin 1 s\u001B[2J" } }),
      event({ type: "thread.state.changed", payload: { state: "compacted" } }),
      event({ type: "thread.state.changed", payload: { state: "idle" } }),
      event({ type: "runtime.error", payload: { message: "It broke." } }),
    ]);
    expect(out).toBe("");
    expect(err).toBe("warning: Retrying (1/3) in 1 s\nnote: The conversation was shortened to fit the model's context.\nerror: It broke.\n");
  });

  it("says why a turn failed, and says it once", () => {
    expect(rendered([ended({ state: "failed", errorMessage: "No key." })]).err).toBe("Turn failed · No key.\n");
    const error = event({ type: "runtime.error", turnId: "turn", payload: { message: "No key." } });
    expect(rendered([error, ended({ state: "failed", errorMessage: "No key." })]).err).toBe("error: No key.\nTurn failed\n");
  });

  it("remembers word for word which failures it has shown", () => {
    const renderer = new TurnRenderer({ out: plainText, err: plainText });
    renderer.render(event({ type: "runtime.error", payload: { message: "No key." } }));
    expect([renderer.hasTold("No key."), renderer.hasTold("No key")]).toEqual([true, false]);
  });

  it("holds what the turn cost", () => {
    const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 15 };
    expect(rendered([ended({ state: "interrupted", usage, totalCostUsd: 0.012_34 })]).err).toBe("Turn interrupted · 15 tokens (10 in, 5 out) · $0.0123\n");
  });
});
