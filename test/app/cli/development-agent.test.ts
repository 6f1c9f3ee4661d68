import { describe, expect, it } from "vitest";
import { developmentAgent } from "../../../src/app/cli/demo/development-agent.js";
import { realPis } from "../../child-agent.js";

describe("developmentAgent", () => {
  it("is the Pi among the development dependencies", async () => {
    expect(await developmentAgent()).toBe(realPis["0.87.1"]);
  });
});
