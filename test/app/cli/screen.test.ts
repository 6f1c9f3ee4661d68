import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { Screen } from "../../../src/app/cli/screen.js";
import { plainText, type TerminalFacts } from "../../../src/app/cli/terminal-facts.js";
import { escape, plainTerminal, StubOutput } from "./stub-terminal.js";

/** Both streams on one terminal, or each where it is told. */
function stage(facts: { readonly out: TerminalFacts; readonly err: TerminalFacts } = { out: plainTerminal, err: plainTerminal }) {
  const written: string[] = [];
  const out = new StubOutput(facts.out, written);
  const err = new StubOutput(facts.err, written);
  const clock = new ManualClock();
  return { written, out, err, clock, screen: new Screen({ out, err, clock }) };
}

const erase = `\r${escape}[K`;

describe("Screen", () => {
  it("keeps a status turning at the end, and takes it away before anything is written", async () => {
    const { written, clock, screen } = stage();
    screen.wait("Working");
    await clock.advance(100);
    await screen.show({ out: "Hello.\n", err: "" });
    expect(written).toEqual([`${erase}⠋ Working`, `${erase}⠙ Working`, erase, "Hello.\n"]);
    await clock.advance(100);
    expect(written.at(-1)).toBe(`${erase}⠹ Working`);
  });

  it("shows no status on a line that is being written", async () => {
    const { written, clock, screen } = stage();
    await screen.show({ out: "Hel", err: "" });
    screen.wait("Working");
    await clock.advance(1_000);
    await screen.show({ out: "lo.\n", err: "" });
    expect(written).toEqual(["Hel", "lo.\n"]);
  });

  it("cuts a status so that it never wraps, for only one line is erased", () => {
    const { written, screen } = stage();
    screen.wait("x".repeat(200));
    expect(written[0]?.slice(erase.length)).toHaveLength(plainTerminal.columns - 2);
  });

  it("ends a line that is being written before it warns on the same terminal", async () => {
    const { written, screen } = stage();
    await screen.show({ out: "Hel", err: "" });
    await screen.show({ out: "", err: "warning: odd\n" });
    await screen.show({ out: "", err: "warning: odder\n" });
    expect(written.join("")).toBe("Hel\nwarning: odd\nwarning: odder\n");
  });

  it("leaves the text of a pipe as it is when it warns on a terminal", async () => {
    const { written, screen } = stage({ out: plainText, err: plainTerminal });
    await screen.show({ out: "Hel", err: "" });
    await screen.show({ out: "", err: "warning: odd\n" });
    expect(written).toEqual(["Hel", "warning: odd\n"]);
  });

  it("writes no status and no control code where no terminal is", async () => {
    const { written, clock, screen } = stage({ out: plainText, err: plainText });
    screen.wait("Working");
    await clock.advance(1_000);
    await screen.show({ out: "Hello.\n", err: "warning: odd\n" });
    expect(written).toEqual(["Hello.\n", "warning: odd\n"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no status and no timer behind", async () => {
    const { written, clock, screen } = stage();
    screen.wait("Working");
    screen[Symbol.dispose]();
    await clock.advance(1_000);
    expect(written).toEqual([`${erase}⠋ Working`, erase]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("keeps off a line that it has lent, and goes below it", async () => {
    const { written, err, clock, screen } = stage();
    const answered = Promise.withResolvers<string>();
    const lent = screen.lendLine(async () => {
      await err.write("Your answer: ");
      return await answered.promise;
    });
    screen.wait("Working");
    await clock.advance(1_000);
    await screen.show({ out: "", err: "warning: too late\n" });
    expect(written.join("")).toBe("Your answer: \nwarning: too late\n");
    answered.resolve("Blue");
    expect(await lent).toBe("Blue");
  });
});
