import { metrics, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { OpenTelemetry } from "../../../src/app/opentelemetry.js";
import { describeTelemetry } from "../../contract/telemetry.js";
import { RecordingApi } from "./recording-api.js";

describeTelemetry({ name: "OpenTelemetry", create: () => new OpenTelemetry(new RecordingApi()) });
describeTelemetry({
  name: "OpenTelemetry without an SDK",
  create: () => new OpenTelemetry({ tracer: trace.getTracer("test"), meter: metrics.getMeter("test"), contextOf: (span) => trace.setSpan(ROOT_CONTEXT, span) }),
});

describe("OpenTelemetry", () => {
  it("makes a root of a span that belongs to no other, whatever is active", () => {
    const api = new RecordingApi();
    new OpenTelemetry(api).span("turn", { threadId: "t" });

    expect(api.spans).toMatchObject([{ name: "turn", root: true, parent: undefined, attributes: { threadId: "t" }, ends: 0 }]);
  });

  it("puts spans within the one they were opened in, at any depth", () => {
    const api = new RecordingApi();
    const start = new OpenTelemetry(api).span("session.start");
    const launch = start.child("agent.launch");
    start.end("ok");
    launch.child("agent.spawn", { command: "x" });

    expect(api.spans).toMatchObject([
      { name: "session.start", parent: undefined },
      { name: "agent.launch", root: false, parent: "session.start" },
      { name: "agent.spawn", root: false, parent: "agent.launch", attributes: { command: "x" } },
    ]);
  });

  it.each([
    { outcome: "ok", status: undefined },
    { outcome: "cancelled", status: undefined },
    { outcome: "error", status: { code: SpanStatusCode.ERROR } },
  ] as const)("ends a span that is $outcome once, says so, and calls only an error one", ({ outcome, status }) => {
    const api = new RecordingApi();
    new OpenTelemetry(api).span("turn", { threadId: "t" }).end(outcome, { tools: 2 });

    expect(api.spans).toEqual([{ name: "turn", root: true, parent: undefined, attributes: { threadId: "t", tools: 2, outcome }, status, ends: 1 }]);
  });

  it("makes one instrument a counter", () => {
    const api = new RecordingApi();
    const telemetry = new OpenTelemetry(api);
    telemetry.count("agent.kills", 1, { reason: "forced" });
    telemetry.count("agent.kills", 2, { reason: "descendant" });
    telemetry.count("agent.retries", 1);

    expect(api.instruments).toEqual(["agent.kills", "agent.retries"]);
    expect(api.counts).toEqual([
      { name: "agent.kills", value: 1, attributes: { reason: "forced" } },
      { name: "agent.kills", value: 2, attributes: { reason: "descendant" } },
      { name: "agent.retries", value: 1, attributes: {} },
    ]);
  });

  it("tells nobody of a native record", () => {
    const api = new RecordingApi();
    new OpenTelemetry(api).nativeRecord();

    expect([api.spans, api.counts]).toEqual([[], []]);
  });
});
