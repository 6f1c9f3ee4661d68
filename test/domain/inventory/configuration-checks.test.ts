import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import type { AgentInstallation } from "../../../src/domain/inventory/agent-installation.js";
import type { ConfigurationVerdict } from "../../../src/domain/inventory/configuration-checks.js";
import type { DialectConfiguration } from "../../../src/ports/agent-dialect.js";
import { echoParts, locatedEcho, type EchoParts } from "../echo-parts.js";

const installation: AgentInstallation = { binary: locatedEcho, version: { major: 1, minor: 2, patch: 3 }, searched: [], others: [] };
const file = "/agent-home/echo/models.json";
const configuration: DialectConfiguration = {
  files: () => [file],
  check: {
    file: ({ agentDir }) => `${agentDir ?? ""}/models.json`,
    args: ["--check"],
    read: (output) => (output.includes("broken") ? "The models file is ignored." : undefined),
  },
};

function partsWith(program: InMemoryProgram, change: Partial<DialectConfiguration> = {}): EchoParts {
  const parts = echoParts({ program, dialect: { configuration: { ...configuration, ...change }, environment: { ...echoDialect.environment, fixed: { NO_UPDATES: "1" } } } });
  parts.stamps.touch(file);
  return parts;
}

function check(parts: EchoParts, signal = new AbortController().signal): Promise<ConfigurationVerdict> {
  return parts.checks.run({ installation, agentDir: "/agent-home/echo", signal });
}

const complaining: InMemoryProgram = (io) => io.writeError("models.json is broken: secret");

describe("a check of the configuration", () => {
  it("says in the dialect's words what is wrong", async () => {
    const parts = partsWith(complaining);
    expect(await check(parts)).toEqual({ type: "ignored", problem: "The models file is ignored." });
    expect(parts.spawner.spawned).toMatchObject([{ command: "/opt/echo/main", args: ["--check"], cwd: "/neutral", environment: { PATH: "/bin", ECHO_HOME: "/agent-home/echo", NO_UPDATES: "1" } }]);
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("says so where all is well", async () => {
    expect(await check(partsWith((io) => io.write("fine")))).toEqual({ type: "well" });
  });

  it("starts nothing where there is no file to check", async () => {
    const parts = partsWith(complaining);
    parts.stamps.remove(file);
    expect([await check(parts), parts.spawner.spawned]).toEqual([{ type: "well" }, []]);
  });

  it("starts nothing and looks at nothing where the agent's ordinary answers tell", async () => {
    const parts = echoParts({ program: complaining });
    expect([await check(parts), parts.spawner.spawned, parts.stamps.requests]).toEqual([{ type: "well" }, [], []]);
  });

  it("knows nothing where the program does not end", async () => {
    const parts = partsWith(() => new Promise<void>(() => undefined));
    const checking = check(parts);
    await expect.poll(() => parts.spawner.running).toBe(1);
    await parts.clock.advance(10_000);
    expect([await checking, parts.spawner.running]).toEqual([{ type: "unknown" }, 0]);
  });

  it("knows nothing where the program does not start", async () => {
    const parts = partsWith(complaining);
    parts.spawner.refuse = "other";
    expect(await check(parts)).toEqual({ type: "unknown" });
  });

  it("knows nothing where it is called off, and leaves no program", async () => {
    const parts = partsWith(() => new Promise<void>(() => undefined));
    const abort = new AbortController();
    const checking = check(parts, abort.signal);
    await expect.poll(() => parts.spawner.running).toBe(1);
    abort.abort();
    expect([await checking, parts.spawner.running, parts.clock.pendingTimers]).toEqual([{ type: "unknown" }, 0, 0]);
  });
});
