import { describe, expect, it } from "vitest";
import { realPis } from "../../child-agent.js";
import type { PlaygroundSite } from "./playground-site.js";
import type { PlaygroundPage } from "./playground-page.js";

/** What the page offers, and whether that is the truth. */
export function describeOffer(site: () => PlaygroundSite): void {
  describe("offers an agent only while it can be used", () => {
    it("disables one that is not installed, with the reason and the next step, until its path is corrected", async () => {
      const chat = await site().chat();
      const missing = await chat.providerEntry("Pi (not installed)");
      const choice = missing.locator(".provider-choice");
      expect(await choice.isEnabled()).toBe(false);
      const words = await chat.description(choice);
      expect(words).toContain("/opt/pi/bin/pi");
      expect(words).toMatch(/path/i);
      await choice.click({ force: true });
      expect(await chat.provider.innerText()).toBe("Pi");

      const settings = await chat.openSettings("Pi (not installed)");
      await settings.path.fill(realPis["0.87.1"]);
      await settings.save();
      await settings.says(/is ready, version 0\.87\.1, with \d+ models/);
      await settings.close();

      await chat.chooseProvider("Pi (not installed)");
      expect(await chat.provider.innerText()).toBe("Pi (not installed)");
      const turn = await chat.turn("You were not there before.");
      expect(await chat.answers(turn).innerText()).toContain("A short tour");
    });

    it("takes away the one whose path is broken, no other one, and gives it back when that is mended", async () => {
      const chat = await site().chat();
      const settings = await chat.openSettings("Pi");
      await settings.path.fill("/nowhere/pi");
      await settings.save();
      await settings.says(/\/nowhere\/pi/);
      await settings.close();

      await (await chat.providers()).waitFor();
      expect(await offered(chat)).toEqual({ Pi: false, "Pi 0.80": true, "Echo (another agent)": true, "Pi (not installed)": false });
      await chat.chooseProvider("Echo (another agent)");
      const echoed = await chat.turn("Are you still there?");
      expect(await chat.answers(echoed).innerText()).toBe("Are you still there?");

      const again = await chat.openSettings("Pi");
      await again.path.fill("");
      await again.save();
      await again.says(/Pi is ready, version 0\.87\.1/);
      await again.close();
      await chat.chooseProvider("Pi");
      const answered = await chat.turn("And you?");
      expect(await chat.answers(answered).innerText()).toContain("A short tour");
    });
  });

  describe("offers the agent's own models", () => {
    it("groups them, finds them, and lets the levels follow the model", async () => {
      const chat = await site().chat();
      const list = chat.page.getByRole("listbox", { name: "Models" });
      const found = async (group: string): Promise<readonly string[]> => await list.getByRole("group", { name: group }).locator(".option-name").allInnerTexts();
      await chat.model.click();
      expect(await found("demo")).toEqual(["Plain", "Thinker", "Vision"]);
      expect(await found("studio")).toEqual(["Sketch", "Draft XL"]);
      await chat.model.fill("draft");
      expect(await list.getByRole("option").locator(".option-name").allInnerTexts()).toEqual(["Draft XL"]);

      await chat.model.press("Enter");
      expect(await chat.levels()).toEqual(["Agent's choice", "Off", "Minimal", "Low", "Medium", "High"]);
      await chat.chooseModel("thinker");
      expect(await chat.levels()).toEqual(["Agent's choice", "Off", "Low", "High"]);
      await chat.chooseModel("sketch");
      expect(await chat.level.count()).toBe(0);

      await chat.chooseModel("thinker");
      await chat.level.selectOption({ label: "High" });
      await chat.chooseScenario("Think, then answer");
      const turn = await chat.turn("Think about it.");
      expect(await chat.answers(turn).innerText()).toContain("“high”");
      expect(await chat.footer(turn).innerText()).toMatch(/demo\/thinker[^]*level high/);
    });

    it("refuses what is no model in words, and offers a custom one that the agent takes", async () => {
      const chat = await site().chat();
      const settings = await chat.openSettings("Pi");
      const refusals = { "https://example.com/gpt": "is a web address", "demo/plain": "reports the model", "nobody/at-all": "does not know the model's provider" };
      for (const [slug, words] of Object.entries(refusals)) {
        await settings.addModel(slug);
        await settings.customModels.getByRole("alert").filter({ hasText: words }).waitFor();
      }
      await settings.addModel("demo/of-my-own");
      await settings.customModels.getByRole("listitem").filter({ hasText: "demo/of-my-own" }).getByText("Accepted by the agent").waitFor();
      expect(await settings.customModels.getByRole("listitem").count()).toBe(1);
      await settings.close();

      await chat.chooseModel("of-my-own");
      const turn = await chat.turn("Which one are you?");
      expect(await chat.footer(turn).innerText()).toContain("demo/of-my-own");
    });
  });
}

async function offered(chat: PlaygroundPage): Promise<Readonly<Record<string, boolean>>> {
  const choices = await (await chat.providers()).locator(".provider-choice").all();
  return Object.fromEntries(await Promise.all(choices.map(async (choice) => [await choice.innerText(), await choice.isEnabled()] as const)));
}
