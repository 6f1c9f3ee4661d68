import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { ScriptedModel } from "../../../playground/host/scenarios/scripted-model.js";
import { ScriptedAgent, piEndlessTurn, piSteeredTurn, type ModelAnswer, type ModelRequest } from "../../../src/app/testing.js";
import { fakePi, OpenedHost } from "./opened-host.js";

type Message = readonly [role: "user" | "assistant" | "tool", text: string];

function request(...messages: readonly Message[]): ModelRequest {
  const lastAssistant = messages.findLastIndex(([role]) => role === "assistant");
  return {
    index: 0,
    model: "plain",
    lastUserText: messages.findLast(([role]) => role === "user")?.[1] ?? "",
    toolResults: messages.slice(lastAssistant + 1).flatMap(([role, text]) => (role === "tool" ? [text] : [])),
    imageCount: 0,
    toolNames: ["bash", "read", "edit", "write"],
    stream: true,
    body: { messages: messages.map(([role, content]) => ({ role, content })) },
  };
}

function textOf(answer: ModelAnswer): string {
  return answer.map((step) => ("text" in step ? step.text : "")).join("");
}

function toolsOf(answer: ModelAnswer): readonly string[] {
  return answer.flatMap((step) => ("toolCall" in step ? [step.toolCall.name] : []));
}

function modelWith(scenario: string): ScriptedModel {
  const model = new ScriptedModel({ paceMs: 0 });
  model.choose(scenario);
  return model;
}

/** Has the model work until it calls no tool any more. */
function conversation(model: ScriptedModel, prompt: string, result = "output"): readonly ModelAnswer[] {
  const answers: ModelAnswer[] = [];
  const messages: Message[] = [["user", prompt]];
  for (;;) {
    const answer = model.respond(request(...messages));
    answers.push(answer);
    const tools = toolsOf(answer);
    if (tools.length === 0) return answers;
    messages.push(["assistant", textOf(answer)], ...tools.map((): Message => ["tool", result]));
  }
}

describe("the scenarios", () => {
  it("are fourteen, each with words for a person, and the plain one is chosen", () => {
    const { scenarios, scenario } = new ScriptedModel({ paceMs: 0 });
    expect(scenarios.map(({ id }) => id)).toEqual(["plain", "thinking", "tools", "silent-stages", "parallel", "question", "approval", "slow", "long", "flood", "waves", "retry", "provider-error", "crash", "hostile"]);
    for (const { title, description, prompt } of scenarios) expect([title, description, prompt].every((text) => text.trim() !== "")).toBe(true);
    expect(scenario).toBe("plain");
  });

  it("take effect with the next question to the model, in whatever turn that is", () => {
    const model = modelWith("tools");
    expect(toolsOf(model.respond(request(["user", "Hello"])))).toEqual(["bash"]);
    model.choose("plain");
    expect(textOf(model.respond(request(["user", "Hello"], ["assistant", ""], ["tool", "output"])))).toContain("# A short tour");
  });

  it.each<readonly [string, readonly (readonly string[])[]]>([
    ["tools", [["bash"], ["read"], ["edit"], ["bash"], []]],
    ["silent-stages", [["bash"], ["bash"], ["bash"], []]],
    ["parallel", [["read", "read", "bash"], []]],
    ["question", [["write"], []]],
    ["approval", [["bash"], ["edit", "bash"], []]],
  ])("use tools and come to an end: %s", (scenario, tools) => {
    expect(conversation(modelWith(scenario), "Do it").map(toolsOf)).toEqual(tools);
  });

  it("say nothing in the stages without a word", () => {
    expect(conversation(modelWith("silent-stages"), "Count").map(textOf).slice(0, 3)).toEqual(["", "", ""]);
  });

  it.each([
    ["Hello", "Good morning"],
    ["Good morning", "Hello"],
  ])("edit what is there, as often as one likes: %s", (here, there) => {
    const answers = conversation(modelWith("tools"), "Greet", `return \`${here}, …\``);
    expect(answers[2]?.find((step) => "toolCall" in step)).toMatchObject({ toolCall: { arguments: { edits: [{ oldText: here, newText: there }] } } });
  });

  it("flood with ten thousand deltas", () => {
    const [step] = modelWith("flood").respond(request(["user", "Go"]));
    expect(step).toMatchObject({ chunks: 10_000 });
    expect(step !== undefined && "text" in step && step.text).toMatch(/^000001 .* 010000 $/);
  });

  it("flood in two waves, the second once another scenario is chosen", async () => {
    const model = modelWith("waves");
    const answer = model.respond(request(["user", "Go"]));
    expect(textOf(answer)).toMatch(/^000001 .* 005000 005001 .* 010000 $/);
    const waits = answer.flatMap((step) => ("waitFor" in step ? [step.waitFor] : []));
    expect(waits).toHaveLength(1);
    const isOver = vi.fn<() => void>();
    const over = Promise.all(waits).then(() => isOver());
    model.choose("waves");
    await setImmediate();
    expect(isOver).not.toHaveBeenCalled();
    model.choose("plain");
    await over;
    expect(isOver).toHaveBeenCalledOnce();
  });

  it("fail twice and then answer, also when the same is asked again", () => {
    const model = modelWith("retry");
    const failed = [...Array(6).keys()].map(() => model.respond(request(["user", "Try"]))).map((answer) => answer.some((step) => "httpError" in step));
    expect(failed).toEqual([true, true, false, true, true, false]);
  });

  it("refuse the key", () => {
    expect(modelWith("provider-error").respond(request(["user", "Go"]))).toMatchObject([{ httpError: { status: 401 } }]);
  });

  it("speak in at most two hundred pieces that make up the whole", () => {
    const answer = modelWith("long").respond(request(["user", "Go"]));
    expect(answer.length).toBeLessThanOrEqual(200);
    expect(textOf(answer)).toContain("paragraph 120.");
  });

  it("hold a hostile answer that has everything in it", () => {
    const text = textOf(modelWith("hostile").respond(request(["user", "Go"])));
    for (const danger of ["<script>", "onerror=", "javascript:", "https://hostile.example/pixel.png", "data:text/html", "<iframe", "<style>", "> > > >"]) expect(text).toContain(danger);
  });
});

describe("a model that is steered", () => {
  it("lets go of what it waits for, and repeats what it was told", async () => {
    const model = modelWith("slow");
    const waiting = model.respond(request(["user", "Count"])).flatMap((step) => ("waitFor" in step ? [step.waitFor] : []));
    model.expect({ text: " Skip it. ", after: "Count", steers: true });
    await Promise.all(waiting);
    const answer = model.respond(request(["user", "Count"], ["assistant", "One"], ["user", "Skip it."]));
    expect(textOf(answer)).toContain("> Skip it.");
    expect(textOf(model.respond(request(["user", "Skip it."])))).toContain("One, two");
  });

  it("goes on waiting for whoever was not spoken to", async () => {
    const model = modelWith("slow");
    const [wait] = model.respond(request(["user", "Count"])).flatMap((step) => ("waitFor" in step ? [step.waitFor] : []));
    model.expect({ text: "Skip", after: "Something else", steers: true });
    model.expect({ text: "Skip", after: "Count", steers: false });
    expect(await Promise.race([wait, Promise.resolve("still waiting")])).toBe("still waiting");
  });
});

describe("the scenario of a crash", () => {
  it("tells once that the agent is to be killed, and goes on with the next message", () => {
    const model = modelWith("crash");
    expect(model.takesCrash("Story")).toBe(false);
    const answer = model.respond(request(["user", "Story"]));
    expect(textOf(answer)).toContain("Once upon a time");
    expect([model.takesCrash("Something else"), model.takesCrash("Story"), model.takesCrash("Story")]).toEqual([false, true, false]);
    model.expect({ text: "Go on", after: "Story", steers: false });
    // An agent that had saved nothing yet has forgotten what it was told before it was killed.
    expect(textOf(model.respond(request(["user", "Go on"])))).toContain("here I am again");
    expect(model.takesCrash("Go on")).toBe(false);
  });

  it("breaks off again when the same is said again", () => {
    const model = modelWith("crash");
    for (const after of [undefined, "Go on"]) {
      model.expect({ text: "Story", after, steers: false });
      model.respond(request(["user", "Story"]));
      expect(model.takesCrash("Story")).toBe(true);
      model.expect({ text: "Story", after: "Story", steers: false });
      expect(textOf(model.respond(request(["user", "Story"])))).toContain("here I am again");
    }
  });
});

describe("a model in the host", () => {
  it("is told what is said in the middle of a turn", async () => {
    const model = modelWith("slow");
    const agent = new ScriptedAgent({ scenario: { on: { prompt: [piSteeredTurn("As you wish.")] } } });
    const opened = await OpenedHost.open({ definitions: [fakePi({ agent }).definition], model });
    const threadId = await opened.newThread();
    await opened.send(threadId, "Count");
    const [wait] = model.respond(request(["user", "Count"])).flatMap((step) => ("waitFor" in step ? [step.waitFor] : []));
    await opened.send(threadId, "Skip it");
    await wait;
    expect(textOf(model.respond(request(["user", "Skip it"])))).toContain("You told me");
  });

  it("has the agent killed when the first words of its answer are told", async () => {
    const model = modelWith("crash");
    const agent = new ScriptedAgent({ scenario: { on: { prompt: { always: piEndlessTurn("Once upon") } } } });
    const opened = await OpenedHost.open({ definitions: [fakePi({ agent }).definition], model });
    const journal = await opened.look();
    const threadId = await opened.newThread();
    model.respond(request(["user", "Story"]));
    expect((await journal.turnEnd(await opened.send(threadId, "Story"))).payload.state).toBe("failed");
    await opened.send(threadId, "Go on");
    expect(textOf(model.respond(request(["user", "Go on"])))).toContain("here I am again");
    expect(journal.row(threadId)?.session).toBe("live");
  });
});

describe("the menu", () => {
  it("is told to the page, and each choice to all of them", async () => {
    const opened = await OpenedHost.open({ definitions: [fakePi().definition], model: new ScriptedModel({ paceMs: 0 }) });
    const journal = await opened.look();
    expect(await opened.command({ type: "scenario", scenario: "flood" })).toEqual({ ok: true });
    expect(await journal.until(() => journal.of("scenario")[0])).toMatchObject({ scenario: "flood" });
    expect(opened.playground.state).toMatchObject({ scenario: "flood", scenarios: { length: 15 } });
    expect(await opened.command({ type: "scenario", scenario: "unheard-of" })).toMatchObject({ ok: false, error: { code: "scenario-unknown" } });
  });

  it("is empty where the models are real ones", async () => {
    const opened = await OpenedHost.open();
    expect(opened.playground.state).toMatchObject({ scenario: null, scenarios: [] });
  });
});
