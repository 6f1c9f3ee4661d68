import type { AgentDialect } from "../../ports/agent-dialect.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import { ProviderError } from "../../ports/errors.js";
import type { MissingBinaryReason } from "../../ports/binary-locator.js";
import type { ProviderHealthReport, ProviderHealthVerdict, ServerProviderStatus } from "../../ports/provider.js";
import type { InstallationFinding } from "./agent-installation.js";
import type { Discovery } from "./agent-discovery.js";

/** What was learnt about the provider; the input of the verdict. */
export interface HealthEvidence {
  /** What was found, or why nothing could be looked for. */
  readonly finding: InstallationFinding | { readonly type: "failed"; readonly error: ProviderError };
  /** What the agent answered, or why it did not; absent when it was not started. */
  readonly discovery?: Discovery | ProviderError;
  readonly configuredPath: string | undefined;
  readonly checkedAt: string;
}

/** From evidence to a verdict with a message and a next step. Pure; there is an answer for every evidence. */
export function judgeHealth(dialect: AgentDialect, evidence: HealthEvidence): ProviderHealthReport {
  const { finding, discovery } = evidence;
  if (finding.type === "failed") return report({ evidence, dialect, searched: [], verdict: "cannot-start", error: finding.error, binaryPath: evidence.configuredPath });
  const base = { evidence, dialect, searched: finding.type === "usable" ? finding.installation.searched : finding.searched };
  if (finding.type === "missing") {
    return report({ ...base, verdict: missingVerdict(finding.reason), error: finding.error, binaryPath: evidence.configuredPath });
  }
  if (finding.type === "unusable") {
    return report({ ...base, verdict: finding.reason, error: finding.error, binaryPath: finding.binary.path, version: finding.version });
  }
  const { binary, version } = finding.installation;
  const found = { ...base, binaryPath: binary.path, version };
  if (discovery === undefined) return report({ ...found, verdict: "ready" });
  if (ProviderError.is(discovery)) return report({ ...found, verdict: discovery.code === "start-timeout" ? "timed-out" : "cannot-start", error: discovery });
  const modelCount = discovery.models.models.length;
  return report({ ...found, modelCount, verdict: modelCount === 0 ? "no-models" : "ready" });
}

interface Reported {
  readonly dialect: AgentDialect;
  readonly evidence: HealthEvidence;
  readonly verdict: ProviderHealthVerdict;
  readonly searched: ProviderHealthReport["searched"];
  readonly error?: ProviderError;
  readonly binaryPath?: string | undefined;
  readonly version?: AgentVersion | undefined;
  readonly modelCount?: number;
}

function report(found: Reported): ProviderHealthReport {
  const words = wordsFor(found);
  const status: ServerProviderStatus = {
    provider: found.dialect.provider,
    status: found.verdict === "ready" ? "ready" : found.verdict === "no-models" ? "warning" : "error",
    // Without a model no message could be answered, so it is not offered as usable.
    available: found.verdict === "ready",
    authStatus: authOf(found),
    checkedAt: found.evidence.checkedAt,
    ...(words === undefined ? {} : { message: words.nextStep === undefined ? words.detail : `${words.detail} ${words.nextStep}` }),
  };
  return {
    status,
    verdict: found.verdict,
    ...(found.binaryPath === undefined ? {} : { binaryPath: found.binaryPath }),
    searched: found.searched,
    ...(found.version === undefined ? {} : { version: formatAgentVersion(found.version) }),
    minimumVersion: formatAgentVersion(found.dialect.versions.floor),
    ...(found.modelCount === undefined ? {} : { modelCount: found.modelCount }),
    ...(words?.nextStep === undefined ? {} : { nextStep: words.nextStep }),
  };
}

function wordsFor(found: Reported): { readonly detail: string; readonly nextStep?: string } | undefined {
  const { error, dialect } = found;
  if (error !== undefined) return { detail: error.detail, ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }) };
  if (found.verdict === "no-models") {
    return {
      detail: `${dialect.displayName} works but has no model to use: it is not logged in to any provider.`,
      nextStep: `Run "${found.binaryPath ?? dialect.binaryName}" in a terminal and log in, or set a provider's API key.`,
    };
  }
  return undefined;
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
