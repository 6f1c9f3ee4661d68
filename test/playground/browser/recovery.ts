import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { PlaygroundSite } from "./playground-site.js";

/** What goes wrong is seen, and the next message works. */
export function describeRecovery(site: () => PlaygroundSite): void {
  it("shows a crash in the middle of an answer, and goes on with the conversation", async () => {
    const chat = await site().chat();
    await chat.chooseScenario("Crash");
    const broken = await chat.turn("Tell me a story.");
    expect(await chat.answers(broken).innerText()).toBe("Once upon a time, there was a process that");
    expect(await broken.locator(".banner.error").innerText()).toMatch(/Pi was ended by the signal SIGKILL/);
    expect(await chat.footer(broken).innerText()).toMatch(/^Failed/);
    const next = await chat.turn("Go on, please.");
    expect(await chat.answers(next).innerText()).toContain("here I am again");
    expect(await chat.footer(next).innerText()).not.toContain("Failed");
    expect(await chat.turns.count()).toBe(2);
  });

  it("takes no try for an answer, tells a refusal of the model's server, and stops when it is told to", async () => {
    const chat = await site().chat();
    await chat.chooseScenario("Retry");
    const retried = await chat.turn("Try until it works.");
    expect(await chat.answers(retried).allInnerTexts()).toEqual(["The third time it worked. You saw one answer, and no error."]);
    expect(await retried.locator(".banner.error").count()).toBe(0);
    expect(await chat.footer(retried).innerText()).not.toContain("Failed");

    await chat.chooseScenario("Provider error");
    const refused = await chat.turn("Will this work?");
    expect(await chat.answers(refused).count()).toBe(0);
    expect(await refused.locator(".banner.error").innerText()).toContain("The key is not valid (any more).");
    expect(await chat.footer(refused).innerText()).toMatch(/^Failed/);

    await chat.chooseScenario("Slow answer");
    await chat.send("Count to a thousand.");
    await chat.answers(chat.turnOf("Count to a thousand.")).filter({ hasText: "four" }).waitFor();
    await chat.button("Stop").click();
    const stopped = await chat.ended("Count to a thousand.");
    expect(await chat.answers(stopped).innerText()).toBe("One, two, three, four, …");
    expect(await chat.footer(stopped).innerText()).toMatch(/^Stopped/);
    expect(await stopped.locator(".banner.error").count()).toBe(0);

    await chat.chooseScenario("Plain answer");
    const next = await chat.turn("Does this work?");
    expect(await chat.answers(next).innerText()).toContain("A short tour");
  });

  it("keeps a message that could not be sent with the model that was chosen, and sends it with another one", async () => {
    const chat = await site().chat();
    await chat.turn("Hello.");
    // Pi lists it from now on, but not the Pi of this thread.
    const models = join(site().host.agentDir("pi"), "models.json");
    const before = await readFile(models, "utf8");
    onTestFinished(() => writeFile(models, before));
    await writeFile(models, before.replace('"sketch"', '"latecomer"'));
    const settings = await chat.openSettings("Pi");
    await settings.check();
    await settings.close();
    await chat.chooseModel("latecomer");
    await chat.send("Are you there?");
    await chat.alert.filter({ hasText: "latecomer" }).waitFor();
    expect(await chat.message.inputValue()).toBe("Are you there?");
    await chat.chooseModel("plain");
    await chat.message.press("Enter");
    const turn = await chat.ended("Are you there?");
    expect(await chat.answers(turn).innerText()).toContain("A short tour");
  });
}
