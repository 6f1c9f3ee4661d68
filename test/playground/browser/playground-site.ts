import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, assert, beforeAll } from "vitest";
import { buildPage } from "./built-page.js";
import { OwnBrowser } from "./chromium.js";
import { HostProcess } from "./host-process.js";
import { PlaygroundPage, wide } from "./playground-page.js";

/** Less than a test has, so that it is told what was waited for. */
const patienceMs = 25_000;

/** The page, built once, a browser and a host, and tabs in which a person looks at it. Nothing of it outlives its disposal. */
export class PlaygroundSite implements AsyncDisposable {
  readonly #browser: OwnBrowser;
  readonly #pageFolder: string;
  readonly #folder: string;
  #host: HostProcess;
  #chat: PlaygroundPage | undefined;
  #tabs: PlaygroundPage[] = [];

  private constructor({ browser, host, pageFolder, folder }: { readonly browser: OwnBrowser; readonly host: HostProcess; readonly pageFolder: string; readonly folder: string }) {
    this.#browser = browser;
    this.#host = host;
    this.#pageFolder = pageFolder;
    this.#folder = folder;
  }

  static async open(): Promise<PlaygroundSite> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), "playground-"));
    await using opened = new AsyncDisposableStack();
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const pageFolder = join(folder, "page");
    const built = buildPage(pageFolder);
    // Nothing may still be written when the folder goes.
    opened.defer(() => built.catch(() => undefined));
    const browser = opened.use(await OwnBrowser.launch());
    const host = opened.use(await HostProcess.start({ folder, pageFolder }));
    await built;
    opened.move();
    return new PlaygroundSite({ browser, host, pageFolder, folder });
  }

  get host(): HostProcess {
    return this.#host;
  }

  /** The page as who has just opened it sees it, ready for a first message. Tests share its tab, one after the other. */
  async chat(): Promise<PlaygroundPage> {
    if (this.#chat === undefined) this.#chat = await this.open();
    else await this.#chat.reload(this.#host.url);
    await this.#chat.ready();
    return this.#chat;
  }

  /** A tab with a profile of its own, as far as the page has come. Closed after the test. */
  async open({ url = this.#host.url, context: options = {} }: { readonly url?: string; readonly context?: BrowserContextOptions } = {}): Promise<PlaygroundPage> {
    const context = await this.#browser.browser.newContext({ viewport: wide, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(patienceMs);
    const tab = await PlaygroundPage.open({ context, url });
    this.#tabs.push(tab);
    return tab;
  }

  /** Ends the host as its user would, and starts it again with what it has kept. */
  async restartHost(): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
    this.#host = await HostProcess.start({ folder: this.#folder, pageFolder: this.#pageFolder });
  }

  /**
   * After each test: no rule of the event stream was broken, and no tab had an error, asked another server for anything or broke its own
   * policy. What the test has changed is as it was.
   */
  async settle({ hasFailed }: { readonly hasFailed: boolean }): Promise<void> {
    const trouble = this.#tabs.flatMap((tab) => tab.trouble);
    const isKept = (tab: PlaygroundPage): boolean => tab === this.#chat && !hasFailed && trouble.length === 0;
    for (const tab of this.#tabs) if (!isKept(tab)) await tab.page.context().close();
    this.#tabs = this.#tabs.filter(isKept);
    [this.#chat] = this.#tabs;
    await this.#host.restore();
    assert.deepEqual(trouble, [], "a page got into trouble");
    assert.deepEqual(this.#host.violations, [], "the events broke the rules");
  }

  /** What is seen in the tabs, as a screen reader would tell it: more than what was waited for. */
  async views(): Promise<string> {
    const views = await Promise.all(this.#tabs.map(({ page }) => page.ariaSnapshot().catch(String)));
    return views.map((view) => view.slice(-6_000)).join("\n\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using ends = new AsyncDisposableStack();
    ends.defer(() => rm(this.#folder, { recursive: true, force: true }));
    ends.use(this.#host);
    ends.use(this.#browser);
  }
}

/** One site for all tests of the surrounding `describe`. */
export function sharedSite(): () => PlaygroundSite {
  let site: PlaygroundSite | undefined;
  beforeAll(async () => {
    site = await PlaygroundSite.open();
  });
  afterEach(async ({ task }) => {
    const hasFailed = task.result?.state === "fail";
    if (hasFailed) process.stderr.write(`${task.name}:\n${await site?.views()}\n`);
    await site?.settle({ hasFailed });
  });
  afterAll(() => site?.[Symbol.asyncDispose]());
  return () => {
    if (site === undefined) throw new Error("The site is there only while a test runs.");
    return site;
  };
}
