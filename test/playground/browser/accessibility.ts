import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type Axe from "axe-core";
import type { RunOptions } from "axe-core";
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import type { PlaygroundPage } from "./playground-page.js";
import type { PlaygroundSite } from "./playground-site.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const narrow = { width: 360, height: 740 };

/** Whether everybody can use it: with any eyes, with a keyboard, on a small screen. */
export function describeAccessibility(site: () => PlaygroundSite): void {
  it("has no serious fault for axe in its main states, light, dark and narrow, and is never wider than the screen", async () => {
    const chat = await site().open();
    await chat.page.evaluate(await readFile(axe, "utf8"));
    const found: string[] = [];
    const look = async (state: string): Promise<void> => {
      found.push(...(await faults(chat)).map((fault) => `${state}: ${fault}`));
      if ((await chat.overflow()) > 0) found.push(`${state}: wider than the screen`);
      // In the dark nothing but its colours is another one, and a narrow page has the same.
      if (state.startsWith("narrow")) return;
      await chat.page.emulateMedia({ colorScheme: "dark" });
      found.push(...(await faults(chat, ["color-contrast"])).map((fault) => `${state}, dark: ${fault}`));
      await chat.page.emulateMedia({ colorScheme: "light" });
    };
    await chat.ready();
    await look("empty");
    await chat.providers();
    await look("providers");
    const settings = await chat.openSettings("Pi (not installed)");
    await look("settings");
    await settings.close();
    await chat.model.click();
    await look("models");
    await chat.model.press("Escape");

    await chat.inspect();
    await chat.chooseScenario("Tool turn");
    const turn = await chat.turn("Make the greeting another one.");
    for (const fold of await turn.locator("summary").all()) await fold.click();
    await chat.page.locator(".record").last().click();
    await look("tools and inspector");
    await chat.chooseScenario("A question");
    await chat.send("Write me a poem.");
    await chat.page.getByRole("button", { name: "A haiku", exact: true }).waitFor();
    await look("question");

    await chat.page.setViewportSize(narrow);
    for (const panel of ["Threads", "Inspector", "Chat"]) {
      await chat.page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name: panel, exact: true }).click();
      await look(`narrow ${panel}`);
    }
    await chat.button("Stop").click();
    await chat.ended("Write me a poem.");
    await chat.chooseScenario("Hostile answer");
    await chat.turn("Do your worst.");
    await look("narrow hostile answer");
    expect(found).toEqual([]);
  });

  it("can be used with the keyboard alone", async () => {
    const chat = await site().chat();
    const { page } = chat;
    await tabTo(chat, chat.model);
    await page.keyboard.type("thinker");
    await page.keyboard.press("Enter");
    await tabTo(chat, chat.level);
    await page.keyboard.type("High");
    const scenario = page.getByRole("combobox", { name: "Scenario", exact: true });
    await tabTo(chat, scenario);
    await page.keyboard.type("Slow");
    await chat.shown(scenario, "Slow answer");
    await tabTo(chat, chat.message);
    await page.keyboard.type("Count to a thousand.");
    await page.keyboard.press("Enter");
    await chat.answers(chat.turnOf("Count to a thousand.")).filter({ hasText: "four" }).waitFor();
    await tabTo(chat, chat.button("Stop"));
    await page.keyboard.press("Enter");
    const stopped = await chat.ended("Count to a thousand.");
    expect(await chat.footer(stopped).innerText()).toMatch(/^Stopped[^]*demo\/thinker[^]*level high/);

    await tabTo(chat, scenario);
    await page.keyboard.type("A q");
    await chat.shown(scenario, "A question");
    await tabTo(chat, chat.message);
    await page.keyboard.type("Write me a poem.");
    await page.keyboard.press("Enter");
    for (const answer of ["A limerick", "Yes"]) {
      const choice = chat.button(answer);
      await choice.waitFor();
      await tabTo(chat, choice);
      await page.keyboard.press("Enter");
    }
    const turn = await chat.ended("Write me a poem.");
    expect(await chat.answers(turn).last().innerText()).toContain("Successfully wrote");
  });
}

/** Goes where the keyboard leads, as often as it takes. */
async function tabTo({ page }: PlaygroundPage, goal: Locator): Promise<void> {
  for (let steps = 0; steps < 80; steps += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("The keyboard does not lead there.");
}

/** What axe finds that keeps people out, each with where it is. */
async function faults({ page }: PlaygroundPage, rules?: readonly string[]): Promise<readonly string[]> {
  const options: RunOptions = { resultTypes: ["violations"], ...(rules === undefined ? {} : { runOnly: [...rules] }) };
  const { violations, passes } = await page.evaluate((options) => (globalThis as unknown as { readonly axe: typeof Axe }).axe.run(options), options);
  expect(passes).not.toEqual([]);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary = "" }) => `${id} at ${target.join(" ")}: ${failureSummary.split("\n").slice(1).join(" ").trim()}`));
}
