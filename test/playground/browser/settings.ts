import type { Locator, Page } from "playwright-core";

/** The settings dialog, opened at one instance. */
export class Settings {
  readonly dialog: Locator;
  readonly #form: Locator;

  constructor(page: Page, label: string) {
    this.dialog = page.getByRole("dialog", { name: "Settings" });
    this.#form = this.dialog.getByRole("form", { name: `Settings of ${label}`, exact: true });
  }

  get path(): Locator {
    return this.#form.getByRole("textbox", { name: "Path of the program" });
  }

  async save(): Promise<void> {
    await this.#form.getByRole("button", { name: "Save" }).click();
  }

  /** Has the agent asked again, and waits for its answer. */
  async check(): Promise<void> {
    const check = this.#form.getByRole("button", { name: "Check again" });
    await check.click();
    await this.#form.getByRole("button", { name: "Checking…" }).waitFor();
    await check.waitFor();
  }

  async says(words: RegExp): Promise<void> {
    await this.#form.getByRole("status").filter({ hasText: words }).waitFor();
  }

  get customModels(): Locator {
    return this.dialog.getByRole("form", { name: "Custom models" });
  }

  /** What is typed as a custom model, and sent. */
  async addModel(slug: string): Promise<void> {
    await this.customModels.getByRole("textbox", { name: "Model" }).fill(slug);
    await this.customModels.getByRole("button", { name: "Add model" }).click();
  }

  async close(): Promise<void> {
    await this.dialog.getByRole("button", { name: "Close the settings" }).click();
    await this.dialog.waitFor({ state: "hidden" });
  }
}
