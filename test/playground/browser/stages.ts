import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PlaygroundPage } from "./playground-page.js";
import type { PlaygroundSite } from "./playground-site.js";

/** What a turn looks like, however often the model and its tools take turns in it. */
export function describeStages(site: () => PlaygroundSite): void {
  it("shows a turn of many stages as one, its tools with command or file, and never an empty message", async () => {
    const chat = await site().chat();
    const inspector = await chat.inspect();
    const empty = await emptyAnswers(chat);

    await chat.chooseScenario("Tool turn");
    const turn = await chat.turn("Make the greeting another one.");
    expect(await chat.turns.count()).toBe(1);
    expect(await chat.tools(turn)).toEqual([
      "Command run | ls -R . | head -20 && cat notes.txt | Done",
      "read | src/greet.js | Done",
      "File change | src/greet.js | Done",
      `Command run | node -e "import('./src/greet.js').then(({ greet }) => console.log(greet('Ada')))" | Done`,
    ]);
    expect(await chat.answers(turn).allInnerTexts()).toEqual(["Let me look at the project.", "The greeting is “Hello”. I make it “Good morning”.", expect.stringContaining("Good morning, Ada!")]);
    expect(await readFile(join(site().host.projectDir, "src/greet.js"), "utf8")).toContain("Good morning");
    const edit = turn.locator(".tool", { hasText: "File change" });
    await edit.locator("summary").click();
    expect(await edit.getByLabel("Change", { exact: true }).innerText()).toMatch(/^- .*Hello.*\n\+ .*Good morning/);

    expect(await inspector.count("turn.started")).toBe(1);
    expect(await inspector.count("turn.completed")).toBe(1);
    expect(await inspector.count("tool_execution_start")).toBe(4);
    expect(await inspector.rules()).toContain("0 violations");

    await chat.chooseScenario("Stages without a word");
    const silent = await chat.turn("Count the lines, without a word.");
    expect(await chat.tools(silent)).toEqual(["Command run | wc -l notes.txt | Done", "Command run | wc -l README.md | Done", "Command run | date -u +%Y | Done"]);
    expect(await chat.answers(silent).allInnerTexts()).toEqual(["Three commands, and not a word in between."]);

    await chat.chooseScenario("Parallel tools");
    const parallel = await chat.turn("Read everything at once.");
    expect(await chat.tools(parallel)).toEqual(["read | README.md | Done", "read | notes.txt | Done", "Command run | cat src/greet.js | Done"]);
    expect(await chat.answers(parallel).allInnerTexts()).toEqual(["All at once, then.", "I have read all three of them."]);

    expect(await inspector.count("turn.completed")).toBe(3);
    expect(await empty()).toBe(0);
  });
}

/** How often an answer without a word was in the page since now, be it for a moment. */
async function emptyAnswers({ page }: PlaygroundPage): Promise<() => Promise<number>> {
  const seen = await page.evaluateHandle(() => {
    const count = { empty: 0 };
    const look = (): void => {
      for (const answer of document.querySelectorAll(".assistant")) if (answer.textContent.trim() === "") count.empty += 1;
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
    return count;
  });
  return async () => (await seen.jsonValue()).empty;
}
