import type { RuntimeEventPayloads, RuntimeTokenUsage, RuntimeTurnState } from "../../ports/runtime-event.js";
import { safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

const colours = { completed: "green", failed: "red", interrupted: "yellow", cancelled: "yellow" } as const satisfies Record<RuntimeTurnState, string>;

/** One line for the end of a turn: how it ended, what it used, what it cost. `isTold`: its error was shown already. */
export function turnSummary(turn: RuntimeEventPayloads["turn.completed"], { facts, isTold }: { readonly facts: TerminalFacts; readonly isTold: boolean }): string {
  const { state, usage, totalCostUsd, errorMessage } = turn;
  const parts = [
    paint(facts, colours[state], `Turn ${state}`),
    ...(errorMessage === undefined || isTold ? [] : [safeLine(errorMessage)]),
    ...(usage === undefined ? [] : [tokens(usage)]),
    ...(totalCostUsd === undefined ? [] : [dollars(totalCostUsd)]),
  ];
  return parts.join(" · ");
}

function tokens({ totalTokens, inputTokens, outputTokens, cachedInputTokens }: RuntimeTokenUsage): string {
  const cached = cachedInputTokens === 0 ? "" : `, ${count(cachedInputTokens)} cached`;
  return `${count(totalTokens)} tokens (${count(inputTokens)} in, ${count(outputTokens)} out${cached})`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Most turns cost a fraction of a cent. */
function dollars(value: number): string {
  return value === 0 ? "$0" : `$${value.toFixed(4)}`;
}
