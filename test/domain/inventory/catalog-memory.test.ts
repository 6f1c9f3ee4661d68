import { describe, expect, it } from "vitest";
import type { Discovery } from "../../../src/domain/inventory/agent-discovery.js";
import { isYounger } from "../../../src/domain/inventory/age.js";
import { recall, type Knowledge, type Recall } from "../../../src/domain/inventory/catalog-memory.js";
import type { ConfigurationStamp } from "../../../src/domain/inventory/configuration-stamp.js";
import { ProviderError } from "../../../src/ports/errors.js";

const settings = { recheckMs: 1_000, staleMs: 60_000, retryMs: 10_000, warmStartMs: 0 };
const same: ConfigurationStamp = { launch: "launch", files: ["settings-1"] };
const other: ConfigurationStamp = { launch: "launch", files: ["settings-2"] };
const now = 1_000_000;
const error = new ProviderError({ kind: "process", code: "agent-exited", operation: "test", detail: "It ended." });
const discovery: Discovery = {
  version: { major: 1, minor: 0, patch: 0 },
  state: { sessionId: "s", streaming: false, compacting: false, queued: 0, messageCount: 0 },
  models: { models: [], rejected: 0 },
  failedExtensions: 0,
};

type Known = Pick<Knowledge, "answer" | "failure"> | undefined;

function answered(age: number, stamp = same): Known {
  return { answer: { discovery, stamp, readAt: now - age } };
}

function failed(age: number, stamp?: ConfigurationStamp): Known {
  return { failure: { error, at: now - age, ...(stamp === undefined ? {} : { stamp }) } };
}

function ask(known: Known): Recall {
  return recall(known, { stamp: same, now, settings });
}

describe("what becomes of a question to the memory", () => {
  it.each<[what: string, known: Known, recalled: Recall]>([
    ["nothing is known", undefined, "ask"],
    ["nothing was learnt yet", {}, "ask"],
    ["the answer is new", answered(0), "remember"],
    ["the answer is just young enough", answered(59_999), "remember"],
    ["the answer is just too old", answered(60_000), "renew"],
    ["the answer is of another configuration", answered(0, other), "ask"],
    ["the old answer is of another configuration", answered(60_000, other), "ask"],
    ["the clock was set back since the answer", answered(-1), "renew"],
    ["it has just failed", failed(0, same), "fail again"],
    ["it failed just recently enough", failed(9_999, same), "fail again"],
    ["it failed a while ago", failed(10_000, same), "ask"],
    ["it failed in another configuration", failed(0, other), "ask"],
    ["the clock was set back since the failure", failed(-1, same), "ask"],
    ["it has just failed, after an answer", { ...answered(5_000), ...failed(0, same) }, "fail again"],
    ["it failed a while ago, after an answer", { ...answered(50_000), ...failed(10_000, same) }, "ask"],
    ["it failed in another configuration, after an answer in this one", { ...answered(5_000), ...failed(0, other) }, "ask"],
    ["there was no program, and is one now", failed(0), "ask"],
    ["there was no program since the answer, and is the same one now", { ...answered(5_000), ...failed(0) }, "remember"],
    ["there was no program since the answer, and is another one now", { ...answered(5_000, other), ...failed(0) }, "ask"],
    ["there was no program since the answer, which has become old", { ...answered(60_000), ...failed(0) }, "renew"],
  ])("if %s: $2", (_what, known, recalled) => {
    expect(ask(known)).toBe(recalled);
  });
});

describe("an age", () => {
  it.each<[moment: number, isYoung: boolean]>([
    [now, true],
    [now - 99, true],
    [now - 100, false],
    [now + 1, false],
  ])("of %d at 1000000 is below 100: %s", (moment, isYoung) => {
    expect(isYounger(moment, { now, than: 100 })).toBe(isYoung);
  });
});
