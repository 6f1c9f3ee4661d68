import type { Locator, Page } from "playwright-core";

/** What the page shows of the wires beneath a thread. */
export class Inspector {
  readonly panel: Locator;

  constructor(page: Page) {
    this.panel = page.getByRole("complementary", { name: "Inspector" });
  }

  /** How many records of this type the open thread has had since the inspector was opened. */
  async count(type: string): Promise<number> {
    await this.panel.getByRole("searchbox", { name: "Filter records" }).fill(type);
    return await this.panel.locator(".record-label").getByText(type, { exact: true }).count();
  }

  async only(kind: "All" | "Events" | "Native"): Promise<void> {
    await this.panel.getByRole("button", { name: kind, exact: true }).click();
  }

  async rules(): Promise<string> {
    return await this.panel.locator(".rules summary").innerText();
  }
}
