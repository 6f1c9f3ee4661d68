import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { withExtensions } from "./extensions.js";
import { FinishedTurn } from "./finished-turn.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

async function writeBelow(folder: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** The next turn that nobody sends. */
async function nextTurn({ log }: ProviderFixture, threadId: string): Promise<FinishedTurn> {
  const before = log.events.length;
  const started = await log.first("turn.started", (event) => event.threadId === threadId && log.events.indexOf(event) >= before);
  const { turnId = "" } = started;
  await log.turn(turnId);
  return new FinishedTurn({ turnId, events: log.events });
}

describe.each(realPiVersions)("a command of Pi $version itself", (pi) => {
  const shared = sharedProvider({ pi, sandbox: { settings: withExtensions("own-work", "decoration") }, provider: { session: { probeMs: 20 } } });
  const threadId = "commands";

  beforeAll(async () => {
    const { agentDir } = shared().sandbox;
    await writeBelow(agentDir, "prompts/greet.md", "---\ndescription: Greets somebody\n---\nGreet $1 politely.\n");
    await writeBelow(agentDir, "skills/painting/SKILL.md", "---\nname: painting\ndescription: How to paint a wall.\n---\n\nPaint from the top down.\n");
  });

  it("is listed with the others, with skills and with prompt templates", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const commands = await fixture.provider.listCommands(threadId);
    expect(commands).toEqual(
      expect.arrayContaining([
        { name: "work", description: "Lets the model work", source: "extension" },
        { name: "decorate", description: "Decorates the terminal", source: "extension" },
        { name: "greet", description: "Greets somebody", source: "prompt" },
        { name: "skill:painting", description: "How to paint a wall.", source: "skill" },
      ]),
    );
  });

  it("that needs no model is a turn that is completed at once", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const before = fixture.endpoint.requests.length;
    const turn = await fixture.turn({ threadId, input: "/decorate" });

    expect(turn.types).toEqual(["turn.started", "turn.completed"]);
    expect(turn.end).toMatchObject({ state: "completed" });
    expect(fixture.endpoint.requests).toHaveLength(before);
  });

  it("may be a template or a skill, which the model gets whole", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    await fixture.turn({ threadId, input: "/greet Ada" }, [{ text: "Good day, Ada." }]);
    expect(fixture.endpoint.requests.at(-1)?.lastUserText.trim()).toBe("Greet Ada politely.");
    await fixture.turn({ threadId, input: "/skill:painting the red wall" }, [{ text: "From the top." }]);
    expect(fixture.endpoint.requests.at(-1)?.lastUserText).toContain("Paint from the top down.");
    expect(fixture.endpoint.requests.at(-1)?.lastUserText).toContain("the red wall");
  });

  it("that Pi does not know is a text like any other", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "/unheard-of thing" }, [{ text: "What?" }]);
    expect(fixture.endpoint.requests.at(-1)?.lastUserText).toBe("/unheard-of thing");
    expect(turn.end.state).toBe("completed");
  });

  it("that lets the model work at once is followed to the end of that work", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint } = fixture;
    model.willAnswer([{ text: "The wall is painted." }]);
    const before = log.events.length;
    const { turnId } = await provider.sendTurn({ threadId, input: "/work Paint the wall." });
    await log.first("item.completed", (event) => log.events.indexOf(event) >= before);
    const { turnId: working = "" } = log.of("item.completed").at(-1) ?? {};
    await fixture.finished(turnId);
    const work = await fixture.finished(working);

    // Whether Pi begins before or after it has answered the command is chance; that all of it is shown and ends is not.
    expect(endpoint.requests.at(-1)?.lastUserText).toBe("Paint the wall.");
    expect(log.texts(working)).toEqual(["The wall is painted."]);
    expect(work.end.state).toBe("completed");
  });

  it("that lets the model work later shows that work as a turn of its own", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { model, endpoint, log, sandbox } = fixture;
    const file = join(sandbox.projectDir, "begin");
    await fixture.turn({ threadId, input: `/work-upon ${file}` });
    model.willAnswer([{ reasoning: "Well, well." }, { text: "So there is." }]);
    const own = nextTurn(fixture, threadId);
    await writeFile(file, "");
    const turn = await own;

    expect(turn.types).toEqual(["turn.started", "content.delta", "item.completed", "turn.completed"]);
    expect(log.texts(turn.turnId)).toEqual(["So there is."]);
    expect(turn.end.state).toBe("completed");
    expect(endpoint.requests.at(-1)?.lastUserText).toBe(`There is ${file}.`);
    const next = await fixture.turn({ threadId, input: "Thank you." }, [{ text: "You are welcome." }]);
    expect(spoken(endpoint.requests.at(-1), "user").slice(-2)).toEqual([`There is ${file}.`, "Thank you."]);
    expect(next.end.state).toBe("completed");
  });

  it("that takes its time holds back what is sent meanwhile, and that begins the work then", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, endpoint, sandbox } = fixture;
    const before = endpoint.requests.length;
    const file = join(sandbox.projectDir, "finish");
    model.willAnswer([{ text: "I am ready." }]);
    const slow = provider.sendTurn({ threadId, input: `/wait-for ${file}` });
    while (fixture.view(threadId)?.status !== "running") await setImmediate();
    const held = provider.sendTurn({ threadId, input: "Are you ready?" });
    await fixture.delivered();
    await writeFile(file, "");
    const { turnId } = await slow;
    expect(await held).toMatchObject({ turnId });
    const turn = await fixture.finished(turnId);

    expect(log.texts(turnId)).toEqual(["I am ready."]);
    expect(turn.end.state).toBe("completed");
    expect(endpoint.requests.slice(before).map(({ lastUserText }) => lastUserText)).toEqual(["Are you ready?"]);
  });
});

describe.each(realPiVersions)("a host that refuses what Pi $version begins by itself", (pi) => {
  it("sees a warning instead of a turn", async () => {
    await withProvider({ pi, sandbox: { settings: withExtensions("own-work") }, provider: { session: { unsolicitedRuns: "refuse" } } }, async (fixture) => {
      const { provider, model, log, endpoint, sandbox } = fixture;
      const threadId = "refused";
      const file = join(sandbox.projectDir, "begin");
      await fixture.start({ threadId });
      await fixture.turn({ threadId, input: `/work-upon ${file}` });
      model.willIgnore(`There is ${file}.`);
      await writeFile(file, "");
      const warning = await log.first("runtime.warning");
      expect(warning.payload.message).toBe("Pi began to work by itself and was told to stop.");
      expect(warning).not.toHaveProperty("turnId");
      expect(log.of("turn.started")).toHaveLength(1);

      // A message that comes while the run is being stopped is refused with a reason; it is never mistaken for a part of that run.
      model.willAnswer([{ text: "Nothing." }]);
      const { turnId } = await vi.waitFor(() => provider.sendTurn({ threadId, input: "What was that?" }), { timeout: 10_000, interval: 10 });
      const next = await fixture.finished(turnId);
      expect(log.texts(turnId)).toEqual(["Nothing."]);
      expect(next.end.state).toBe("completed");
      expect(endpoint.requests.at(-1)?.lastUserText).toBe("What was that?");
      expect(log.of("turn.started")).toHaveLength(2);
    });
  });
});
