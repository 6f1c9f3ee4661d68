import type { ProviderError } from "../../ports/errors.js";
import type { Discovery } from "./agent-discovery.js";
import type { InstallationFinding } from "./agent-installation.js";
import type { ConfigurationVerdict } from "./configuration-checks.js";
import { isYounger } from "./age.js";
import { sameConfiguration, type ConfigurationStamp } from "./configuration-stamp.js";
import type { InventorySettings } from "./inventory-settings.js";

/** What is known of one configuration of the agent. A new value whenever something new was learnt. */
export interface Knowledge {
  /** The program, or why there is none to be used. */
  readonly finding: InstallationFinding | { readonly type: "failed"; readonly error: ProviderError };
  /** What the agent said when it could last be asked. */
  readonly answer?: RememberedAnswer;
  /** Why it could not be asked since; absent when the answer is good. */
  readonly failure?: RememberedFailure;
  /** What was found out about the configuration files behind the answer. */
  readonly configuration?: RememberedCheck;
  /** The answer is older than it should be, and the agent is being asked again. */
  readonly stale?: true;
}

export interface RememberedAnswer {
  readonly discovery: Discovery;
  readonly stamp: ConfigurationStamp;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface RememberedCheck {
  /** The stamp of the answer that it belongs to. */
  readonly stamp: ConfigurationStamp;
  readonly verdict: ConfigurationVerdict;
  readonly at: number;
}

export interface RememberedFailure {
  readonly error: ProviderError;
  /** Absent when it failed before there was anything to take a stamp of. */
  readonly stamp?: ConfigurationStamp;
  readonly at: number;
}

/** What to do with a question, given what is known: answer from memory, answer and ask again meanwhile, tell the failure again, or ask. */
export type Recall = "remember" | "renew" | "fail again" | "ask";

export function recall(
  knowledge: Pick<Knowledge, "answer" | "failure"> | undefined,
  question: { readonly stamp: ConfigurationStamp; readonly now: number; readonly settings: InventorySettings },
): Recall {
  const { stamp, now, settings } = question;
  if (knowledge === undefined) return "ask";
  const { answer, failure } = knowledge;
  if (failure?.stamp !== undefined) return sameConfiguration(failure.stamp, stamp) && isYounger(failure.at, { now, than: settings.retryMs }) ? "fail again" : "ask";
  if (answer === undefined || !sameConfiguration(answer.stamp, stamp)) return "ask";
  return isYounger(answer.readAt, { now, than: settings.staleMs }) ? "remember" : "renew";
}
