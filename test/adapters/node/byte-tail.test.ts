import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteTail } from "../../../src/adapters/node/byte-tail.js";

describe("ByteTail", () => {
  it("keeps the last bytes, however they are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~]{0,20}$/)), (pieces) => {
        const tail = new ByteTail(16);
        for (const piece of pieces) tail.append(Buffer.from(piece));
        expect(tail.text()).toBe(pieces.join("").slice(-16));
      }),
    );
  });

  it("leaves out what remains of a character that was cut", () => {
    const tail = new ByteTail(5);
    tail.append(Buffer.from("a\u{1F600}€"));
    expect(tail.text()).toBe("€");
    tail.append(Buffer.from("äb"));
    expect(tail.text()).toBe("äb");
  });

  it("is not changed by what the caller does with its buffer", () => {
    const tail = new ByteTail(8);
    const buffer = Buffer.from("first");
    tail.append(buffer);
    buffer.fill("x");
    expect(tail.text()).toBe("first");
  });
});
