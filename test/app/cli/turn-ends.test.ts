import { describe, expect, it } from "vitest";
import { TurnEnds } from "../../../src/app/cli/turn-ends.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { event } from "./stub-terminal.js";

const completed = (turnId: string): ProviderRuntimeEvent => event({ type: "turn.completed", turnId, payload: { state: "completed" } });

describe("TurnEnds", () => {
  it("tells an end that is still to come", async () => {
    const ends = new TurnEnds();
    const end = ends.of("turn");
    ends.see(completed("another"));
    ends.see(completed("turn"));
    expect(await end).toBe("completed");
  });

  it("tells an end that has come already", async () => {
    const ends = new TurnEnds();
    ends.see(completed("turn"));
    expect(await ends.of("turn")).toBe("completed");
  });

  it("tells that there will be none when the events end first", async () => {
    const ends = new TurnEnds();
    const waiting = ends.of("turn");
    ends.close();
    expect(await waiting).toBeUndefined();
    expect(await ends.of("later")).toBeUndefined();
  });
});
