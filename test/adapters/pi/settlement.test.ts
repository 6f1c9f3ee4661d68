import { describe, expect, it } from "vitest";
import { piSettlement } from "../../../src/adapters/pi/settlement.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { eventsOf, recordings } from "./recordings.js";

const idle = { sessionId: "s", streaming: false, compacting: false, queued: 0, messageCount: 2 };

function readings(recording: string): string {
  return eventsOf(recording)
    .map((event) => ({ activity: "a", end: "E", nothing: "" })[piSettlement.reads(event)])
    .join("")
    .replaceAll(/a+/g, "a");
}

describe("piSettlement", () => {
  it.each([
    ["1.5.2/text", "1.5.2/rw", "aE"],
    ["a failed call", "1.5.2/err401", "aE"],
    ["retries", "1.5.2/err500-fails", "aE"],
    ["an overflow that is recovered", "1.5.2/overflow", "aEaEaE"],
    ["an overflow that is not", "1.5.2/overflow-always", "aEaEaE"],
    ["a threshold compaction with a prompt queued meanwhile", "0.80.10/prompt-in-threshold-compaction", "aEaEaE"],
    // Settled, then compacted by hand: the second end is the compaction's.
    ["a manual compaction in a run", "0.80.10/compact-in-stream", "aEaEaEaE"],
    ["a manual compaction in a run", "1.0.3/compact-in-stream", "aEaEaEaE"],
    ["an end of the process in a tool", "0.84.4/exit-eof-tool", "a"],
    ["an extension's commands, questions and message between runs", "1.5.2/extension", "aEaEaEaE"],
  ])("reads %s in %s", (_, recording, expected) => {
    expect(readings(recording)).toBe(expected);
  });

  it("finds an end after the last activity of every recorded run that was let finish", () => {
    const finished = recordings.filter((name) => !name.includes("exit-") && name !== "0.80.10/newsession-in-stream");
    expect(finished.filter((recording) => !/^(?:aE+)*$/.test(readings(recording)))).toEqual([]);
  });

  it.each([
    { type: "run-ended", willRetry: false },
    { type: "dialog-opened", dialogId: "d", method: "confirm", title: "t", options: [] },
    { type: "message-started", role: "custom" },
    { type: "queue-changed", queued: 1 },
    { type: "compaction-ended", reason: "threshold", willContinue: false, aborted: false },
    { type: "unrecognised", recordType: "x" },
  ] satisfies AgentEvent[])("takes nothing from $type", (event) => {
    expect(piSettlement.reads(event)).toBe("nothing");
  });

  it("settles a run that ends without a word but the last", () => {
    const events: AgentEvent[] = [
      { type: "message-ended", role: "assistant", text: [], reasoning: [], stopReason: "error", errorMessage: "EACCES" },
      { type: "settled", aborted: false },
    ];
    expect(events.map((event) => piSettlement.reads(event))).toEqual(["activity", "end"]);
  });

  it("takes a state for idle only when nothing runs, nothing is compacted and nothing waits", () => {
    expect(piSettlement.isIdle(idle)).toBe(true);
    expect(piSettlement.isIdle({ ...idle, streaming: true })).toBe(false);
    expect(piSettlement.isIdle({ ...idle, compacting: true })).toBe(false);
    expect(piSettlement.isIdle({ ...idle, queued: 1 })).toBe(false);
  });
});
