import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import type { CustomModelVerdict } from "../../ports/provider-inventory.js";
import { alignColumns } from "./cells.js";
import type { KeptModels } from "./kept-models.js";
import { safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

/** The custom models that are kept, and where. */
export function keptModelsText({ models, file }: { readonly models: readonly CustomModelEntry[]; readonly file: string }): string {
  if (models.length === 0) return `No custom model is kept in ${safeLine(file)}.\n`;
  const lines = alignColumns(models.map((model) => [`  ${safeLine(model.slug)}`, verification(model)]));
  return `${[`Kept in ${safeLine(file)}:`, ...lines].join("\n")}\n`;
}

/** The same in one line. */
export function keptModelsSummary(kept: KeptModels): string {
  const file = safeLine(kept.file);
  if ("problem" in kept) return `unreadable: ${file}`;
  const unverified = kept.models.filter(({ verified }) => !verified).map(({ slug }) => safeLine(slug));
  const count = kept.models.length === 0 ? "none" : String(kept.models.length);
  return `${count} in ${file}${unverified.length === 0 ? "" : `; not verified: ${unverified.join(", ")}`}`;
}

export function additionText({ slug, verified }: CustomModelEntry): string {
  return verified
    ? `Added ${safeLine(slug)}: Pi accepts it.\n`
    : `Added ${safeLine(slug)}, not verified: Pi could not be asked. "t3-pi custom-models check" asks it again.\n`;
}

export function removalText(model: string): string {
  return `Removed ${safeLine(model)}.\n`;
}

/** What the agent says to each, one a line. */
export function verdictsText(verdicts: readonly CustomModelVerdict[], facts: TerminalFacts): string {
  const lines = alignColumns(verdicts.map(({ slug, verdict, detail }) => [safeLine(slug), detail === undefined ? words[verdict] : `${words[verdict]}: ${safeLine(detail)}`]));
  return verdicts.map(({ verdict }, index) => `${markOf(verdict, facts)} ${lines[index] ?? ""}\n`).join("");
}

function verification({ verified }: CustomModelEntry): string {
  return verified ? "verified" : "not verified";
}

const words = {
  accepted: "accepted",
  refused: "refused",
  unknown: "unknown",
  discovered: "reported by Pi itself now, and need not be kept",
} as const satisfies Record<CustomModelVerdict["verdict"], string>;

function markOf(verdict: CustomModelVerdict["verdict"], facts: TerminalFacts): string {
  if (verdict === "refused") return paint(facts, "red", "✗");
  return verdict === "unknown" ? paint(facts, "yellow", "?") : paint(facts, "green", "✓");
}
