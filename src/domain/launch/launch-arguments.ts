import type { AgentDialect } from "../../ports/agent-dialect.js";
import { ProviderError } from "../../ports/errors.js";
import { quoted } from "../inventory/quoted-text.js";
import { splitArguments } from "./split-arguments.js";

/** Whether what a user typed may be given to the agent's program. */
export type LaunchArgumentsVerdict =
  | { readonly type: "ok"; readonly arguments: readonly string[] }
  | {
      readonly type: "refused";
      /** The one at fault, without its value; absent when the text cannot be split. */
      readonly argument?: string;
      readonly detail: string;
      readonly nextStep: string;
    };

/** What to do when the agent ends because of a flag: what the provider itself gives depends on the version, so it is one of the user's. */
export const checkLaunchArguments = "Check the launch arguments in its settings: a flag that it does not know ends it.";

type Rules = Pick<AgentDialect, "displayName" | "refuseArguments">;

export function judgeLaunchArguments({ displayName, refuseArguments }: Rules, text: string | undefined): LaunchArgumentsVerdict {
  const split = splitArguments(text ?? "");
  if (split.type === "invalid") return { type: "refused", detail: split.fault, nextStep: split.nextStep };
  const [first] = split.arguments;
  if (first === undefined) return { type: "ok", arguments: [] };
  if (refuseArguments === undefined) return { type: "refused", detail: `${displayName} takes no launch arguments.`, nextStep: "Remove them." };
  const refusal = refuseArguments(split.arguments);
  if (refusal === undefined) return { type: "ok", arguments: split.arguments };
  const { argument, reason, nextStep } = refusal;
  return { type: "refused", argument, detail: `${displayName} may not be given the launch argument ${quoted(argument)}: ${reason}.`, nextStep };
}

/** A call's own, or those of all calls: an empty setting says nothing. */
export function ownArgumentsOr(own: string | undefined, common: string | undefined): string | undefined {
  return own === undefined || own.trim() === "" ? common : own;
}

/** The arguments, or why they are refused. */
export function launchArgumentsOf(rules: Rules, text: string | undefined): readonly string[] | ProviderError {
  const verdict = judgeLaunchArguments(rules, text);
  if (verdict.type === "ok") return verdict.arguments;
  return new ProviderError({ kind: "validation", code: "invalid-launch-arguments", operation: "launch arguments", detail: verdict.detail, nextStep: verdict.nextStep });
}

/** The same for whoever goes no further without them: throws the `ProviderError`. */
export function requireLaunchArguments(rules: Rules, text: string | undefined): readonly string[] {
  const read = launchArgumentsOf(rules, text);
  if (ProviderError.is(read)) throw read;
  return read;
}
