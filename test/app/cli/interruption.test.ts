import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { Interruption } from "../../../src/app/cli/interruption.js";

function listening(): { readonly signals: EventEmitter; readonly interruption: Interruption; readonly state: () => readonly unknown[] } {
  const signals = new EventEmitter();
  const interruption = new Interruption(signals);
  return { signals, interruption, state: () => [interruption.interrupted.aborted, interruption.stopped.aborted, interruption.exitCode] };
}

describe("Interruption", () => {
  it("is none at first", () => {
    expect(listening().state()).toEqual([false, false, undefined]);
  });

  it("asks at the first Ctrl-C and demands at the second", () => {
    const { signals, state } = listening();
    signals.emit("SIGINT");
    expect(state()).toEqual([true, false, 130]);
    signals.emit("SIGINT");
    expect(state()).toEqual([true, true, 130]);
  });

  it("takes Ctrl-C as a key for the same", () => {
    const { signals, interruption, state } = listening();
    interruption.interrupt();
    expect(state()).toEqual([true, false, 130]);
    signals.emit("SIGINT");
    expect(state()).toEqual([true, true, 130]);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("demands at %s", (signal, exitCode) => {
    const { signals, state } = listening();
    signals.emit(signal);
    expect(state()).toEqual([true, true, exitCode]);
  });

  it("demands when the reader or the output is lost", () => {
    const reader = listening();
    reader.interruption.loseReader();
    expect(reader.state()).toEqual([true, true, 141]);
    const output = listening();
    output.interruption.loseOutput();
    expect(output.state()).toEqual([true, true, 1]);
  });

  it("keeps its first reason", () => {
    const { signals, interruption, state } = listening();
    signals.emit("SIGINT");
    interruption.loseReader();
    signals.emit("SIGTERM");
    expect(state()).toEqual([true, true, 130]);
  });

  it("leaves no listener behind", () => {
    const { signals, interruption } = listening();
    interruption[Symbol.dispose]();
    expect(signals.eventNames()).toEqual([]);
  });
});
