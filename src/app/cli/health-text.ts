import type { ProviderHealthReport, ProviderModelCatalog } from "../../ports/provider-inventory.js";
import { alignColumns } from "./cells.js";
import { keptModelsSummary } from "./custom-models-text.js";
import type { KeptModels } from "./kept-models.js";
import { safeLine, safeText } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

/** A health check, and what else was learnt on the way. */
export interface Examination {
  readonly report: ProviderHealthReport;
  readonly displayName: string;
  readonly catalog?: ProviderModelCatalog | undefined;
  /** The agent's own folder. */
  readonly agentDir?: string | undefined;
  readonly customModels?: KeptModels | undefined;
}

/** A health check for people: the verdict, what it rests on, where the program was looked for, and what to do. */
export function healthText({ facts, ...examination }: Examination & { readonly facts: TerminalFacts }): string {
  const { others, searched, warnings } = examination.report;
  const paragraphs = [
    [headline(examination, facts), ...alignColumns(findings(examination))],
    titled("Other programs of that name, which are not used:", alignColumns(others.map(({ path, version }) => [`  ${safeLine(path)}`, safeLine(version ?? "version unknown")]))),
    titled("Searched:", alignColumns(searched.map(({ place, source, outcome }) => [`  ${outcome}`, source, safeLine(place)]))),
    titled(paint(facts, "yellow", "Warnings:"), warnings.map((warning) => `  ${safeLine(warning)}`)),
    advice(examination.report),
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function headline({ report: { verdict, warnings }, displayName }: Examination, facts: TerminalFacts): string {
  if (verdict !== "ready") return paint(facts, "red", `✗ ${displayName} cannot be used: ${verdict}.`);
  if (warnings.length === 0) return paint(facts, "green", `✓ ${displayName} is ready.`);
  return paint(facts, "yellow", `✓ ${displayName} is ready, with ${warnings.length === 1 ? "a warning" : `${warnings.length} warnings`}.`);
}

function findings({ report, catalog, agentDir, customModels }: Examination): readonly (readonly string[])[] {
  const { binaryPath, version, minimumVersion, modelCount } = report;
  return [
    ...(binaryPath === undefined ? [] : [["  program", safeLine(binaryPath)]]),
    ["  version", `${safeLine(version ?? "unknown")} (${minimumVersion} or newer is needed)`],
    ...(modelCount === undefined ? [] : [["  models", String(modelCount)]]),
    ...(catalog === undefined ? [] : [["  default model", defaultOf(catalog)]]),
    ...(agentDir === undefined ? [] : [["  agent folder", safeLine(agentDir)]]),
    ...(customModels === undefined ? [] : [["  custom models", keptModelsSummary(customModels)]]),
  ];
}

function defaultOf({ defaultModel, defaultThinkingLevel }: ProviderModelCatalog): string {
  return safeLine([defaultModel ?? "none", ...(defaultThinkingLevel === undefined ? [] : [`thinking level ${defaultThinkingLevel}`])].join(", "));
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** What is wrong, and what to do. */
function advice({ detail, nextStep }: ProviderHealthReport): readonly string[] {
  return [...(detail === undefined ? [] : [safeText(detail)]), ...(nextStep === undefined ? [] : [`What to do: ${safeText(nextStep)}`])];
}
