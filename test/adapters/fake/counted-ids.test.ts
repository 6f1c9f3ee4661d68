import { expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { describeIdGenerator } from "../../contract/id-generator.js";

describeIdGenerator({ name: "CountedIds", create: () => new CountedIds() });

it("gives the same ids in every run", () => {
  const ids = new CountedIds();
  expect([ids.uuid(), ids.uuid()]).toEqual(["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]);
});
