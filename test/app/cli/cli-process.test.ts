import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { AgentSandbox } from "../../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../../src/adapters/fake/model-endpoint/model-answer.js";
import { InstalledAgent } from "../../../src/adapters/fake/installed-agent.js";
import { ScriptedModelEndpoint } from "../../../src/adapters/fake/scripted-model-endpoint.js";
import { EventStreamRules } from "../../../src/domain/turn/event-stream-rules.js";
import type { ProviderModelCatalog } from "../../../src/ports/provider-inventory.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { realPis, sourceNodeArguments } from "../../child-agent.js";
import { withExtensions } from "../../e2e/extensions.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { CliProcess } from "./cli-process.js";
import { escape } from "./stub-terminal.js";

/** What the model says to a prompt. */
const answers: Readonly<Record<string, ModelAnswer>> = {
  hello: [{ reasoning: "A greeting." }, { text: "Hello from the model.\u001B[31m\u202E", chunks: 5 }],
  wait: [{ text: "I am waiting." }, { waitFor: new Promise(() => {}) }],
  lines: [{ text: Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join("\n"), chunks: 400 }],
  fail: [{ httpError: { status: 401, message: "No such key." } }],
};

let endpoint: ScriptedModelEndpoint;
let sandbox: AgentSandbox;

beforeAll(async () => {
  endpoint = await ScriptedModelEndpoint.start({
    respond: ({ lastUserText }) => {
      const answer = answers[lastUserText.trim()];
      if (answer === undefined) throw new Error(`nobody said what it answers to "${lastUserText}".`);
      return answer;
    },
  });
  sandbox = await AgentSandbox.create({ endpoint, settings: withExtensions("questions") });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
});

async function cli(args: readonly string[], options: { readonly stdin?: string } = {}): Promise<CliProcess> {
  const pi = ["--binary", realPis["0.87.1"], "--agent-dir", sandbox.agentDir];
  const process = new CliProcess({ args: [...args, ...pi], home: await temporaryFolder(), ...options });
  onTestFinished(() => process[Symbol.asyncDispose]());
  return process;
}

async function run(prompt: readonly string[], options: { readonly stdin?: string } = {}): Promise<CliProcess> {
  return await cli(["run", ...prompt, "--cwd", sandbox.projectDir], options);
}

async function demo(...options: readonly string[]): Promise<{ readonly process: CliProcess; readonly left: () => readonly string[] }> {
  const [home, temporary] = [await temporaryFolder(), await temporaryFolder()];
  const process = new CliProcess({ args: ["demo", ...options], home, temporaryFolder: temporary });
  onTestFinished(() => process[Symbol.asyncDispose]());
  return { process, left: () => [home, temporary].flatMap((folder) => readdirSync(folder)) };
}

function eventsOf(process: CliProcess): readonly ProviderRuntimeEvent[] {
  return process.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ProviderRuntimeEvent);
}

describe("doctor", () => {
  it("finds Pi ready, as JSON", async () => {
    const process = await cli(["doctor", "--json"]);
    expect(await process.exit()).toBe(0);
    expect(JSON.parse(process.out)).toMatchObject({ verdict: "ready", version: "0.87.1", modelCount: 3, binaryPath: realPis["0.87.1"] });
    expect(process.err).toBe("");
  });
});

describe("models", () => {
  it("lists what Pi offers, as JSON", async () => {
    const process = await cli(["models", "--json"]);
    expect(await process.exit()).toBe(0);
    const catalog = JSON.parse(process.out) as ProviderModelCatalog;
    expect(catalog.defaultModel).toBe("demo/plain");
    expect(catalog.models.map(({ slug }) => slug)).toEqual(["demo/plain", "demo/thinker", "demo/vision/large:latest"]);
  });

  it("says what to do when there is none", async () => {
    const process = new CliProcess({ args: ["models", "--binary", realPis["0.87.1"], "--agent-dir", await temporaryFolder()], home: await temporaryFolder() });
    onTestFinished(() => process[Symbol.asyncDispose]());
    expect(await process.exit()).toBe(1);
    expect(process.out).toBe("");
    expect(process.err).toContain("Log in to a model provider");
  });
});

describe("custom-models", () => {
  it("keeps a model that Pi accepts without listing it, with which it then runs", async () => {
    const file = ["--file", join(await temporaryFolder(), "custom-models.json")];
    const adding = await cli(["custom-models", "add", "demo/unlisted", ...file]);
    expect(await adding.exit()).toBe(0);
    expect(adding.out).toBe("Added demo/unlisted: Pi accepts it.\n");
    const running = await run(["hello", "--model", "demo/unlisted", ...file]);
    expect(await running.exit()).toBe(0);
    expect(running.out).toContain("Hello from the model.");
    expect(endpoint.requests.at(-1)?.body).toMatchObject({ model: "unlisted" });
  });
});

describe("run", () => {
  it("shows the turn as text without control codes in a pipe", async () => {
    const process = await run(["hello", "--model", "demo/thinker", "--thinking", "high"]);
    expect(await process.exit()).toBe(0);
    expect(process.out).toBe("thinking: A greeting.\n\nHello from the model.\n");
    expect(process.err).toMatch(/^Turn completed · 120 tokens \(100 in, 20 out\) · \$0\n$/);
    expect(process.out + process.err).not.toContain(escape);
  });

  it("prints every event as JSON, and nothing else", async () => {
    const process = await run(["hello", "--json"]);
    expect(await process.exit()).toBe(0);
    const events = eventsOf(process);
    const rules = new EventStreamRules();
    for (const event of events) rules.check(event);
    expect(rules.conclude()).toEqual([]);
    expect(events.at(0)?.type).toBe("session.started");
    expect(events.at(-1)?.type).toBe("session.exited");
    expect(events.find(({ type }) => type === "turn.completed")?.payload).toMatchObject({ state: "completed" });
    expect(process.out).not.toContain(escape);
    expect(process.err).toBe("");
  });

  it("takes its prompt from a pipe", async () => {
    const process = await run([], { stdin: "hello\n" });
    expect(await process.exit()).toBe(0);
    expect(process.out).toContain("Hello from the model.");
  });

  it("ends with 1 when the turn failed, and says why", async () => {
    const process = await run(["fail"]);
    expect(await process.exit()).toBe(1);
    expect(process.err).toMatch(/^error: .*No such key\..*\nTurn failed/);
  });

  it("ends with 1 when the model is unknown, and says so once", async () => {
    const process = await run(["hello", "--model", "demo/none"]);
    expect(await process.exit()).toBe(1);
    expect(process.out).toBe("");
    expect(process.err.match(/demo\/none/g)).toHaveLength(1);
  });

  it("cancels a question that nobody can answer, and says so", async () => {
    const process = await run(["/ask-select"]);
    expect(await process.exit()).toBe(0);
    expect(process.err).toContain('Pi asks "Which colour?". Nobody can answer here, so the answer is "Cancel".\nwarning: Answered: undefined\n');
  });

  it.each([[[]], [["--json"]]])("stops when its reader has gone %j", async (options) => {
    const process = await run(["lines", ...options]);
    await process.shows("\n");
    process.closeOutput();
    expect(await process.exit()).toBe(141);
    expect(process.err).not.toMatch(/^\s+at |EPIPE/m);
  });

  it("interrupts the turn at Ctrl-C, tells its end, and ends with 130", async () => {
    const process = await run(["wait", "--json"]);
    await process.shows("I am waiting.");
    process.kill("SIGINT");
    expect(await process.exit()).toBe(130);
    const events = eventsOf(process);
    expect(events.find(({ type }) => type === "turn.completed")?.payload).toMatchObject({ state: "interrupted" });
    expect(events.at(-1)).toMatchObject({ type: "session.exited", payload: { exitKind: "graceful" } });
  });

  it("stops at a request to terminate, and ends with 143", async () => {
    const process = await run(["wait"]);
    await process.shows("I am waiting.");
    process.kill("SIGTERM");
    expect(await process.exit()).toBe(143);
    expect(process.err).toMatch(/^Turn interrupted/);
  });

  it("stops even when nobody takes its output", async () => {
    const process = await run(["lines", "--json"]);
    await process.shows("turn.started");
    await process.pauseOutput();
    process.kill("SIGTERM");
    expect(await process.exit()).toBe(143);
  });
});

/** What stands in the demo and nowhere else, act by act. */
const demonstration = [
  "1. Is Pi there?\n\n✓ Pi is ready.",
  "2. Which models does Pi offer?\n\ndemo\n",
  "3. A turn: think, look, read, edit, answer\n\n> Add a word to the second line of notes.txt.\n\nthinking: ",
  "✓ File change done: notes.txt",
  "notes.txt after:\n",
  "4. Another model in the same session: demo/plain\n\n> Who are you now?\n",
  "5. A second message while Pi is at work\n\n> Think of a name for this project.\n\nI am looking for a long and beautiful name.\n\n> Make it a short one.\n\nA short one, then: Ada.\n",
  "6. Stop Pi in the middle of a sentence\n\n> Count to a thousand.\n\nOne, two, three, four,\n\n(stop)\n",
  "\n> Are you still there?\n\nYes, and I have stopped counting.\n",
  "7. Pi asks, and gets an answer\n\n> Write a poem into poem.txt.\n\nPi asks: May I write this file?\npoem.txt\n  1. Yes",
  'The answer was "Yes", and poem.txt is there.\n',
  "8. Take the last turn back\n\n> Call me Captain from now on.\n\nAye, Captain!\n\nThat turn is taken back.\n",
  'The model heard 8 messages from you, and "Call me Captain from now on." is not one of them.\n',
  "9. Pi crashes, and the conversation goes on\n\n> Tell me a story.\n\nOnce upon a time, there was\n\n(Pi is killed)\n",
  "The model heard 10 messages from you: all of the conversation.\n",
  "10. A clean stop\n\nPi has ended. ",
  "none of them broke a rule.\nThe temporary folder is gone.\n",
];

describe("demo", () => {
  it.each(Object.entries(realPis))("shows everything with Pi %s, and leaves no process and no file", async (_version, path) => {
    const { process, left } = await demo("--binary", path);
    expect(await process.exit()).toBe(0);
    for (const shown of demonstration) expect(process.out).toContain(shown);
    expect(process.out).not.toContain(escape);
    const states = Array.from(process.err.matchAll(/^Turn (\w+)/gm), ([, state]) => state);
    expect(states).toEqual(["completed", "completed", "completed", "interrupted", "completed", "completed", "completed", "completed", "failed", "completed"]);
    expect(process.err).toMatch(/^error: .*SIGKILL.*\nTurn failed$/m);
    expect(left()).toEqual([]);
  });

  it("cleans up at Ctrl-C", async () => {
    const { process, left } = await demo();
    await process.shows("> Add a word");
    process.kill("SIGINT");
    expect(await process.exit()).toBe(130);
    expect(process.err).toContain("Interrupted.");
    expect(left()).toEqual([]);
  });

  it("fails when Pi is not what the demo shows", async () => {
    await using agent = await InstalledAgent.scriptedAgent({}, { nodeArguments: sourceNodeArguments });
    const { process, left } = await demo("--binary", agent.path);
    expect(await process.exit()).toBe(1);
    expect(process.out).toContain("2. ");
    expect(process.err).toBe("t3-pi: The demo failed: Pi was to offer demo/thinker with the thinking level low.\n");
    expect(left()).toEqual([]);
  });
});
