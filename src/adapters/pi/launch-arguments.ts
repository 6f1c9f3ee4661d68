import type { ArgumentRefusal } from "../../ports/agent-dialect.js";

/** Arguments that a user may not give to Pi. */
interface Reservation extends Omit<ArgumentRefusal, "argument"> {
  readonly flags: readonly string[];
}

const reservations: readonly Reservation[] = [
  {
    flags: ["--mode", "--print", "-p"],
    reason: "Pi is spoken with in RPC mode, and in no other",
    nextStep: "Remove it.",
  },
  {
    // A folder of another place for sessions would make every conversation one that lies outside.
    flags: ["--continue", "-c", "--resume", "-r", "--session", "--session-id", "--session-dir", "--no-session", "--fork"],
    reason: "each thread has a conversation of its own, which is chosen and kept for it",
    nextStep: "Remove it; Pi's own setting \"sessionDir\" says where conversations are kept.",
  },
  {
    flags: ["--provider", "--model", "--models", "--thinking"],
    reason: "model and thinking level are chosen for each thread",
    nextStep: "Choose them there, or set Pi's own defaults.",
  },
  {
    flags: ["--list-models", "--export", "--help", "-h", "--version", "-v"],
    reason: "Pi would print something and end",
    nextStep: "Use it in a terminal.",
  },
  {
    flags: ["--api-key"],
    reason: "other programs on the machine can read a key that stands there",
    nextStep: "Log in with Pi, or set the provider's environment variable.",
  },
  {
    flags: ["--"],
    reason: "Pi would take everything behind it for a message",
    nextStep: "Remove it.",
  },
];

const reserved: ReadonlyMap<string, Reservation> = new Map(reservations.flatMap((reservation) => reservation.flags.map((flag) => [flag, reservation] as const)));

/** These take the argument behind them, whatever it is. */
const withValue: ReadonlySet<string> = new Set([
  "--system-prompt",
  "--append-system-prompt",
  "--name",
  "-n",
  "--tools",
  "-t",
  "--exclude-tools",
  "-xt",
  "--extension",
  "-e",
  "--skill",
  "--prompt-template",
  "--theme",
]);

/** These take none. */
const withoutValue: ReadonlySet<string> = new Set([
  "--no-tools",
  "-nt",
  "--no-builtin-tools",
  "-nbt",
  "--no-extensions",
  "-ne",
  "--no-mcp",
  "--no-skills",
  "-ns",
  "--no-prompt-templates",
  "-np",
  "--no-themes",
  "--no-context-files",
  "-nc",
  "--verbose",
  "--approve",
  "-a",
  "--no-approve",
  "-na",
  "--offline",
]);

/**
 * The first argument that would take from the provider what it decides, keep Pi from answering, or be read by Pi as a message. Read as
 * Pi reads them; a flag that is not its own may be an extension's and takes the argument behind it unless that looks like a flag.
 */
export function refuseArguments(args: readonly string[]): ArgumentRefusal | undefined {
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    const next = args[index + 1];
    const refusal = argument.startsWith("-") ? refuseFlag(argument, next) : refuseMessage(argument);
    if (refusal !== undefined) return refusal;
    if (takesNext(argument, next)) index += 1;
  }
  return undefined;
}

function refuseFlag(argument: string, next: string | undefined): ArgumentRefusal | undefined {
  const flag = nameOf(argument);
  const reservation = reserved.get(flag);
  if (reservation !== undefined) return { argument: flag, reason: reservation.reason, nextStep: reservation.nextStep };
  if (flag !== argument && (withValue.has(flag) || withoutValue.has(flag))) {
    return { argument: flag, reason: "Pi does not know it with an equals sign", nextStep: withValue.has(flag) ? "Write its value behind a space." : "Write it alone." };
  }
  if (withValue.has(flag) && next === undefined) return { argument: flag, reason: "its value is missing", nextStep: "Write its value behind it." };
  return undefined;
}

function refuseMessage(argument: string): ArgumentRefusal {
  return { argument: nameOf(argument), reason: "Pi would take it for a message", nextStep: "Remove it, or put quotes around a value that has spaces." };
}

function takesNext(flag: string, next: string | undefined): boolean {
  if (withValue.has(flag)) return true;
  return next !== undefined && !withoutValue.has(flag) && !flag.includes("=") && !next.startsWith("-") && !next.startsWith("@");
}

/** Without what an equals sign gives it. */
function nameOf(argument: string): string {
  const [name = ""] = argument.split("=", 1);
  return name;
}
