import type { ProviderCatalogFreshness, ProviderModel, ProviderModelCatalog } from "../../ports/provider-inventory.js";
import { alignColumns } from "./cells.js";
import { safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

/** One table per model provider, in the agent's own order; before them, when they are not of today, of when they are and why. */
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
  const age = ageOf(catalog.freshness);
  return `${[...(age === undefined ? [] : [paint(facts, "yellow", age)]), ...tables].join("\n\n")}\n`;
}

/** Said only of a list that could not be renewed. */
function ageOf({ source, readAt, problem }: ProviderCatalogFreshness): string | undefined {
  if (source !== "last-known-good") return undefined;
  return safeLine(`The list of ${readAt}, which could not be renewed${problem === undefined ? "." : `: ${problem.message}`}`);
}

function row(model: ProviderModel, catalog: ProviderModelCatalog): readonly string[] {
  return [
    `  ${safeLine(model.slug)}`,
    safeLine(model.name),
    levels(model, catalog),
    model.input.join(", "),
    model.contextWindow === undefined ? "unknown" : model.contextWindow.toLocaleString("en-US"),
    mark(model, catalog),
  ];
}

function levels({ slug, isCustom, thinkingLevels }: ProviderModel, { defaultModel, defaultThinkingLevel }: ProviderModelCatalog): string {
  // Of a model that the agent does not list, nothing is known but its name.
  if (thinkingLevels.length === 0) return isCustom ? "unknown" : "none";
  return safeLine(thinkingLevels.map((level) => (slug === defaultModel && level === defaultThinkingLevel ? `${level} (default)` : level)).join(", "));
}

function mark({ slug, isCustom, verified }: ProviderModel, { defaultModel }: ProviderModelCatalog): string {
  if (slug === defaultModel) return "default";
  if (!isCustom) return "";
  return verified === true ? "custom" : "custom, not verified";
}
