import { isFields, textOf, type Fields } from "./lenient-fields.js";

/** Whether an instance can be chosen; if not, why not and what to do, in sentences for people. */
export type InstanceState =
  /** `warning`: it can be used, but there is something to know of it. */
  | { readonly selectable: true; readonly warning?: string }
  | { readonly selectable: false; readonly obstacle: InstanceObstacle; readonly message: string; readonly nextStep: string };

export type InstanceObstacle = "disabled" | "unavailable" | "error" | "checking" | "no-models";

export interface InstanceStateInput {
  readonly snapshot: Fields;
  readonly label: string;
  readonly modelCount: number;
}

/**
 * A status that is not known here is no obstacle: a newer server has a finer word for something, and says in `models` whether there is
 * something to choose. The order counts: a provider that the server cannot run at all is announced as switched off, too; and one that is
 * switched off is not checked, so whatever else its snapshot says is old.
 */
export function instanceState({ snapshot, label, modelCount }: InstanceStateInput): InstanceState {
  const { status } = snapshot;
  const message = textOf(snapshot["message"]);
  if (snapshot["availability"] === "unavailable") {
    const reason = textOf(snapshot["unavailableReason"]) ?? message ?? `${label} is not available here.`;
    return obstacle("unavailable", reason, "Correct its settings, or choose another provider.");
  }
  if (snapshot["enabled"] === false || status === "disabled") {
    return obstacle("disabled", `${label} is switched off.`, "Switch it on in the settings.");
  }
  if (status === "error") {
    return obstacle("error", message ?? `${label} cannot be used.`, isSignedOut(snapshot) ? signIn : "Correct this, then check the provider again.");
  }
  if (isUnchecked(snapshot)) return obstacle("checking", message ?? `${label} has not been checked yet.`, "Have it checked, or wait until its check is done.");
  if (modelCount === 0) {
    return obstacle("no-models", message ?? `${label} has no models.`, isSignedOut(snapshot) ? signIn : "Sign in or add a model, then check the provider again.");
  }
  const warning = message ?? warningFor(snapshot, label);
  return { selectable: true, ...(warning === undefined ? {} : { warning }) };
}

const signIn = "Sign in, then check the provider again.";

function obstacle(name: InstanceObstacle, message: string, nextStep: string): InstanceState {
  return { selectable: false, obstacle: name, message, nextStep };
}

/**
 * Before its first check a provider is announced with a warning, and with nothing else that a check would tell. It may list models: from
 * the user's settings, or from its last life.
 */
function isUnchecked(snapshot: Fields): boolean {
  return snapshot["status"] === "warning" && snapshot["version"] === null && authOf(snapshot) === "unknown";
}

export function isSignedOut(snapshot: Fields): boolean {
  return authOf(snapshot) === "unauthenticated";
}

function authOf(snapshot: Fields): unknown {
  return isFields(snapshot["auth"]) ? snapshot["auth"]["status"] : undefined;
}

/** For a provider that does not say itself what there is to know of it. */
function warningFor(snapshot: Fields, label: string): string | undefined {
  const status = textOf(snapshot["status"]);
  if (status === "ready") return undefined;
  if (isSignedOut(snapshot)) return `${label} is not signed in.`;
  if (status === undefined) return `${label} does not tell its status.`;
  return status === "warning" ? `${label} may not work as it should.` : `${label} reports a status that is not known here: "${status}".`;
}
