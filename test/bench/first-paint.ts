import { randomUUID } from "node:crypto";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";
import { DurableFolder } from "../../playground/host/durable-folder.js";
import type { InstanceDefinition } from "../../playground/host/instance-definition.js";
import { listen } from "../../playground/host/listen.js";
import { Playground } from "../../playground/host/playground.js";
import { createServer } from "../../playground/host/server.js";
import { AgentSandbox } from "../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import { ScriptedModelEndpoint } from "../../src/adapters/fake/scripted-model-endpoint.js";
import { createPiProvider } from "../../src/app/container.js";
import { realPis } from "../child-agent.js";
import { buildPage } from "../playground/browser/built-page.js";
import { OwnBrowser } from "../playground/browser/chromium.js";
import { BarePage } from "./bare-page.js";
import { interleave, type Contender } from "./interleave.js";
import type { StartingPlace } from "./session-start.js";
import { judge, type Verdict } from "./verdict.js";

/** A frame begins up to 17 ms after what it shows, which is as long as all the rest: only many rounds say something. */
const rounds = 41;
const model = "demo/plain";
/** How long a model takes for its first words, and between the others, in milliseconds. Nobody is still drawing the question by then. */
const firstMs = 100;
const paceMs = 20;
const pieces = 15;
const patienceMs = 20_000;

/**
 * In the page: resolves to when the first frame with this text is about to be painted. As soon as the text is there a box of ours grows,
 * and an observer of sizes hears of that after the layout and before the paint of the very frame, wherever in it the text was put there.
 * Meanwhile frames follow one another as on a screen: without one, a browser draws a page that stands still whenever it asks.
 */
const firstFrameWith = (text: string): string => `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("The text was not painted.")), ${patienceMs});
  const box = document.body.appendChild(document.createElement("div"));
  const size = (width) => Object.assign(box.style, { position: "fixed", width, height: "1px", visibility: "hidden" });
  size("1px");
  const draw = () => box.isConnected && requestAnimationFrame(draw);
  draw();
  new MutationObserver((_changes, mutations) => {
    if (!document.body.textContent.includes(${JSON.stringify(text)})) return;
    mutations.disconnect();
    size("2px");
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
  new ResizeObserver((_entries, sizes) => {
    if (box.clientWidth !== 2) return;
    sizes.disconnect();
    box.remove();
    resolve(performance.timeOrigin + performance.now());
  }).observe(box);
})`;

/**
 * From the model endpoint's first byte to the first character painted: the playground with its provider, and a page that is given what a
 * real Pi writes and nothing else. Both by the same browser and endpoint, in turns of sessions that live already.
 */
export async function compareFirstPaint(): Promise<Verdict> {
  const told = new FirstBytes();
  await using endpoint = await ScriptedModelEndpoint.start({ respond: (request) => told.answer(request.lastUserText) });
  await using own = await AgentSandbox.create({ endpoint });
  await using bare = await AgentSandbox.create({ endpoint });
  await using browser = await OwnBrowser.launch();
  await using playground = await openPlayground({ binaryPath: realPis["0.87.1"], agentDir: own.agentDir, projectDir: own.projectDir });
  await using barePage = await BarePage.start({ binaryPath: realPis["0.87.1"], agentDir: bare.agentDir, projectDir: bare.projectDir });
  const [ourTab, bareTab] = [await browser.browser.newPage(), await browser.browser.newPage()];
  await ourTab.goto(playground.url);
  await bareTab.goto(barePage.url);
  await ourTab.waitForSelector(".chat-content");
  const times = await interleave(
    {
      ours: painting({ told, tab: ourTab, say: playground.say }),
      bare: painting({ told, tab: bareTab, say: (text) => barePage.say(text) }),
    },
    { rounds },
  );
  return judge({
    title: "first byte to first paint: playground / bare page",
    pairs: times.map(({ ours, bare }) => ({ dividend: ours, divisor: bare })),
    bound: { kind: "at most", value: 1.5 },
    ownWork: false,
  });
}

/** When the endpoint began each of its answers. */
class FirstBytes {
  readonly #at = new Map<string, number>();

  /** Names what it was asked, so that a page's text can be told from what was there before. */
  readonly answer = (question: string): ModelAnswer => {
    const begins = setTimeout(firstMs).then(() => this.#at.set(question, performance.timeOrigin + performance.now()));
    // An answer that ended at once would hide how long its beginning is held back.
    const rest = Array.from({ length: pieces }, (_, index): ModelAnswer => [{ waitFor: setTimeout(firstMs + (index + 1) * paceMs) }, { text: ` and piece ${index}` }]);
    return [{ waitFor: begins }, { text: answerTo(question) }, ...rest.flat()];
  };

  of(question: string): number {
    return this.#at.get(question) ?? Number.NaN;
  }
}

function answerTo(question: string): string {
  return question.replace("Question", "Answer");
}

interface Painting {
  readonly told: FirstBytes;
  readonly tab: Page;
  /** Resolves when the answer is complete. */
  readonly say: (text: string) => Promise<unknown>;
}

function painting({ told, tab, say }: Painting): Contender {
  return async () => {
    const question = `Question ${randomUUID()}`;
    await tab.bringToFront();
    const painted = tab.evaluate<number>(firstFrameWith(answerTo(question)));
    // Whatever the page still has to do is not what is measured.
    await tab.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
    await say(question);
    return { elapsed: (await painted) - told.of(question), cpu: 0 };
  };
}

interface OpenedPlayground extends AsyncDisposable {
  readonly url: string;
  readonly say: (text: string) => Promise<void>;
}

/** The playground's host in this process, with one thread whose session lives. */
async function openPlayground({ binaryPath, agentDir, projectDir }: StartingPlace): Promise<OpenedPlayground> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(await realpath(tmpdir()), "playground-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const pageFolder = join(folder, "page");
  await buildPage(pageFolder);
  const definition: InstanceDefinition = {
    instanceId: "pi",
    settings: { binaryPath, launchArguments: "" },
    cwd: projectDir,
    isPlaything: true,
    create: ({ watch }) => createPiProvider({ instanceId: "pi", binaryPath, agentDir, cwd: projectDir, modules: [watch] }),
  };
  const setup = { definitions: [definition], model: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  const listening = opened.use(await listen({ port: 0 }));
  const playground = opened.use(await Playground.open({ setup, folder: new DurableFolder(join(folder, "threads")), now: Date.now, newId: randomUUID, onDefect }));
  const secret = randomUUID();
  listening.serve(createServer({ playground, pageFolder, hosts: [`127.0.0.1:${listening.port}`], secret, onDefect }).fetch);
  const thread = await playground.execute({ type: "new-thread", instanceId: "pi", runtimeMode: "full-access" });
  const threadId = thread.ok ? (thread.threadId ?? "") : "";
  const say = async (text: string): Promise<void> => {
    const ended = turnEnd(playground, threadId);
    const sent = await playground.execute({ type: "send", threadId, text, selection: { provider: "pi", model } });
    if (!sent.ok) throw new Error(sent.error.detail);
    await ended;
  };
  const parts = opened.move();
  return { url: `http://127.0.0.1:${listening.port}/#key=${secret}`, say, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function onDefect(error: unknown): void {
  throw error;
}

/** Resolves with the next end of a turn. */
function turnEnd({ journal }: Playground, threadId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let place = journal.lastSeq;
  const unwatch = journal.watch(() => {
    for (const { seq, json } of journal.read({ after: place, characters: Number.MAX_SAFE_INTEGER })) {
      place = seq;
      const entry = JSON.parse(json) as { readonly threadId?: string; readonly event?: { readonly type: string } };
      if (entry.threadId === threadId && entry.event?.type === "turn.completed") resolve();
    }
  });
  return promise.finally(unwatch);
}
