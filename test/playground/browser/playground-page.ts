import type { BrowserContext, Locator, Page } from "playwright-core";
import { Inspector } from "./inspector.js";
import { Settings } from "./settings.js";

/** A screen for the page and what stands beside it. */
export const wide = { width: 1280, height: 800 };

/** The page as a person uses it: by roles and names. */
export class PlaygroundPage {
  readonly page: Page;
  /** What must not happen to any page: errors, refused or foreign requests, dialogs of the browser. */
  readonly trouble: string[] = [];
  #origin: string;

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
    page.on("pageerror", (error) => this.trouble.push(`error: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && this.trouble.push(`console: ${message.text()}`));
    page.on("dialog", (dialog) => {
      this.trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => new URL(request.url()).origin !== this.#origin && this.trouble.push(`request: ${request.url()}`));
  }

  static async open({ context, url }: { readonly context: BrowserContext; readonly url: string }): Promise<PlaygroundPage> {
    const opened = new PlaygroundPage(await context.newPage(), new URL(url).origin);
    await opened.page.goto(url);
    return opened;
  }

  /** As if it had just been opened: what a test has chosen and not sent is forgotten. */
  async reload(url: string): Promise<void> {
    await this.page.emulateMedia({ colorScheme: "light" });
    await this.page.setViewportSize(wide);
    this.#origin = new URL(url).origin;
    if (this.page.url() === url) await this.page.reload();
    else await this.page.goto(url);
  }

  /** What the test itself brought about; how much there was of it. */
  forgiveTrouble(what: RegExp): number {
    const others = this.trouble.filter((line) => !what.test(line));
    return this.trouble.splice(0, this.trouble.length, ...others).length - others.length;
  }

  /** Until Pi was found and asked: nothing can be sent before. */
  async ready(): Promise<void> {
    await this.page.locator(".composer-status", { hasText: "Enter sends" }).waitFor();
    await this.page.getByRole("button", { name: "Provider: Pi", exact: true }).waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  get provider(): Locator {
    return this.page.getByRole("button", { name: /^Provider: / });
  }

  get model(): Locator {
    return this.page.getByRole("combobox", { name: "Model", exact: true });
  }

  /** Only where the model has levels. */
  get level(): Locator {
    return this.page.getByRole("combobox", { name: "Thinking", exact: true });
  }

  async levels(): Promise<readonly string[]> {
    return await this.level.getByRole("option").allInnerTexts();
  }

  /** What the agent may do unasked. */
  get mode(): Locator {
    return this.page.getByRole("combobox", { name: "Mode", exact: true });
  }

  get message(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  get turns(): Locator {
    return this.page.locator(".turn");
  }

  get alert(): Locator {
    return this.page.getByRole("alert");
  }

  /** The list of providers, opened. */
  async providers(): Promise<Locator> {
    const list = this.page.getByRole("dialog", { name: "Providers" });
    if (!(await list.isVisible())) await this.provider.click();
    return list;
  }

  /** One of them, with all that stands beside it. */
  async providerEntry(label: string): Promise<Locator> {
    const list = await this.providers();
    return list.getByRole("listitem").filter({ has: this.page.getByRole("button", { name: label, exact: true }) });
  }

  async openSettings(label: string): Promise<Settings> {
    await (await this.providers()).getByRole("button", { name: `Settings of ${label}`, exact: true }).click();
    return new Settings(this.page, label);
  }

  /** What is read out beside an element's name. */
  async description(element: Locator): Promise<string> {
    const id = await element.getAttribute("aria-describedby");
    return await this.page.locator(`[id="${id}"]`).innerText();
  }

  async chooseProvider(label: string): Promise<void> {
    await (await this.providers()).locator(".provider-choice").filter({ hasText: new RegExp(`^${escaped(label)}$`) }).click();
  }

  async chooseModel(name: string): Promise<void> {
    await this.model.fill(name);
    await this.model.press("Enter");
  }

  async chooseScenario(title: string): Promise<void> {
    const scenario = this.page.getByRole("combobox", { name: "Scenario", exact: true });
    await scenario.selectOption({ label: title });
    await this.shown(scenario, title);
  }

  /** Until a select shows this: it is the host's to say that it is so. */
  async shown(select: Locator, label: string): Promise<void> {
    await select.and(this.page.locator(`:has(option:checked:text-is("${label}"))`)).waitFor();
  }

  async newThread(): Promise<void> {
    await this.button("New thread").click();
    await this.page.getByRole("heading", { level: 1, name: "New thread" }).waitFor();
  }

  /** A thread's row in the list. */
  thread(title: string): Locator {
    return this.page.locator(".thread-open").filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** What is chosen in the open thread's menu. */
  async act(name: string): Promise<void> {
    await this.button("Thread actions").click();
    await this.page.getByRole("menuitem", { name }).click();
  }

  /** Types a message and sends it. */
  async send(text: string): Promise<void> {
    await this.message.fill(text);
    await this.page.locator(".composer button[type=submit][aria-disabled=false]").waitFor();
    await this.message.press("Enter");
  }

  /** The turn that this message began or joined. */
  turnOf(text: string): Locator {
    return this.turns.filter({ has: this.page.locator(".user-message").getByText(text, { exact: true }) });
  }

  /** One message and everything that comes of it. */
  async turn(text: string): Promise<Locator> {
    await this.send(text);
    return await this.ended(text);
  }

  async ended(text: string): Promise<Locator> {
    const turn = this.turnOf(text);
    await turn.and(this.page.locator("[aria-busy=false]")).waitFor();
    return turn;
  }

  async inspect(): Promise<Inspector> {
    await this.page.getByRole("main").getByRole("button", { name: "Inspector", exact: true }).click();
    return new Inspector(this.page);
  }

  answers(turn: Locator): Locator {
    return turn.getByRole("article", { name: "Answer" });
  }

  /** The tools of a turn, each as its row says it: what it is, what it was given, how it stands. */
  async tools(turn: Locator): Promise<readonly string[]> {
    const rows = await turn.locator(".tool > summary").all();
    return await Promise.all(rows.map(async (row) => (await row.innerText()).split(/\s*\n\s*/).join(" | ")));
  }

  footer(turn: Locator): Locator {
    return turn.locator(".turn-footer");
  }

  /** Every pixel that is wider than the window would have to be scrolled to. */
  async overflow(): Promise<number> {
    return await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
