import { describe, expect, it } from "vitest";
import { secretIn } from "../../../playground/page/state/secret.js";

describe("the secret", () => {
  it.each<[hash: string, secret: string | undefined]>([
    ["", undefined],
    ["#", undefined],
    ["#key=abc-_1", "abc-_1"],
    ["#key=", undefined],
    ["#other=abc", undefined],
    ["#main", undefined],
  ])("in %j is %j", (hash, secret) => {
    expect(secretIn(hash)).toBe(secret);
  });
});
