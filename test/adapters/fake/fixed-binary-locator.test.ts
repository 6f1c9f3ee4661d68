import { describe, expect, it } from "vitest";
import { FixedBinaryLocator } from "../../../src/adapters/fake/fixed-binary-locator.js";
import type { BinaryLookup, BinaryQuery, LocatedBinary, MissingBinaryReason, SearchedPlace } from "../../../src/ports/binary-locator.js";
import { describeBinaryLocator } from "../../contract/binary-locator.js";

const place = "/usr/bin/agent";
const query: BinaryQuery = { defaultName: "agent", packageNames: [], environment: {} };

function foundAs(source: SearchedPlace["source"]): Extract<BinaryLookup, { type: "found" }> {
  const binary = { path: place, command: place, leadingArgs: [], identity: "agent-1" };
  return { type: "found", binary, searched: [{ place, source, outcome: "found" }] };
}

const other: LocatedBinary = { path: "/opt/agent", command: "/opt/agent", leadingArgs: [], identity: "agent-2" };
const several: BinaryLookup = { ...foundAs("path"), searched: [...foundAs("path").searched, { place: other.path, source: "path", outcome: "found" }], others: [other] };

function missing(reason: MissingBinaryReason): BinaryLookup {
  return { type: "missing", reason, searched: [{ place, source: "configured", outcome: "absent" }] };
}

describeBinaryLocator({
  name: "FixedBinaryLocator",
  setup: () =>
    Promise.resolve({
      locator: new FixedBinaryLocator(({ configured }) => {
        if (configured === undefined) return foundAs("path");
        if (configured === "several") return several;
        return configured === place ? foundAs("configured") : missing(configured as MissingBinaryReason);
      }),
      present: query,
      configured: { ...query, configured: place },
      several: { ...query, configured: "several" },
      missing: (reason) => ({ ...query, configured: reason }),
      dispose: () => Promise.resolve(),
    }),
});

describe("FixedBinaryLocator", () => {
  it("gives one answer to every question, and remembers the questions", async () => {
    const locator = new FixedBinaryLocator(missing("not-on-path"));
    expect(await locator.locate(query)).toEqual(missing("not-on-path"));
    expect(await locator.locate({ ...query, configured: place })).toEqual(missing("not-on-path"));
    expect(locator.queries).toEqual([query, { ...query, configured: place }]);
  });
});
