import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PlaygroundSite } from "./browser/playground-site.js";
import type { PlaygroundPage } from "./browser/playground-page.js";

/** Makes the pictures in docs/screenshots of the page as it is now, each with the same content whenever it is made. */

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const maxBytes = 250_000;
const sharp = { deviceScaleFactor: 1.5 };
/** Room for all of a turn. */
const tall = { width: 1280, height: 980 };
/** Much of it is small print. */
const low = { width: 1280, height: 680 };
const narrow = { width: 360, height: 740 };

async function take({ page }: PlaygroundPage, name: string): Promise<void> {
  // A caret that blinks and a pointer that hovers are there or not.
  await page.mouse.move(0, 0);
  // A list draws the rows that have come in sight a frame later.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.evaluate(settleWords, projectFolder);
  const path = `${folder}${name}.png`;
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = await stat(path);
  process.stdout.write(`${name}.png: ${Math.round(size / 1_000)} kB\n`);
  if (size > maxBytes) throw new Error(`${name}.png is larger than ${maxBytes / 1_000} kB.`);
}

const projectFolder = { from: "", to: "/home/user/demo-project" };

/** What is another one each time, an id or a duration or a time of day or where the project lies, is written in one way. */
function settleWords({ from, to }: { readonly from: string; readonly to: string }): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const written = text.textContent ?? "";
    const settled = written
      .replaceAll(from, to)
      .replace(/^[\d.]+ m?s$/, "1.4 s")
      .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, "7d8f0c52-6f1b-4f0e-9a35-2c4be1a9d106")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2026-01-05T09:41:00.000Z");
    if (settled !== written) text.textContent = settled;
  }
  for (const record of document.querySelectorAll(".record")) {
    const place = Number(record.getAttribute("aria-posinset"));
    const [time, latency] = [record.querySelector("time"), record.querySelector(".record-latency")];
    if (time !== null) time.textContent = `09:41:${((place * 37) / 1_000).toFixed(3).padStart(6, "0")}`;
    if (latency !== null) latency.textContent = `${1 + (place % 3)} ms`;
  }
}

await mkdir(folder, { recursive: true });
await using site = await PlaygroundSite.open();
const chat = await site.open({ context: sharp });
await chat.ready();
Object.assign(projectFolder, { from: site.host.projectDir });

await chat.turn("What can I see here?");
await chat.newThread();
await chat.chooseModel("thinker");
await chat.level.selectOption({ label: "High" });
await chat.chooseScenario("Tool turn");
const turn = await chat.turn("Make the greeting another one, and show me that it works.");
await turn.locator(".tool", { hasText: "File change" }).locator("summary").click();
await chat.page.setViewportSize(tall);
await take(chat, "chat-light");
await chat.page.emulateMedia({ colorScheme: "dark" });
await take(chat, "chat-dark");
await chat.page.emulateMedia({ colorScheme: "light" });
await chat.page.setViewportSize(narrow);
await take(chat, "narrow");
await chat.reload(site.host.url);
await chat.ready();

await chat.newThread();
await (await chat.providers()).waitFor();
await take(chat, "unavailable");
const settings = await chat.openSettings("Pi (not installed)");
await take(chat, "settings");
await settings.close();

await chat.mode.selectOption({ label: "Ask before acting" });
await chat.chooseScenario("Something to approve");
await chat.send("Change my notes, but ask me first.");
const approvals = chat.page.getByLabel("Approval", { exact: true });
await approvals.getByRole("button", { name: "Allow", exact: true }).click();
await approvals.filter({ hasText: "Change files?" }).getByRole("button", { name: "Decline", exact: true }).waitFor();
await take(chat, "approval");
await chat.button("Stop").click();
await chat.ended("Change my notes, but ask me first.");

await chat.newThread();
await chat.mode.selectOption({ label: "Full access" });
await chat.page.setViewportSize(low);
const inspector = await chat.inspect();
await chat.chooseScenario("Tool turn");
await chat.turn("Make the greeting another one, and show me that it works.");
await inspector.only("Events");
await inspector.panel.locator(".record", { hasText: "turn.completed" }).click();
await take(chat, "inspector");
await site.settle({ hasFailed: false });
