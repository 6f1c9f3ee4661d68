import type { AgentDialect } from "../../ports/agent-dialect.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { LocatedBinary, MissingBinaryReason } from "../../ports/binary-locator.js";
import type { ProviderError } from "../../ports/errors.js";
import type { ProviderHealthReport, ProviderHealthVerdict, ServerProviderStatus } from "../../ports/provider-inventory.js";
import type { Knowledge } from "./catalog-memory.js";

/** What was learnt about the provider; the input of the verdict. */
export interface HealthEvidence {
  readonly knowledge: Knowledge;
  readonly configuredPath: string | undefined;
  /** What else the user should know: of the custom models, say. */
  readonly warnings?: readonly string[];
  readonly checkedAt: string;
}

/** From evidence to a verdict with a message and a next step. Pure; there is an answer for every evidence. */
export function judgeHealth(dialect: AgentDialect, evidence: HealthEvidence): ProviderHealthReport {
  const { finding, answer, failure } = evidence.knowledge;
  const base = { evidence, dialect };
  switch (finding.type) {
    case "failed":
      return report({ ...base, searched: [], verdict: "cannot-start", error: finding.error, binaryPath: evidence.configuredPath });
    case "missing":
      return report({ ...base, searched: finding.searched, verdict: missingVerdict(finding.reason), error: finding.error, binaryPath: evidence.configuredPath });
    case "unusable": {
      const { searched, others, reason, binary, version, error } = finding;
      return report({ ...base, searched, others, verdict: reason, error, binaryPath: binary.path, version });
    }
    case "usable": {
      const { searched, others, binary, version } = finding.installation;
      const found = { ...base, searched, others, binaryPath: binary.path, version };
      if (failure !== undefined) return report({ ...found, verdict: failure.error.code === "start-timeout" ? "timed-out" : "cannot-start", error: failure.error });
      const modelCount = answer?.discovery.models.models.length;
      return report({ ...found, ...(modelCount === undefined ? {} : { modelCount }), verdict: modelCount === 0 ? "no-models" : "ready" });
    }
  }
}

interface Reported {
  readonly dialect: AgentDialect;
  readonly evidence: HealthEvidence;
  readonly verdict: ProviderHealthVerdict;
  readonly searched: ProviderHealthReport["searched"];
  readonly others?: readonly LocatedBinary[];
  readonly error?: ProviderError;
  readonly binaryPath?: string | undefined;
  readonly version?: AgentVersion | undefined;
  readonly modelCount?: number;
}

function report(found: Reported): ProviderHealthReport {
  const words = wordsFor(found);
  const warnings = warningsOf(found);
  const message = [words?.detail, words?.nextStep, ...warnings].filter((sentence) => sentence !== undefined).join(" ");
  const status: ServerProviderStatus = {
    provider: found.dialect.provider,
    status: statusOf(found.verdict, warnings),
    // Without a model no message could be answered, so it is not offered as usable.
    available: found.verdict === "ready",
    authStatus: authOf(found),
    checkedAt: found.evidence.checkedAt,
    ...(message === "" ? {} : { message }),
  };
  return {
    status,
    verdict: found.verdict,
    ...(found.binaryPath === undefined ? {} : { binaryPath: found.binaryPath }),
    searched: found.searched,
    ...(found.version === undefined ? {} : { version: formatAgentVersion(found.version) }),
    minimumVersion: formatAgentVersion(found.dialect.versions.floor),
    others: (found.others ?? []).map(nameOf),
    ...(found.modelCount === undefined ? {} : { modelCount: found.modelCount }),
    ...(words === undefined ? {} : { detail: words.detail }),
    warnings,
    ...(words?.nextStep === undefined ? {} : { nextStep: words.nextStep }),
  };
}

function nameOf({ path, packageVersion: version }: LocatedBinary): ProviderHealthReport["others"][number] {
  return version === undefined ? { path } : { path, version };
}

function statusOf(verdict: ProviderHealthVerdict, warnings: readonly string[]): ServerProviderStatus["status"] {
  if (verdict === "ready") return warnings.length === 0 ? "ready" : "warning";
  return verdict === "no-models" ? "warning" : "error";
}

function wordsFor(found: Reported): { readonly detail: string; readonly nextStep?: string } | undefined {
  const { error, dialect } = found;
  if (error !== undefined) return { detail: error.detail, ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }) };
  const problem = ignoredConfiguration(found);
  if (found.verdict === "no-models" && problem !== undefined) return { detail: `${dialect.displayName} works but has no model to use. ${problem}`, nextStep: "Correct the file, or log in to a provider." };
  if (found.verdict === "no-models") {
    return {
      detail: `${dialect.displayName} works but has no model to use: it is not logged in to any provider.`,
      nextStep: `Run "${found.binaryPath ?? dialect.binaryName}" in a terminal and log in, or set a provider's API key.`,
    };
  }
  return undefined;
}

/** What an agent that works does not do as the user may expect. An agent that does not start has said nothing of this. */
function warningsOf(found: Reported): readonly string[] {
  const { dialect, evidence, modelCount } = found;
  const { knowledge, warnings = [] } = evidence;
  const { answer } = knowledge;
  const problem = ignoredConfiguration(found);
  if (modelCount === undefined || answer === undefined) return warnings;
  const { failedExtensions, models } = answer.discovery;
  return [
    // Without models it is the verdict's reason and told as such.
    ...(problem === undefined || modelCount === 0 ? [] : [problem]),
    ...(models.rejected === 0 ? [] : [`${models.rejected} of its models cannot be read and ${models.rejected === 1 ? "is" : "are"} left out.`]),
    ...(failedExtensions === 0 ? [] : [`${failedExtensions === 1 ? "An extension" : `${failedExtensions} extensions`} of ${dialect.displayName} failed when it started.`]),
    ...warnings,
  ];
}

function ignoredConfiguration({ evidence }: Reported): string | undefined {
  const verdict = evidence.knowledge.configuration?.verdict;
  return verdict?.type === "ignored" ? verdict.problem : undefined;
}

/** Models are offered only with credentials, so they prove a login; their absence proves none. Custom models never count. */
function authOf(found: Reported): ServerProviderStatus["authStatus"] {
  if (found.modelCount === undefined) return "unknown";
  return found.modelCount > 0 ? "authenticated" : "unauthenticated";
}

function missingVerdict(reason: MissingBinaryReason): ProviderHealthVerdict {
  if (reason === "not-on-path") return "not-installed";
  return reason === "configured-path-not-executable" ? "not-executable" : "configured-path-wrong";
}
