import { describe, expect, it } from "vitest";
import { CombinedTelemetry } from "../../src/adapters/combined-telemetry.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import type { NativeRecord } from "../../src/ports/telemetry.js";
import { describeTelemetry } from "../contract/telemetry.js";

describeTelemetry({ name: "CombinedTelemetry", create: () => new CombinedTelemetry([new RecordingTelemetry(), {}, new RecordingTelemetry()]) });
describeTelemetry({ name: "CombinedTelemetry of nobody", create: () => new CombinedTelemetry([]) });

describe("CombinedTelemetry", () => {
  it("tells each of them everything", () => {
    const parts = [new RecordingTelemetry(), new RecordingTelemetry()];
    const telemetry = new CombinedTelemetry(parts);
    const turn = telemetry.span("turn", { threadId: "t" });
    turn.child("agent.command", { command: "abort" }).end("ok");
    turn.end("cancelled", { tools: 1 });
    telemetry.count("agent.kills", 1, { reason: "forced" });
    telemetry.nativeRecord({ threadId: "t", direction: "to-agent", record: { type: "abort" } });

    for (const { spans, counts, nativeRecords } of parts) {
      expect(spans).toEqual([
        { name: "turn", attributes: { threadId: "t" }, end: { outcome: "cancelled", attributes: { tools: 1 } } },
        { name: "agent.command", attributes: { command: "abort" }, within: "turn", end: { outcome: "ok", attributes: {} } },
      ]);
      expect(counts).toEqual([{ name: "agent.kills", value: 1, attributes: { reason: "forced" } }]);
      expect(nativeRecords).toEqual([{ threadId: "t", direction: "to-agent", record: { type: "abort" } }]);
    }
  });

  it("asks nothing of who listens to a part only", () => {
    const records: NativeRecord[] = [];
    const spans = new RecordingTelemetry();
    const telemetry = new CombinedTelemetry([{ nativeRecord: (record) => records.push(record) }, { span: (name) => spans.span(name) }]);
    telemetry.span("turn").end("ok");
    telemetry.count("agent.kills", 1);
    telemetry.nativeRecord({ threadId: "t", direction: "from-agent", record: { type: "agent_start" } });

    expect(records).toHaveLength(1);
    expect(spans.spans).toHaveLength(1);
    expect(spans.counts).toEqual([]);
  });
});
