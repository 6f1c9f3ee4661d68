import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { RecordedSpan } from "../../src/adapters/fake/recording-telemetry.js";
import { piEndlessTurn, piErrorTurn, piRunStart, piTextTurn, piToolTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { temporaryFolder } from "../temporary-folder.js";
import { ObservedProvider, type ObservedProviderOptions } from "./observed-provider.js";

async function observe(options: Omit<ObservedProviderOptions, "logFolder">, act: (host: ObservedProvider) => Promise<unknown>): Promise<ObservedProvider> {
  const host = new ObservedProvider({ packageVersion: "0.87.1", ...options, logFolder: await temporaryFolder() });
  try {
    await act(host);
  } finally {
    await host[Symbol.asyncDispose]();
  }
  return host;
}

/** A span in short: where it is, its name, and how it ended. */
function short({ name, within, attributes, end }: RecordedSpan): string {
  const about = { ...attributes, ...end?.attributes };
  const { command, problem, reason, code, adopted, mode } = about;
  const details = [command, problem, reason, code, mode, adopted === undefined ? undefined : adopted ? "adopted" : "not adopted"].filter((detail) => detail !== undefined);
  return [within === undefined ? "" : `${within} > `, name, details.length === 0 ? "" : ` (${details.join(", ")})`, `: ${end?.outcome ?? "open"}`].join("");
}

function told(host: ObservedProvider): readonly string[] {
  return host.recorded.spans.map(short);
}

function spanOf(host: ObservedProvider, name: string): RecordedSpan | undefined {
  return host.recorded.spans.find((span) => span.name === name);
}

describe("the spans of a session", () => {
  it("are its start with all parts, its turn and its commands, its stop", async () => {
    const host = await observe({ agent: { on: { prompt: [piToolTurn({ tool: { name: "bash", args: { command: "ls" }, output: "a" }, text: "Done." })] } } }, async (host) => {
      await host.start({ model: "lab/thinker" });
      await host.turn("Hello");
    });

    const [before, after] = [told(host).slice(0, 10), told(host).slice(10)];
    expect(before).toEqual([
      "session.start: ok",
      "session.start > agent.launch: ok",
      "agent.launch > agent.locate: ok",
      "agent.launch > agent.spawn: ok",
      "session.start > session.start.ready: ok",
      "session.start.ready > agent.command (get-state): ok",
      "session.start > session.start.select: ok",
      "session.start.select > agent.command (list-models): ok",
      "session.start.select > agent.command (set-model): ok",
      "session.start.select > agent.command (get-state): ok",
    ]);
    expect(after.slice(0, 2)).toEqual(["agent.command (prompt): ok", "turn: ok"]);
    expect(new Set(after.slice(2, -1))).toEqual(new Set(["turn > agent.command (get-state): ok", "turn > agent.command (get-stats): ok"]));
    expect(after.at(-1)).toBe("agent.stop: ok");
    expect(spanOf(host, "session.start")).toMatchObject({ attributes: { threadId: "thread-1", resumed: false } });
    expect(spanOf(host, "agent.locate")?.end?.attributes).toEqual({ version: "0.87.1" });
    expect(spanOf(host, "turn")).toMatchObject({ attributes: { threadId: "thread-1", model: "lab/thinker" }, end: { attributes: { tools: 1, retries: 0 } } });
    expect(spanOf(host, "agent.stop")).toMatchObject({ attributes: { threadId: "thread-1" }, end: { attributes: { forced: false } } });
    // No record has one of its own.
    expect(told(host).length).toBeLessThan(20);
  });

  it("are few however long the answer is", async () => {
    const [brief, long] = await Promise.all(
      [2, 500].map((deltas) => observe({ agent: { on: { prompt: [piTextTurn({ text: "word ".repeat(500), deltas })] } } }, (host) => host.start().then(() => host.turn("Hello")))),
    );
    expect(long?.recorded.spans.length).toBe(brief?.recorded.spans.length);
  });

  it("show an adoption in the place of a spawn, and nothing of the process that waited", async () => {
    const host = await observe({}, async (host) => {
      await host.provider.listModels({ cwd: "/home/me/pathmark/project" });
      await host.start();
    });
    expect(told(host)).toEqual([
      "agent.discovery (session): ok",
      "agent.discovery > agent.locate: ok",
      "agent.discovery > agent.spawn: ok",
      "session.start: ok",
      "session.start > agent.launch: ok",
      "agent.launch > agent.locate: ok",
      "agent.launch > agent.adopt (adopted): ok",
      "session.start > session.start.ready: ok",
      "session.start.ready > agent.command (get-state): ok",
      "agent.stop: ok",
    ]);
  });

  it("say where a start failed, and why", async () => {
    const host = await observe({ agent: { startup: [{ exit: 3 }] } }, (host) => host.failing(host.start()));
    expect(told(host)).toEqual([
      "session.start (start-failed): error",
      "session.start > agent.launch: ok",
      "agent.launch > agent.locate: ok",
      "agent.launch > agent.spawn: ok",
      "session.start > session.start.ready: error",
      "session.start.ready > agent.command (get-state, agent-ended): error",
      "agent.stop: ok",
    ]);
    expect(host.recorded.counts).toEqual([{ name: "agent.exits", value: 1, attributes: expect.objectContaining({ code: 3 }) }]);
  });

  it("say that a start was called off", async () => {
    const host = await observe({ agent: { on: { get_state: { always: [{ stall: true }] } } } }, async (host) => {
      const failing = host.failing(host.start());
      await host.clock.advance(0);
      await host.provider.stopSession(host.threadId);
      await failing;
    });
    expect(told(host).slice(0, 1)).toEqual(["session.start (aborted): cancelled"]);
    expect(told(host).slice(4)).toEqual(["session.start > session.start.ready: cancelled", "session.start.ready > agent.command (get-state): cancelled", "agent.stop: ok"]);
  });

  it("tell a turn that failed from one that was interrupted, and commands that fail by how they do", async () => {
    const prompt = [piErrorTurn("529"), piEndlessTurn("Hm."), [{ reply: { error: "Busy" } }], [...piRunStart, { exit: 1 }]];
    const host = await observe({ agent: { on: { prompt } } }, async (host) => {
      await host.start();
      await host.turn("one");
      const turnId = await host.send("two");
      await host.provider.interruptTurn(host.threadId);
      await host.log.turn(turnId);
      await host.failing(host.send("three"));
      await host.turn("four");
    });
    expect(host.recorded.spans.flatMap((span) => (span.name === "turn" ? [span.end?.outcome] : []))).toEqual(["error", "cancelled", "error"]);
    expect(told(host)).toContain("turn > agent.command (abort): ok");
    expect(told(host)).toContain("agent.command (prompt, refused, other): error");
    expect(host.recorded.counts.map(({ name }) => name)).toEqual(["agent.exits"]);
  });

  it("say that a command was not answered, and that an end took force", async () => {
    const agent = { on: { get_entries: [[{ stall: true }]] }, inputEnd: [{ stall: true }], terminate: [{ stall: true }] } as const;
    const host = await observe({ agent }, async (host) => {
      await host.start();
      const failing = host.failing(host.provider.readThread(host.threadId));
      await host.clock.advance(60_000);
      await failing;
    });
    expect(told(host)).toContain("agent.command (get-history, unanswered): error");
    expect(spanOf(host, "agent.stop")).toMatchObject({ end: { outcome: "ok", attributes: { forced: true } } });
    expect(host.recorded.counts).toEqual([{ name: "agent.kills", value: 1, attributes: { reason: "forced" } }]);
  });

  it("show the new process that a switch of the model needs", async () => {
    const old = { version: "0.80.10" };
    const host = await observe({ agent: { ...old, on: { prompt: [piTextTurn("Done.")] } }, packageVersion: "0.80.10" }, async (host) => {
      await host.start();
      await host.turn("Hello", { model: "lab/thinker" });
    });
    const names = host.recorded.spans.map(({ name }) => name);
    expect(names.slice(names.indexOf("agent.stop"), -1)).toEqual(expect.arrayContaining(["agent.stop", "agent.launch", "agent.locate", "agent.spawn", "turn"]));
    expect(host.recorded.spans.filter(({ name }) => name === "session.start")).toHaveLength(1);
  });
});

describe("the spans of a question", () => {
  it("are the version, the discovery with its second try, and the check", async () => {
    const crash = { on: { get_state: [[{ crash: "SIGSEGV" }]] } } as const;
    const host = await observe({ packageVersion: undefined, agent: crash, replacement: {} }, async (host) => {
      host.stamps.touch("/home/me/pathmark/agent/models.json");
      await host.provider.inspect();
    });
    expect(told(host)).toEqual([
      "agent.version: ok",
      "agent.discovery (discovery): ok",
      "agent.discovery > agent.locate: ok",
      "agent.discovery > agent.spawn: ok",
      "agent.discovery > agent.locate: ok",
      "agent.discovery > agent.spawn: ok",
      "agent.check: ok",
    ]);
  });

  it("say why there is no answer", async () => {
    const refusal = { on: { get_available_models: { always: [{ reply: { error: "No." } }] } } } as const;
    const host = await observe({ agent: refusal }, (host) => host.failing(host.provider.listModels()));
    expect(told(host)[0]).toBe("agent.discovery (request-rejected, discovery): error");
  });

  it("say that a program did not tell its version in time", async () => {
    const host = await observe({ packageVersion: undefined, agent: { versionProbe: [{ stall: true }] } }, async (host) => {
      const inspected = host.provider.inspect();
      await host.clock.advance(10_000);
      await inspected;
    });
    expect(told(host)).toEqual(["agent.version (late): error"]);
  });
});

describe("the documentation", () => {
  const root = resolve(import.meta.dirname, "../..");
  const documented = (heading: string): readonly string[] => {
    const [, section = ""] = readFileSync(join(root, "docs/telemetry.md"), "utf8").split(`## ${heading}\n`);
    const [table = ""] = section.split("\n## ");
    return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name).toSorted();
  };
  const told = (pattern: RegExp): readonly string[] => {
    const folder = join(root, "src/domain");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    return [...new Set(sources.flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(pattern)].map(([, span = ""]) => span)))].toSorted();
  };

  it("names every span and every counter, and no other", () => {
    expect(documented("Spans")).toEqual(told(/(?:\.(?:span|child)\(|(?:readying|selecting): )"([a-z.-]+)"/g));
    expect(documented("Counters")).toEqual(told(/\.count\("([a-z.-]+)"/g));
    expect(documented("Spans").length).toBeGreaterThan(10);
    expect(documented("Counters").length).toBeGreaterThan(5);
  });
});
