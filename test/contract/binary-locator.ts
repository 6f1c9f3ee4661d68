import { isAbsolute } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BinaryLocator, BinaryLookup, BinaryQuery, MissingBinaryReason } from "../../src/ports/binary-locator.js";

export interface BinaryLocatorSubject {
  readonly locator: BinaryLocator;
  /** Looks for a program by its default name, and it is there. */
  readonly present: BinaryQuery;
  /** The same program, by the path a user configured. */
  readonly configured: BinaryQuery;
  /** A look-up by name that finds a program, a link to it, and another program of the same name. */
  readonly several: BinaryQuery;
  /** A look-up that must fail for this reason. */
  readonly missing: (reason: MissingBinaryReason) => BinaryQuery;
  readonly dispose: () => Promise<void>;
}

const reasons: readonly MissingBinaryReason[] = [
  "configured-path-missing",
  "configured-path-not-a-file",
  "configured-path-not-executable",
  "configured-path-relative",
  "not-on-path",
];

export function describeBinaryLocator(input: { readonly name: string; readonly setup: () => Promise<BinaryLocatorSubject> }): void {
  describe(`${input.name}: BinaryLocator`, () => {
    let subject: BinaryLocatorSubject;

    beforeEach(async () => {
      subject = await input.setup();
    });

    afterEach(() => subject.dispose());

    it("finds a program by its name", async () => {
      const { binary, searched } = found(await subject.locator.locate(subject.present));
      expect(isAbsolute(binary.path) && isAbsolute(binary.command)).toBe(true);
      expect(binary.identity).not.toBe("");
      expect(searched.at(-1)).toMatchObject({ place: binary.path, outcome: "found" });
      expect(searched.slice(0, -1).map((place) => place.outcome)).not.toContain("found");
    });

    it("finds a configured program and looks nowhere else", async () => {
      const { binary, searched } = found(await subject.locator.locate(subject.configured));
      expect(searched).toEqual([{ place: binary.path, source: "configured", outcome: "found" }]);
    });

    it("gives the same program the same identity, however it was found", async () => {
      const lookups = [subject.present, subject.present, subject.configured].map((query) => subject.locator.locate(query));
      const identities = (await Promise.all(lookups)).map((lookup) => found(lookup).binary.identity);
      expect(new Set(identities).size).toBe(1);
    });

    it("tells of other programs of the same name when it is asked to", async () => {
      const first = found(await subject.locator.locate(subject.several));
      const { binary, others, searched } = found(await subject.locator.locate({ ...subject.several, findOthers: true }));
      expect(first).not.toHaveProperty("others");
      expect(binary).toEqual(first.binary);
      expect(searched).toEqual(first.searched);
      expect(others).toHaveLength(1);
      expect(others?.[0]?.identity).not.toBe(binary.identity);
    });

    it("has no others to tell of where there is only one", async () => {
      expect(found(await subject.locator.locate({ ...subject.present, findOthers: true })).others).toEqual([]);
    });

    it.each(reasons)("answers why a program is missing and where it looked: %s", async (reason) => {
      const lookup = await subject.locator.locate(subject.missing(reason));
      expect(lookup).toMatchObject({ type: "missing", reason });
      expect(lookup.searched.length).toBeGreaterThan(0);
      expect(lookup.searched.map((place) => place.outcome)).not.toContain("found");
    });
  });
}

export function found(lookup: BinaryLookup): Extract<BinaryLookup, { type: "found" }> {
  if (lookup.type !== "found") throw new Error(`Not found: ${JSON.stringify(lookup)}`);
  return lookup;
}
