import type { ProviderModel, ProviderModelCatalog } from "../../ports/provider.js";
import { alignColumns } from "./cells.js";
import { safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

/** One table per model provider, in the agent's own order. */
export function catalogText(catalog: ProviderModelCatalog, facts: TerminalFacts): string {
  const header = ["  MODEL", "NAME", "THINKING LEVELS", "INPUT", "CONTEXT", ""];
  const lines = alignColumns([header, ...catalog.models.map((model) => row(model, catalog))]);
  const [headerLine = "", ...modelLines] = lines;
  const groups = Map.groupBy(
    catalog.models.map(({ subProvider }, index) => ({ subProvider, line: modelLines[index] ?? "" })),
    ({ subProvider }) => subProvider,
  );
  const tables = [...groups].map(([subProvider, models]) =>
    [paint(facts, "bold", safeLine(subProvider)), paint(facts, "dim", headerLine), ...models.map(({ line }) => line)].join("\n"),
  );
  return `${tables.join("\n\n")}\n`;
}

function row(model: ProviderModel, { defaultModel, defaultThinkingLevel }: ProviderModelCatalog): readonly string[] {
  const isDefault = model.slug === defaultModel;
  return [
    `  ${safeLine(model.slug)}`,
    safeLine(model.name),
    model.thinkingLevels.length === 0 ? "none" : safeLine(model.thinkingLevels.join(", ")),
    model.input.join(", "),
    model.contextWindow === undefined ? "unknown" : model.contextWindow.toLocaleString("en-US"),
    isDefault ? `(default${defaultThinkingLevel === undefined ? "" : `, thinking level ${safeLine(defaultThinkingLevel)}`})` : "",
  ];
}
