import { stripVTControlCharacters } from "node:util";
import type { FailureDiagnosis, FailureEvidence } from "../../ports/agent-dialect.js";

interface Rule {
  readonly pattern: RegExp;
  readonly diagnosis: FailureDiagnosis;
}

/**
 * What Pi writes before it ends because it cannot start. Each pattern is anchored to a line's beginning: extensions write to
 * the same stream, and their users' texts may quote such a sentence.
 */
const startRules: readonly Rule[] = [
  rule(/^Error: Session file is not a valid/m, "session-invalid", "Pi cannot read the session file."),
  rule(/^No session found matching /m, "session-invalid", "Pi finds no session of that id."),
  rule(
    /^(?:Error: )?Stored session working directory does not exist/m,
    "working-directory-missing",
    "The folder in which this session was started no longer exists.",
  ),
  rule(/^Error: The current working directory no longer exists/m, "working-directory-missing", "The working directory no longer exists."),
  rule(/^Error: ENOENT: .*\buv_cwd\b/m, "working-directory-missing", "The working directory no longer exists."),
  rule(/^Error: Unknown options?\b/m, "unknown-flag", "This version of Pi does not know one of the flags it was started with."),
  rule(/^Error: Extension flag "/m, "unknown-flag", "One of the flags that Pi was started with needs a value."),
  rule(/^Error: Model ".*" not found/m, "model-unknown", "Pi does not know the model."),
  rule(/^Error: Unknown provider /m, "model-unknown", "Pi does not know the model's provider."),
  rule(
    /^(?:Error: )?No (?:models available|API key found)/m,
    "not-authenticated",
    "Pi has no model it can use: log in to a provider, or set its API key.",
  ),
  rule(
    /^Error: E(?:ACCES|NOTDIR|PERM|ROFS): .*, mkdir /m,
    "crashed",
    "Pi cannot create its own folders; check the agent folder and who may write to it.",
  ),
  rule(/^Error: Failed to load extension /m, "unexplained", "One of Pi's extensions cannot be loaded, and Pi does not start without it."),
];

/** What Node writes when a program dies of it; at any time. */
const crashRules: readonly Rule[] = [
  rule(/write ENOBUFS/, "crashed", "Pi crashed because its output outgrew the pipe. Pi 0.84 and newer write long answers without that."),
  rule(/heap out of memory/, "crashed", "Pi ran out of memory."),
  rule(/^\s+at .+:\d+:\d+\)?$/m, "crashed", "Pi crashed with an internal error."),
];

/** What a program's early end or its stderr means. Everything it says is written here; nothing of the tail is repeated. */
export function diagnose(evidence: FailureEvidence): FailureDiagnosis {
  const tail = stripVTControlCharacters(evidence.errorTail);
  if (evidence.phase === "start") {
    if (ranOnOldNode(tail)) return { code: "crashed", detail: "Pi was run by a Node older than the 22.19 it needs." };
    const known = startRules.find(({ pattern }) => pattern.test(tail));
    if (known !== undefined) return known.diagnosis;
  }
  return crashRules.find(({ pattern }) => pattern.test(tail))?.diagnosis ?? byExit(evidence);
}

function rule(pattern: RegExp, code: FailureDiagnosis["code"], detail: string): Rule {
  return { pattern, diagnosis: { code, detail } };
}

/** Node ends the report of an uncaught error with its own version. */
function ranOnOldNode(tail: string): boolean {
  const match = /^Node\.js v(\d+)\.(\d+)\./m.exec(tail);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major < 22 || (major === 22 && minor < 19);
}

function byExit({ phase, exitCode, signal }: FailureEvidence): FailureDiagnosis {
  const when = phase === "start" ? " before it was ready" : "";
  if (signal !== null) return { code: "crashed", detail: `Pi was ended by the signal ${signal}${when}.` };
  // 128 + SIGHUP, 128 + SIGTERM: Pi's answer to the signal.
  if (exitCode === 129 || exitCode === 143) return { code: "crashed", detail: `Pi was told to end by another program${when}.` };
  if (exitCode === null) return { code: "unexplained", detail: `Pi stopped answering${when}.` };
  // It reads answers only once every extension has begun: one that waits for an answer before leaves it with nothing to wait for.
  if (exitCode === 0 && phase === "start") {
    return { code: "misconfigured", detail: "Pi ended before it was ready. It does so when one of its extensions waits for the answer to a question while the session begins." };
  }
  return { code: "unexplained", detail: `Pi ended with exit code ${exitCode}${when} and gave no known reason.` };
}
