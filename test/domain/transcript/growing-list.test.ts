import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { append, changedEntries, emptyList, entriesOf, entryAt, replace, type GrowingList } from "../../../src/domain/transcript/growing-list.ts";

function listOf(count: number): GrowingList<number> {
  let list = emptyList<number>();
  for (let entry = 0; entry < count; entry += 1) list = append(list, entry);
  return list;
}

describe("a growing list", () => {
  it.each([0, 1, 31, 32, 33, 1_023, 1_024, 1_025, 40_000])("holds %i entries in their order", (count) => {
    const list = listOf(count);
    expect(list.size).toBe(count);
    expect(entriesOf(list)).toEqual(Array.from({ length: count }, (_, index) => index));
    expect([entryAt(list, 0), entryAt(list, count - 1), entryAt(list, count)]).toEqual(count === 0 ? [undefined, undefined, undefined] : [0, count - 1, undefined]);
  });

  it("is what an array is after the same changes, and leaves every earlier version as it was", () => {
    const change = fc.record({ place: fc.option(fc.nat(), { nil: undefined }), entry: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.nat(70), fc.array(change, { maxLength: 60 }), (count, changes) => {
        let list = listOf(count);
        let array = Array.from({ length: count }, (_, index) => index);
        const versions = [{ list, array }];
        for (const { place, entry } of changes) {
          const index = place === undefined || array.length === 0 ? undefined : place % array.length;
          list = index === undefined ? append(list, entry) : replace(list, { index, entry });
          array = index === undefined ? [...array, entry] : array.with(index, entry);
          versions.push({ list, array });
        }
        for (const version of versions) expect(entriesOf(version.list)).toEqual(version.array);
      }),
    );
  });

  it("tells what changed between two versions, however far apart they are", () => {
    fc.assert(
      fc.property(fc.nat(1_100), fc.nat(1_100), fc.array(fc.nat(), { maxLength: 5 }), (count, more, places) => {
        const before = Array.from({ length: count }, (_, id) => ({ id }));
        let list = emptyList<{ readonly id: number }>();
        for (const entry of before) list = append(list, entry);
        let after = list;
        const changed = new Set<{ readonly id: number }>();
        for (const place of count === 0 ? [] : new Set(places.map((place) => place % count))) {
          const entry = { id: place };
          changed.add(entry);
          after = replace(after, { index: place, entry });
        }
        for (let id = count; id < count + more; id += 1) {
          const entry = { id };
          changed.add(entry);
          after = append(after, entry);
        }
        const told = changedEntries({ before: list, after });
        expect(told.map(({ id }) => id)).toEqual([...changed].map(({ id }) => id).toSorted((left, right) => left - right));
        expect(told.every((entry) => changed.has(entry))).toBe(true);
      }),
    );
  });

  it("is the same after a way over a wire", () => {
    const sent = JSON.parse(JSON.stringify(listOf(1_000))) as GrowingList<number>;
    expect(append(sent, 1_000)).toEqual(listOf(1_001));
  });
});
