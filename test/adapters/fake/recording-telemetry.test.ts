import { describe, expect, it } from "vitest";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { describeTelemetry } from "../../contract/telemetry.js";

describeTelemetry({ name: "RecordingTelemetry", create: () => new RecordingTelemetry() });

describe("RecordingTelemetry", () => {
  it("keeps what it is told, in order", () => {
    const telemetry = new RecordingTelemetry();
    const span = telemetry.span("session.start", { threadId: "t" });
    telemetry.span("turn");
    span.end("ok", { attempts: 1 });
    telemetry.count("records.dropped", 2, { reason: "not-json" });
    telemetry.nativeRecord({ threadId: "t", direction: "from-agent", record: { type: "agent_start" } });
    expect(telemetry.spans).toEqual([
      { name: "session.start", attributes: { threadId: "t" }, end: { outcome: "ok", attributes: { attempts: 1 } } },
      { name: "turn", attributes: {} },
    ]);
    expect(telemetry.counts).toEqual([{ name: "records.dropped", value: 2, attributes: { reason: "not-json" } }]);
    expect(telemetry.nativeRecords).toEqual([{ threadId: "t", direction: "from-agent", record: { type: "agent_start" } }]);
  });

  it("knows which span another was opened in", () => {
    const telemetry = new RecordingTelemetry();
    const turn = telemetry.span("turn");
    turn.child("agent.command", { command: "abort" }).end("ok");
    expect(telemetry.spans).toEqual([
      { name: "turn", attributes: {} },
      { name: "agent.command", attributes: { command: "abort" }, within: "turn", end: { outcome: "ok", attributes: {} } },
    ]);
  });

  it("catches a span that is ended twice", () => {
    const span = new RecordingTelemetry().span("turn");
    span.end("ok");
    expect(() => {
      span.end("error");
    }).toThrow("The span turn was ended twice.");
  });
});
