import { describe, expect, it } from "vitest";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import type { ChildEnvironment } from "../../src/ports/child-environment.js";

const host = { PATH: "/bin", HOME: "/agent-home/somebody" };

const environments: readonly { readonly name: string; readonly environment: ChildEnvironment }[] = [
  { name: "SafeListEnvironment", environment: new SafeListEnvironment({ host: { ...host, T3CODE_SECRET: "hidden" } }) },
  { name: "FixedChildEnvironment", environment: new FixedChildEnvironment(host) },
];

describe.each(environments)("$name as a child's environment", ({ environment }) => {
  const build = (set: Readonly<Record<string, string>>) => environment.build({ dialect: piDialect.environment, set });

  it("hands on what every program needs", () => {
    expect(build({})).toMatchObject(host);
  });

  it("hands on nothing that nobody named", () => {
    expect(build({})).not.toHaveProperty("T3CODE_SECRET");
  });

  it("lets what is set win over what is handed on", () => {
    expect(build({ HOME: "/elsewhere", EXTRA: "1" })).toMatchObject({ PATH: "/bin", HOME: "/elsewhere", EXTRA: "1" });
  });

  it("builds anew each time, so that no child sees another's", () => {
    build({ EXTRA: "1" });
    expect(build({})).not.toHaveProperty("EXTRA");
  });
});
