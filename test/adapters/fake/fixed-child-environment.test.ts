import { describe, expect, it } from "vitest";
import { FixedChildEnvironment } from "../../../src/adapters/fake/fixed-child-environment.js";

describe("FixedChildEnvironment", () => {
  const dialect = { inherited: ["*"], fixed: { OFFLINE: "1", HOME: "/fixed" }, dropped: [], agentDirVariable: "AGENT_DIR", defaultAgentDir: [] };

  it("inherits nothing from the machine it runs on", () => {
    expect(new FixedChildEnvironment({ PATH: "/tools", HOME: "/home" }).build({ dialect, set: { PATH: "/set" } })).toEqual({
      PATH: "/set",
      HOME: "/fixed",
      OFFLINE: "1",
    });
  });
});
