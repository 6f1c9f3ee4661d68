import { describe, expect, it } from "vitest";
import type { IdGenerator } from "../../src/ports/id-generator.js";

export function describeIdGenerator(input: { readonly name: string; readonly create: () => IdGenerator }): void {
  describe(`${input.name}: IdGenerator`, () => {
    it("gives a new UUID each time", () => {
      const generator = input.create();
      const ids = Array.from({ length: 1000 }, () => generator.uuid());
      expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
      expect(new Set(ids).size).toBe(1000);
    });
  });
}
