import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { Discovery } from "../../../src/domain/inventory/agent-discovery.js";
import type { InstallationFinding } from "../../../src/domain/inventory/agent-installation.js";
import type { Knowledge } from "../../../src/domain/inventory/catalog-memory.js";
import type { ConfigurationVerdict } from "../../../src/domain/inventory/configuration-checks.js";
import { judgeHealth } from "../../../src/domain/inventory/provider-health.js";
import type { MissingBinaryReason, SearchedPlace } from "../../../src/ports/binary-locator.js";
import { ProviderError, type ProviderErrorCode } from "../../../src/ports/errors.js";
import type { ProviderHealthReport, ProviderHealthVerdict } from "../../../src/ports/provider-inventory.js";
import { locatedEcho } from "../echo-parts.js";

const searched: readonly SearchedPlace[] = [{ place: "/usr/bin", source: "path", outcome: "absent" }];
const version = { major: 1, minor: 2, patch: 3 };
const other = { ...locatedEcho, path: "/usr/local/bin/echo-agent", packageVersion: "0.9.0" };
const usable: InstallationFinding = { type: "usable", installation: { binary: locatedEcho, version, searched, others: [] } };
const stamp = { launch: "launch", files: [] };
const at = 0;

function failure(code: ProviderErrorCode): ProviderError {
  return new ProviderError({ kind: "process", code, operation: "check", detail: `It is ${code}.`, nextStep: "Do something." });
}

function missing(reason: MissingBinaryReason): Knowledge {
  const error = failure("binary-not-found");
  return { finding: { type: "missing", reason, searched, error }, failure: { error, at } };
}

function unusable(reason: Extract<InstallationFinding, { type: "unusable" }>["reason"], change: { readonly version?: typeof version } = {}): Knowledge {
  const error = failure("start-failed");
  return { finding: { type: "unusable", reason, binary: locatedEcho, searched, others: [], error, ...change }, failure: { error, at } };
}

/** The agent did not answer this time. */
function failed(code: ProviderErrorCode): Knowledge {
  return { finding: usable, failure: { error: failure(code), stamp, at } };
}

interface Said {
  readonly rejected?: number;
  readonly failedExtensions?: number;
  readonly verdict?: ConfigurationVerdict;
}

function answered(models: number, { rejected = 0, failedExtensions = 0, verdict }: Said = {}): Knowledge {
  const model = { provider: "echo", id: "plain", name: "Plain", input: ["text"], reasoning: false, thinkingLevels: [] } as const;
  const discovery: Discovery = {
    version,
    state: { sessionId: "s", streaming: false, compacting: false, queued: 0, messageCount: 0 },
    models: { models: Array.from({ length: models }, () => model), rejected },
    failedExtensions,
  };
  return { finding: usable, answer: { discovery, stamp, readAt: at }, ...(verdict === undefined ? {} : { configuration: { stamp, verdict, at } }) };
}

function judge(knowledge: Knowledge, warnings?: readonly string[]): ProviderHealthReport {
  return judgeHealth(echoDialect, { knowledge, configuredPath: "/configured", checkedAt: "2026-01-01T00:00:00.000Z", ...(warnings === undefined ? {} : { warnings }) });
}

const ignored: ConfigurationVerdict = { type: "ignored", problem: "The settings are ignored." };

describe("the verdict on a provider", () => {
  it.each<[what: string, knowledge: Knowledge, verdict: ProviderHealthVerdict, status: string, auth: string]>([
    ["nothing was found", missing("not-on-path"), "not-installed", "error", "unknown"],
    ["the configured path does not exist", missing("configured-path-missing"), "configured-path-wrong", "error", "unknown"],
    ["the configured path is no file", missing("configured-path-not-a-file"), "configured-path-wrong", "error", "unknown"],
    ["the configured path is relative", missing("configured-path-relative"), "configured-path-wrong", "error", "unknown"],
    ["the configured file may not be executed", missing("configured-path-not-executable"), "not-executable", "error", "unknown"],
    ["the search itself broke", { finding: { type: "failed", error: failure("start-failed") } }, "cannot-start", "error", "unknown"],
    ["the program cannot be executed", unusable("not-executable"), "not-executable", "error", "unknown"],
    ["the program is another one", unusable("not-the-agent"), "not-the-agent", "error", "unknown"],
    ["the program is too old", unusable("too-old"), "too-old", "error", "unknown"],
    ["the program does not start", unusable("cannot-start"), "cannot-start", "error", "unknown"],
    ["the program does not tell its version", unusable("timed-out"), "timed-out", "error", "unknown"],
    ["the agent does not answer", failed("start-timeout"), "timed-out", "error", "unknown"],
    ["the agent fails", failed("agent-exited"), "cannot-start", "error", "unknown"],
    ["the agent fails that once had models", { ...answered(2), ...failed("agent-exited") }, "cannot-start", "error", "unknown"],
    ["the agent has no model", answered(0), "no-models", "warning", "unauthenticated"],
    ["the agent has models", answered(2), "ready", "ready", "authenticated"],
  ])("if %s: $2", (_what, knowledge, verdict, status, authStatus) => {
    const report = judge(knowledge);
    const ready = verdict === "ready";
    expect(report).toMatchObject({ verdict, minimumVersion: "1.0.0", warnings: [], status: { provider: "echo", status, authStatus, available: ready, checkedAt: "2026-01-01T00:00:00.000Z" } });
    expect([report.nextStep === undefined, report.status.message === undefined]).toEqual([ready, ready]);
  });

  it.each<[what: string, knowledge: Knowledge]>([
    ["missing", missing("not-on-path")],
    ["unusable", unusable("too-old")],
    ["usable", answered(1)],
  ])("tells where a program was looked for that is %s", (_what, knowledge) => {
    expect(judge(knowledge).searched).toEqual(searched);
  });

  it("says what happened and what to do in the words of the error", () => {
    const report = judge(failed("agent-exited"));
    expect([report.status.message, report.nextStep]).toEqual(["It is agent-exited. Do something.", "Do something."]);
  });

  it("says what happened where nothing can be done", () => {
    const error = new ProviderError({ kind: "process", code: "agent-exited", operation: "check", detail: "It is gone." });
    const report = judge({ finding: usable, failure: { error, at } });
    expect([report.status.message, report.nextStep]).toEqual(["It is gone.", undefined]);
  });

  it("says how to log in where there is no model", () => {
    expect(judge(answered(0)).nextStep).toBe('Run "/usr/bin/echo-agent" in a terminal and log in, or set a provider\'s API key.');
  });

  it("blames the file that is ignored for the want of models, once", () => {
    const { status, nextStep, warnings } = judge(answered(0, { verdict: ignored }));
    expect([status.message, nextStep, warnings]).toEqual(["Echo works but has no model to use. The settings are ignored. Correct the file, or log in to a provider.", "Correct the file, or log in to a provider.", []]);
  });

  it.each<[what: string, knowledge: Knowledge, path: string, shown: string | undefined]>([
    ["that is wrong", missing("configured-path-missing"), "/configured", undefined],
    ["that was used", answered(1), "/usr/bin/echo-agent", "1.2.3"],
    ["of the program that is too old", unusable("too-old", { version: { major: 0, minor: 1, patch: 0 } }), "/usr/bin/echo-agent", "0.1.0"],
    ["of the program that did not tell its version", unusable("timed-out"), "/usr/bin/echo-agent", undefined],
    ["whose search broke", { finding: { type: "failed", error: failure("start-failed") } }, "/configured", undefined],
  ])("names the path %s, and its version where it is known", (_what, knowledge, path, shown) => {
    const report = judge(knowledge);
    expect([report.binaryPath, report.version]).toEqual([path, shown]);
  });

  it("counts the models where the agent told them this time", () => {
    expect([judge(answered(2)).modelCount, judge({ ...answered(2), ...failed("agent-exited") }).modelCount]).toEqual([2, undefined]);
  });

  it("names the other programs of that name, with the version where it is known", () => {
    const { packageVersion: _unknown, ...unversioned } = other;
    const installation = { binary: locatedEcho, version, searched, others: [other, unversioned] };
    expect(judge({ ...answered(1), finding: { type: "usable", installation } }).others).toEqual([{ path: other.path, version: "0.9.0" }, { path: other.path }]);
  });
});

describe("a warning", () => {
  it.each<[what: string, said: Said, warning: string]>([
    ["a file that is ignored", { verdict: ignored }, "The settings are ignored."],
    ["a model that cannot be read", { rejected: 1 }, "1 of its models cannot be read and is left out."],
    ["models that cannot be read", { rejected: 2 }, "2 of its models cannot be read and are left out."],
    ["an extension that failed", { failedExtensions: 1 }, "An extension of Echo failed when it started."],
    ["extensions that failed", { failedExtensions: 2 }, "2 extensions of Echo failed when it started."],
  ])("tells of %s, and leaves the provider usable", (_what, said, warning) => {
    const { status, verdict, warnings, nextStep } = judge(answered(1, said));
    expect([verdict, status.available, status.status, status.message, warnings, nextStep]).toEqual(["ready", true, "warning", warning, [warning], undefined]);
  });

  it.each<[verdict: ConfigurationVerdict]>([[{ type: "well" }], [{ type: "unknown" }]])("is none where the settings are %o", (verdict) => {
    expect(judge(answered(1, { verdict }))).toMatchObject({ warnings: [], status: { status: "ready" } });
  });

  it("of others is told beside the agent's own, and also where the agent cannot be asked", () => {
    expect(judge(answered(1, { rejected: 1 }), ["The custom models are unreadable."]).warnings).toEqual(["1 of its models cannot be read and is left out.", "The custom models are unreadable."]);
    const { status, warnings } = judge(failed("agent-exited"), ["The custom models are unreadable."]);
    expect([warnings, status.message]).toEqual([["The custom models are unreadable."], "It is agent-exited. Do something. The custom models are unreadable."]);
  });

  it("is no longer told of what the agent said before it failed", () => {
    expect(judge({ ...answered(1, { rejected: 1, failedExtensions: 1, verdict: ignored }), ...failed("agent-exited") }).warnings).toEqual([]);
  });
});
