import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { CuttingProxy } from "./cutting-proxy.js";
import type { PlaygroundPage } from "./playground-page.js";
import type { PlaygroundSite } from "./playground-site.js";

const paragraphs = 120;
const pieces = 10_000;

/** Text that comes: with breaks, in floods, and under the eyes of somebody who reads something else. */
export function describeStreaming(site: () => PlaygroundSite): void {
  it("loses and doubles nothing when the connection breaks in the middle of an answer", async () => {
    await using proxy = await CuttingProxy.start();
    // While the text comes, at once, and in the entry that ends it.
    const cuts = [20_000, 1, 40_000];
    proxy.cutNext(cuts);
    const chat = await site().open({ context: { proxy: { server: proxy.url, bypass: "<-loopback>" } } });
    await chat.ready();
    await chat.chooseScenario("Long answer");
    const turn = await chat.turn("Tell me everything.");
    await chat.answers(turn).getByText(`Nothing more is said in paragraph ${paragraphs}.`).waitFor();
    const numbers = await chat.answers(turn).locator("p > strong").allInnerTexts();
    expect(numbers).toEqual(Array.from({ length: paragraphs }, (_, index) => `${index + 1}.`));
    expect(await chat.turns.count()).toBe(1);
    expect(proxy.torn).toBe(cuts.length);
    expect(chat.forgiveTrouble(/net::ERR_INCOMPLETE_CHUNKED_ENCODING/)).toBe(cuts.length);
  });

  it("stays usable in a flood of ten thousand pieces: stops when it is told to, moves no reader, and has all of it in the end", async () => {
    const chat = await site().chat();
    await chat.chooseScenario("Flood in two waves");
    await chat.send("As much as you can, until I stop you.");
    const stopped = chat.turnOf("As much as you can, until I stop you.");
    const stop = await middleOf(chat.button("Stop"));
    await chat.answers(stopped).filter({ hasText: "000001" }).waitFor();
    const drawn = await drawnAtClick(chat);
    await chat.page.mouse.click(stop.x, stop.y);
    const { words } = await drawn();
    expect(words).toBeGreaterThan(0);
    expect(words).toBeLessThan(pieces);
    await chat.ended("As much as you can, until I stop you.");
    expect(await chat.footer(stopped).innerText()).toMatch(/^Stopped/);

    const view = chat.page.getByRole("region", { name: "Conversation" });
    await chat.send("And now all of it.");
    const whole = chat.turnOf("And now all of it.");
    await chat.answers(whole).filter({ hasText: "000001" }).waitFor();
    await view.hover();
    await chat.page.mouse.wheel(0, -400);
    await chat.button("Jump to latest").waitFor();
    const seen = (await flooded(chat, whole)).words;
    expect(seen).toBeLessThan(pieces);
    const top = await view.evaluate(({ scrollTop }) => scrollTop);
    const jumps = await jumpsIn(chat);
    await chat.chooseScenario("Plain answer");
    await chat.ended("And now all of it.");
    expect(await flooded(chat, whole)).toEqual({ words: pieces, inOrder: true });
    expect(await view.evaluate(({ scrollTop }) => scrollTop)).toBe(top);
    expect(await jumps()).toEqual([]);
    await chat.button("Jump to latest").click();
    await chat.button("Jump to latest").waitFor({ state: "detached" });
    expect(await view.evaluate(({ scrollTop, scrollHeight, clientHeight }) => Math.round(scrollHeight - clientHeight - scrollTop))).toBe(0);
  });
}

async function middleOf(element: Locator): Promise<{ readonly x: number; readonly y: number }> {
  await element.waitFor();
  const box = await element.boundingBox();
  if (box === null) throw new Error("It is nowhere.");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** How many words of the latest answer stood there when the page heard of the next click. */
async function drawnAtClick({ page }: PlaygroundPage): Promise<() => Promise<{ readonly words: number }>> {
  const clicked = await page.evaluateHandle(() => {
    const { promise, resolve } = Promise.withResolvers<{ readonly words: number }>();
    const onClick = (): void => resolve({ words: [...document.querySelectorAll(".assistant")].at(-1)?.textContent.trim().split(/\s+/).length ?? 0 });
    document.addEventListener("click", onClick, { capture: true, once: true });
    return { promise };
  });
  return () => clicked.evaluate(({ promise }) => promise);
}

/** The words of a flood, each of which carries its number. */
async function flooded(chat: PlaygroundPage, turn: Locator): Promise<{ readonly words: number; readonly inOrder: boolean }> {
  const texts = await chat.answers(turn).allTextContents();
  const numbers = texts.join(" ").trim().split(/\s+/).map(Number);
  return { words: numbers.length, inOrder: numbers.every((number, index) => number === index + 1) };
}

/** What was in sight of the conversation and has moved since now without its reader, by its class. */
async function jumpsIn({ page }: PlaygroundPage): Promise<() => Promise<readonly string[]>> {
  const seen = await page.evaluateHandle(() => {
    const moved: string[] = [];
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as unknown as readonly LayoutShift[]) {
        const elements = shift.hadRecentInput ? [] : shift.sources.map(({ node }) => (node instanceof Element ? node : node?.parentElement));
        moved.push(...elements.flatMap((element) => (element?.closest(".chat-scroll") ? [element.className] : [])));
      }
    }).observe({ type: "layout-shift" });
    return moved;
  });
  return () => seen.jsonValue();
}

/** Of the browser; no type of TypeScript's own. */
interface LayoutShift {
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}
