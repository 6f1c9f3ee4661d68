import { describe, expect, it } from "vitest";
import type { Telemetry } from "../../src/ports/telemetry.js";

export function describeTelemetry(input: { readonly name: string; readonly create: () => Telemetry }): void {
  describe(`${input.name}: Telemetry`, () => {
    it.each(["ok", "error", "cancelled"] as const)("takes spans that end with %s, with and without attributes, in any order", (outcome) => {
      const telemetry = input.create();
      const outer = telemetry.span("session.start", { threadId: "t" });
      const inner = telemetry.span("session.start");
      expect(() => {
        outer.end(outcome);
        inner.end(outcome, { attempts: 2, resumed: true });
      }).not.toThrow();
    });

    it("takes spans within others, and from one that has ended", () => {
      const telemetry = input.create();
      expect(() => {
        const turn = telemetry.span("turn", { threadId: "t" });
        const command = turn.child("agent.command", { command: "prompt" });
        const inner = command.child("agent.command");
        turn.end("ok");
        turn.child("agent.command").end("error", { reason: "late" });
        inner.end("cancelled");
        command.end("ok");
      }).not.toThrow();
    });

    it("takes counts and native records", () => {
      const telemetry = input.create();
      expect(() => {
        telemetry.count("records.dropped", 1);
        telemetry.count("records.dropped", 2, { reason: "not-json" });
        telemetry.nativeRecord({ threadId: "t", direction: "to-agent", record: { type: "abort" } });
      }).not.toThrow();
    });
  });
}
