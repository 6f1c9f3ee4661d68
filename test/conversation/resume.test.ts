import { describe, expect, it } from "vitest";
import { scriptedModels } from "../../src/adapters/fake/scripted-agent/pi-models.js";
import { piSteeredTurn, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { ProviderSessionStartInput } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

/** A process that finds model and level in its session: those of {@link thinking}. */
const remembering = { models: scriptedModels.toReversed() };
const thinking = { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } } };

/** As it comes back from the host's storage. */
function stored(cursor: unknown): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(cursor)) as Readonly<Record<string, unknown>>;
}

/** The value of a flag of the latest process. */
function flag(host: HostileProvider, name: string): string | undefined {
  const args = host.spawner.spawned.at(-1)?.args ?? [];
  return args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
}

describe.each(eras)("a conversation with Pi %s", (version) => {
  it("is continued by what its cursor says, after a way through JSON", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [piTextTurn("Hello, Ada.")] } }, replacement: remembering });
    await host.start(thinking);
    await host.turn("I am Ada.");
    const cursor = stored(host.session?.resumeCursor);
    expect(cursor).toEqual({
      version: 1,
      provider: "pi",
      sessionId: "scripted-0",
      sessionFile: "/sessions/scripted.jsonl",
      cwd: "/project",
      model: "lab/thinker",
      thinkingLevel: "high",
      turnMessages: [1],
    });
    await host.provider.stopSession(host.threadId);
    const before = host.log.events.length;
    const session = await host.start({ resumeCursor: cursor });

    expect(session).toMatchObject({ model: "lab/thinker", cwd: "/project", resumeCursor: cursor });
    expect(flag(host, "--session")).toBe("/sessions/scripted.jsonl");
    expect(host.sessionFiles.requests).toMatchObject([{ file: "/sessions/scripted.jsonl", sessionId: "scripted-0", cwd: "/project" }]);
    expect(host.log.types.slice(before)).toEqual(["session.exited", "session.started", "session.configured", "thread.started"]);
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
    expect(host.shown(await host.send("Who am I?")).types[0]).toBe("turn.started");
  });

  it.each<{ readonly chosen: Partial<ProviderSessionStartInput>; readonly model: string; readonly level: string }>([
    { chosen: {}, model: "lab/thinker", level: "high" },
    { chosen: { modelOptions: { pi: { thinkingLevel: "low" } } }, model: "lab/thinker", level: "low" },
    { chosen: { model: "lab/plain" }, model: "lab/plain", level: "off" },
  ])("is continued with what the host chooses, else with what it had: $chosen", async ({ chosen, model, level }) => {
    await using host = new HostileProvider({ version, replacement: remembering });
    await host.start(thinking);
    await host.turn("Hello?");
    const cursor = stored(host.session?.resumeCursor);
    await host.provider.stopSession(host.threadId);
    const session = await host.start({ resumeCursor: cursor, ...chosen });

    expect(session).toMatchObject({ model, resumeCursor: { ...cursor, model, thinkingLevel: level } });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(host.log.of("turn.started").at(-1)?.payload).toEqual({ model, effort: level });
    // Before 0.84.4 these commands would make the choice the user's default.
    const commands = version === "0.80.10" ? host.received().map(({ type }) => type) : [];
    expect(commands.filter((type) => type === "set_model" || type === "set_thinking_level")).toEqual([]);
  });

  it("has a cursor that is the present one in every moment", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [piTextTurn("Hello."), piSteeredTurn("As you wish.")] } } });
    const { resumeCursor } = await host.start();
    expect(resumeCursor).toEqual(host.session?.resumeCursor);
    expect(resumeCursor).not.toHaveProperty("sessionFile");
    expect(resumeCursor).toMatchObject({ provisional: true });

    const first = await host.provider.sendTurn({ threadId: host.threadId, input: "Hello?" });
    // How much is said in a turn is known at its end.
    expect(first.resumeCursor).toMatchObject({ sessionFile: "/sessions/scripted.jsonl", provisional: true, turnMessages: [null] });
    await host.log.turn(first.turnId);
    expect(host.session?.resumeCursor).toMatchObject({ sessionFile: "/sessions/scripted.jsonl", turnMessages: [1] });
    expect(host.session?.resumeCursor).not.toHaveProperty("provisional");

    const second = await host.provider.sendTurn({ threadId: host.threadId, input: "Go on." });
    await host.rest();
    const steered = await host.provider.sendTurn({ threadId: host.threadId, input: "Slowly." });
    expect(steered).toMatchObject({ turnId: second.turnId, resumeCursor: { turnMessages: [1, null] } });
    await host.log.turn(second.turnId);
    expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [1, expect.any(Number)] });
  });
});
