import type { ProviderHealthReport } from "../../ports/provider.js";
import { alignColumns } from "./cells.js";
import { safeLine, safeText } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

/** A health check for people: the verdict, what it rests on, where the program was looked for, and what to do. */
export function healthText({ report, displayName, facts }: { readonly report: ProviderHealthReport; readonly displayName: string; readonly facts: TerminalFacts }): string {
  const { verdict, binaryPath, version, minimumVersion, modelCount, searched } = report;
  const headline = verdict === "ready" ? paint(facts, "green", `✓ ${displayName} is ready.`) : paint(facts, "red", `✗ ${displayName} cannot be used: ${verdict}.`);
  const found = alignColumns([
    ...(binaryPath === undefined ? [] : [["  program", safeLine(binaryPath)]]),
    ["  version", `${safeLine(version ?? "unknown")} (${minimumVersion} or newer is needed)`],
    ...(modelCount === undefined ? [] : [["  models", String(modelCount)]]),
  ]);
  const places = alignColumns(searched.map(({ place, source, outcome }) => [`  ${outcome}`, source, safeLine(place)]));
  const paragraphs = [[headline, ...found], places.length === 0 ? [] : ["Searched:", ...places], advice(report)];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** What is wrong and what to do, each told once: the message holds both. */
function advice({ status, nextStep }: ProviderHealthReport): readonly string[] {
  const message = status.message ?? "";
  const detail = nextStep !== undefined && message.endsWith(nextStep) ? message.slice(0, -nextStep.length) : message;
  return [...(detail.trim() === "" ? [] : [safeText(detail).trim()]), ...(nextStep === undefined ? [] : [`What to do: ${safeText(nextStep)}`])];
}
