import { basename } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLogFileName, logFileName, threadLogName } from "../../../src/adapters/node/thread-log-names.js";

const hostileIds = ["", ".", "..", "../../etc/passwd", "/etc/passwd", "C:\\Windows", "a/b", "a\\b", "a\0b", "CON", "con.txt", "~", "-rf", "a:b", "ä", "😀", "\ud800", "\n", " "];

function isFileName(name: string): boolean {
  const hasForm = /^[A-Za-z0-9_-]{0,48}-[0-9a-f]{24}$/.test(name) && basename(name) === name;
  return hasForm && isLogFileName(logFileName(name, 0)) && isLogFileName(logFileName(name, 12));
}

describe("the name of a thread's log", () => {
  it.each(hostileIds)("is the name of a file, whatever the id is: %j", (threadId) => {
    expect(isFileName(threadLogName(threadId))).toBe(true);
  });

  it("is short, however long the id is", () => {
    expect(isFileName(threadLogName("x".repeat(100_000)))).toBe(true);
  });

  it.each([
    ["a/b", "a\\b"],
    ["Thread", "thread"],
    ["\ud800", "\udbff"],
    ["\ud800", "\ufffd"],
    [`${"x".repeat(60)}1`, `${"x".repeat(60)}2`],
    ["e\u0301", "é"],
    ["a", "a "],
  ])("is another one for another id, also where case does not count: %j and %j", (one, other) => {
    expect(threadLogName(one).toLowerCase()).not.toBe(threadLogName(other).toLowerCase());
  });

  it("is another one for another id, whichever they are", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 20 }), (threadIds) => {
        expect(new Set(threadIds.map((threadId) => threadLogName(threadId).toLowerCase())).size).toBe(threadIds.length);
      }),
      { numRuns: 50 },
    );
  });

  it("says whose it is", () => {
    expect(threadLogName("6b1f0c9e-1111-4222-8333-444455556666")).toContain("6b1f0c9e-1111-4222-8333-444455556666-");
  });
});

describe("a file's name", () => {
  it("has the age of an older one", () => {
    expect([logFileName("t-0", 0), logFileName("t-0", 1)]).toEqual(["t-0.ndjson", "t-0.1.ndjson"]);
  });

  it.each(["notes.ndjson", "server.log", "t-0123456789abcdef01234567.log", "t-0123456789abcdef01234567.x.ndjson"])("that is not of ours is told from those: %s", (name) => {
    expect(isLogFileName(name)).toBe(false);
  });
});
