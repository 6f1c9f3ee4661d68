import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { PlaygroundSite } from "./playground-site.js";

/** What a person does in a thread. */
export function describeConversation(site: () => PlaygroundSite): void {
  it("lets a person answer the agent's questions in place", async () => {
    const chat = await site().chat();
    await chat.chooseScenario("A question");
    await chat.send("Write me a poem.");
    const questions = chat.page.getByLabel("Question", { exact: true });
    await questions.getByRole("button", { name: "A limerick", exact: true }).click();
    await questions.getByRole("button", { name: "Yes", exact: true }).click();
    const turn = await chat.ended("Write me a poem.");
    expect(await questions.locator(".verdict").allInnerTexts()).toEqual(["Answered: A limerick", "Answered: Yes"]);
    expect(await chat.answers(turn).last().innerText()).toContain("Successfully wrote");
    expect(await readFile(join(site().host.projectDir, "poem.txt"), "utf8")).toBe("Roses are red.\n");

    await chat.send("Write me another one.");
    await questions.last().getByRole("button", { name: "A haiku", exact: true }).click();
    await questions.last().getByRole("button", { name: "No", exact: true }).click();
    const refused = await chat.ended("Write me another one.");
    expect(await chat.tools(refused)).toEqual([expect.stringMatching(/poem\.txt \| Failed$/)]);
    expect(await chat.answers(refused).last().innerText()).toContain("did not want the file");
  });

  it("lets a person allow and decline in place, and change their mind about being asked", async () => {
    const notes = join(site().host.projectDir, "notes.txt");
    const chat = await site().chat();
    await chat.mode.selectOption({ label: "Ask before acting" });
    await chat.chooseScenario("Something to approve");
    await chat.send("Change my notes.");
    const asked = chat.turnOf("Change my notes.");
    const decisions = { "cat notes.txt": "Allow", "notes.txt": "Decline", "wc -l notes.txt": "Allow" };
    for (const [index, [what, decision]] of Object.entries(decisions).entries()) {
      const approval = asked.getByLabel("Approval", { exact: true }).nth(index);
      await approval.getByText(what).waitFor();
      await approval.getByRole("button", { name: decision, exact: true }).click();
    }
    await chat.ended("Change my notes.");
    expect(await asked.locator(".ask .verdict").allInnerTexts()).toEqual(["Allowed", "Declined", "Allowed"]);
    expect(await chat.tools(asked)).toEqual(["Command run | cat notes.txt | Done", "File change declined | notes.txt | Declined", "Command run | wc -l notes.txt | Done"]);
    expect(await readFile(notes, "utf8")).toMatch(/^first line\n/);

    await chat.mode.selectOption({ label: "Full access" });
    await chat.shown(chat.mode, "Full access");
    const free = await chat.turn("Now do it.");
    expect(await free.getByLabel("Approval", { exact: true }).count()).toBe(0);
    expect(await readFile(notes, "utf8")).toMatch(/^\(read\) first line\n/);
  });

  it("folds what the model thought, tells what a turn cost, and steers one that runs", async () => {
    const chat = await site().chat();
    await chat.chooseModel("thinker");
    await chat.chooseScenario("Think, then answer");
    const thought = await chat.turn("Think about it first.");
    const reasoning = thought.locator(".reasoning");
    const text = reasoning.getByText("On balance a short answer is the best one.");
    expect(await text.isVisible()).toBe(false);
    await reasoning.locator("summary").click();
    await text.waitFor();
    expect(await chat.footer(thought).innerText()).toMatch(/demo\/thinker[^]*100 in · 20 out[^]*\$0\.0002/);
    expect(await chat.page.locator(".header-facts").innerText()).toMatch(/<1 % of the context[^]*\$0\.0002/);

    await chat.chooseScenario("Slow answer");
    await chat.send("Count to a thousand.");
    const counted = chat.turnOf("Count to a thousand.");
    await chat.answers(counted).filter({ hasText: "four" }).waitFor();
    await chat.send("Say it in French.");
    await chat.ended("Count to a thousand.");
    expect(await counted.locator(".user-message").allInnerTexts()).toEqual([expect.stringContaining("Count to a thousand."), expect.stringMatching(/Steered\s+Say it in French\./)]);
    expect(await chat.answers(counted).last().innerText()).toContain("Say it in French.");
    expect(await chat.turns.count()).toBe(2);
  });

  it("begins new threads, and takes a turn back", async () => {
    const chat = await site().chat();
    await chat.turn("The first message.");
    await chat.turn("The second message.");
    await chat.newThread();
    await chat.turn("A thread beside it.");
    expect(await chat.turns.count()).toBe(1);
    await chat.thread("The first message.").click();
    await chat.turnOf("The second message.").waitFor();

    await chat.act("Roll back one turn");
    await chat.turnOf("The second message.").waitFor({ state: "detached" });
    expect(await chat.turns.count()).toBe(1);
    await chat.turn("Another second message.");
    expect(await chat.turns.count()).toBe(2);
  });

  it("finds threads again after a restart of the host, and goes on with them", async () => {
    const before = await site().chat();
    await before.chooseScenario("Tool turn");
    await before.turn("Make the greeting another one.");
    const was = await before.turns.innerText();
    await site().restartHost();
    // The page waits for the host that it knew; the new one has another address.
    await before.page.getByText("Reconnecting…").waitFor();
    await before.page.goto("about:blank");
    expect(before.forgiveTrouble(/net::ERR_(?:CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING)/)).toBeGreaterThan(0);

    const chat = await site().open();
    await chat.turnOf("Make the greeting another one.").waitFor();
    expect(await chat.turns.innerText()).toBe(was);
    await chat.page.getByText("Resumes with the next message").waitFor();
    await chat.ready();
    const turn = await chat.turn("And once more.");
    expect(await chat.answers(turn).last().innerText()).toContain("A short tour");
    expect(await chat.turns.count()).toBe(2);
  });
}
