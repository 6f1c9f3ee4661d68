import { describe, expect, it } from "vitest";
import { safeJson } from "../../../src/app/cli/safe-json.js";

const value = { text: "a\u001B[31m\u007F\u0085\u009B2J\u2028\u202Eb\u2069 é 世" };

describe("safeJson", () => {
  it("holds no control character and nothing that turns the reading direction", () => {
    expect(safeJson(value)).toBe(String.raw`{"text":"a\u001b[31m\u007f\u0085\u009b2J\u2028\u202eb\u2069 é 世"}`);
  });

  it("reads back as the same value", () => {
    expect(JSON.parse(safeJson(value))).toEqual(value);
  });

  it("can be laid out for people", () => {
    expect(safeJson({ a: [1] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
  });
});
