import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import { InMemoryFileStamps } from "../../../src/adapters/fake/in-memory-file-stamps.js";
import type { AgentInstallation } from "../../../src/domain/inventory/agent-installation.js";
import { ConfigurationStamps, sameConfiguration, stampOfAnswer, type StampedLaunch } from "../../../src/domain/inventory/configuration-stamp.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import { absentFile } from "../../../src/ports/file-stamps.js";
import { locatedEcho } from "../echo-parts.js";

const installation: AgentInstallation = { binary: locatedEcho, version: { major: 1, minor: 2, patch: 3 }, searched: [], others: [] };
const launch: StampedLaunch = { installation, mode: "discovery", agentDir: "/agent", cwd: undefined };
const dialect: AgentDialect = {
  ...echoDialect,
  launch: ({ mode, agentDir }) => ({ args: [`--${mode}`], environment: { ...(agentDir !== undefined && { ECHO_HOME: agentDir }) } }),
  configuration: { files: ({ agentDir, cwd }) => [`${agentDir ?? "~"}/settings.json`, `${agentDir ?? "~"}/models.json`, ...(cwd === undefined ? [] : [`${cwd}/settings.json`])] },
};

interface World {
  readonly stamps: InMemoryFileStamps;
  variables: Readonly<Record<string, string>>;
  readonly of: (change?: Partial<StampedLaunch>) => ReturnType<ConfigurationStamps["of"]>;
}

function world(): World {
  const stamps = new InMemoryFileStamps();
  const made: World = {
    stamps,
    variables: { PATH: "/bin", KEY: "k" },
    of: (change = {}) => {
      const environment = { build: ({ set }: { readonly set: Readonly<Record<string, string>> }) => ({ ...made.variables, ...set }) };
      return new ConfigurationStamps({ dialect, stamps, environment }).of({ ...launch, ...change });
    },
  };
  return made;
}

describe("the stamp of a configuration", () => {
  it("is the same while nothing changes, in whatever order the environment is listed", async () => {
    const there = world();
    const before = await there.of();
    there.variables = { KEY: "k", PATH: "/bin" };
    expect(sameConfiguration(before, await there.of())).toBe(true);
  });

  it.each<[what: string, change: Partial<StampedLaunch>]>([
    ["another file is the program", { installation: { ...installation, binary: { ...locatedEcho, identity: "second" } } }],
    ["another command starts it", { installation: { ...installation, binary: { ...locatedEcho, command: "/opt/other" } } }],
    ["another script stands behind the interpreter", { installation: { ...installation, binary: { ...locatedEcho, leadingArgs: ["main.js"] } } }],
    ["the program has another version", { installation: { ...installation, version: { major: 1, minor: 2, patch: 4 } } }],
    ["it gets other arguments", { mode: "session" }],
    ["it has another folder of its own", { agentDir: "/other" }],
    ["it runs in a project", { cwd: "/project" }],
  ])("is another one when %s", async (_what, change) => {
    const { of } = world();
    expect((await of()).launch).not.toBe((await of(change)).launch);
  });

  it("stays the same for what has no influence on the answer", async () => {
    const { of } = world();
    expect(sameConfiguration(await of(), await of({ installation: { ...installation, others: [locatedEcho], binary: { ...locatedEcho, path: "/usr/local/bin/echo-agent" } } }))).toBe(true);
  });

  it.each<[what: string, variables: Readonly<Record<string, string>>]>([
    ["has another value", { PATH: "/bin", KEY: "other" }],
    ["is gone", { PATH: "/bin" }],
    ["is new", { PATH: "/bin", KEY: "k", MORE: "m" }],
  ])("is another one when a variable of the environment %s", async (_what, variables) => {
    const there = world();
    const before = await there.of();
    there.variables = variables;
    expect(sameConfiguration(before, await there.of())).toBe(false);
  });

  it.each<[what: string, change: (stamps: InMemoryFileStamps) => void]>([
    ["is written", (stamps) => stamps.touch("/agent/settings.json")],
    ["appears", (stamps) => stamps.touch("/agent/models.json")],
    ["is removed", (stamps) => stamps.remove("/agent/settings.json")],
  ])("is another one when a configuration file %s", async (_what, change) => {
    const { of, stamps } = world();
    stamps.touch("/agent/settings.json");
    const before = await of();
    change(stamps);
    expect(sameConfiguration(before, await of())).toBe(false);
  });

  it("asks only for the stamps of the files that count here", async () => {
    const { of, stamps } = world();
    await of({ cwd: "/project" });
    expect(stamps.requests).toEqual([["/agent/settings.json", "/agent/models.json", "/project/settings.json"]]);
  });
});

describe("the stamp of an answer", () => {
  const before = { launch: "before", files: ["a1", absentFile, "c1", absentFile] };

  it("takes a file that appeared meanwhile for the agent's own, and the old state of one that changed or vanished", () => {
    expect(stampOfAnswer(before, { launch: "after", files: ["a2", "b1", absentFile, absentFile] })).toEqual({ launch: "before", files: ["a1", "b1", "c1", absentFile] });
  });

  it("is the old one where nothing changed", () => {
    expect(sameConfiguration(stampOfAnswer(before, before), before)).toBe(true);
  });
});

describe("two stamps", () => {
  it.each([
    ["files", { launch: "l", files: ["a"] }, { launch: "l", files: ["a", "b"] }],
    ["order", { launch: "l", files: ["a", "b"] }, { launch: "l", files: ["b", "a"] }],
    ["launch", { launch: "l", files: ["a"] }, { launch: "m", files: ["a"] }],
  ])("differ by their %s", (_by, left, right) => {
    expect([sameConfiguration(left, right), sameConfiguration(right, left), sameConfiguration(left, { ...left })]).toEqual([false, false, true]);
  });
});
