import { h } from "preact";
import { describe, expect, it } from "vitest";
import { CopyButton } from "../../../playground/page/components/shell/copy-button.js";
import { Block } from "../../../playground/page/markdown/block.js";
import { safeLink } from "../../../playground/page/markdown/safe-link.js";
import { emptySplit, splitBlocks } from "../../../playground/page/markdown/split-blocks.js";
import { drawn, type Drawn } from "./drawn.js";

const markdown = (text: string): Drawn => {
  const { settled, open } = splitBlocks(emptySplit, text);
  return drawn([...settled, ...open].map(({ token }) => h(Block, { token })), [CopyButton]);
};
const tags = (text: string): readonly string[] => markdown(text).elements.map(({ tag }) => tag);

describe("Markdown", () => {
  it.each<[what: string, text: string, tags: readonly string[]]>([
    ["paragraphs with inline marks", "a *b* **c** ~~d~~ `e`", ["p", "em", "strong", "del", "code"]],
    ["line breaks as they are written", "a\nb", ["p", "br"]],
    ["headings below those of the page", "# a\n\n###### b", ["h3", "h6"]],
    ["lists", "- a\n  1. b", ["ul", "li", "ol", "li"]],
    ["quotes and rules", "> a\n\n---", ["blockquote", "p", "hr"]],
    ["code", "```ts\na\n```", ["figure", "figcaption", "span", "pre", "code"]],
    ["tables", "| a |\n| - |\n| b |", ["div", "table", "thead", "tr", "th", "tbody", "tr", "td"]],
  ])("draws %s", (_what, text, expected) => {
    expect(tags(text)).toEqual(expected);
  });

  it("numbers a list as it is written, and says what is done in a list of tasks", () => {
    expect(markdown("3. a\n4. b").elements[0]).toEqual({ tag: "ol", attributes: { start: 3 } });
    expect(markdown("- [x] a\n- [ ] b").text).toBe("[done] a[open] b");
  });

  it("shows characters as they were meant, once", () => {
    expect(markdown("a &amp; b &lt;c&gt; &#x1F600; &#38;amp; &unknown;").text).toBe("a & b <c> 😀 &amp; &unknown;");
    expect(markdown("`&lt;` \\*").text).toBe("&lt; *");
  });
});

const hostile = [
  "<script>run()</script>",
  '<img src="x" onerror="run()">',
  'inline <svg onload="run()"><a href="javascript:run()">x</a></svg> and <b style="position:fixed">bold</b>',
  '<iframe srcdoc="<script>run()</script>"></iframe>',
  "<style>body { display: none }</style>",
  '<form action="https://hostile.example/"><input name="a"></form>',
  '```x"><script>run()</script>\n</code></pre><script>run()</script>\n```',
  "| <img src=x onerror=run()> |\n| - |\n| <script>run()</script> |",
  "- <object data=x>\n\n> <embed src=x>",
  "# <base href=https://hostile.example/>",
  "<!-- comment --><?php run() ?><![CDATA[x]]>",
];

describe("a hostile answer", () => {
  it.each(hostile)("is text: %s", (text) => {
    const { elements } = markdown(text);
    const harmless = new Set(["p", "br", "em", "strong", "del", "code", "h3", "ul", "li", "blockquote", "figure", "figcaption", "span", "pre", "div", "table", "thead", "tbody", "tr", "th", "td"]);
    expect(elements.filter(({ tag }) => !harmless.has(tag))).toEqual([]);
    const names = new Set(elements.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...names].filter((name) => !["class", "start", "scope", "role", "aria-label", "tabIndex", "title"].includes(name))).toEqual([]);
  });

  it("keeps its tags readable", () => {
    expect(markdown("<script>run()</script>").text).toBe("<script>run()</script>");
    expect(markdown("a <b onclick=run()>b</b>").text).toBe("a <b onclick=run()>b</b>");
  });

  it("loads no picture: it is named", () => {
    const { elements, text } = markdown("![a cat](https://hostile.example/cat.png)");
    expect(elements.map(({ tag }) => tag)).toEqual(["p", "span", "span"]);
    expect(text).toBe("Image: a cat (https://hostile.example/cat.png)");
  });

  it("offers only links that open a page or a letter, and those without a way back", () => {
    const { elements } = markdown("[a](https://example.com/?a=1&b=2)");
    expect(elements[1]).toEqual({
      tag: "a",
      attributes: { href: "https://example.com/?a=1&b=2", target: "_blank", rel: "noopener noreferrer nofollow", title: "https://example.com/?a=1&b=2" },
    });
    expect(tags("[a](javascript:run())")).toEqual(["p", "span", "span"]);
    expect(markdown("[a](javascript:run())").text).toBe("a (javascript:run())");
  });
});

describe("a text without measure", () => {
  it("is read piece by piece, and whole", () => {
    const text = "Some *words* and more of them. ".repeat(1_000).trim();
    const { elements, text: shown } = markdown(text);
    expect(shown === text.replaceAll("*", "")).toBe(true);
    expect(elements.filter(({ tag }) => tag === "em")).toHaveLength(1_000);
  });

  it("stays as it is written where it is all marks", () => {
    const text = "*a_".repeat(7_000);
    expect(markdown(text)).toMatchObject({ text, elements: [{ tag: "p" }] });
  });

  it.each([
    ["quoted deeper than anyone can read", ">", 100],
    ["quoted deeper than the stack is", ">", 20_000],
    ["a list of lists of lists", "- ", 20_000],
    ["a list of quoted lists", "- > 1. ", 5_000],
  ])("stays as it is written where it is %s", (_what, mark, levels) => {
    const { elements, text } = markdown(`${mark.repeat(levels)} deep`);
    expect(elements.length).toBeLessThan(50);
    expect(text).toContain("deep");
  });
});

describe("the address of a link", () => {
  it.each<[href: string, safe: string | undefined]>([
    ["https://example.com/a b", "https://example.com/a%20b"],
    ["HTTP://EXAMPLE.com", "http://example.com/"],
    ["mailto:ada@example.com", "mailto:ada@example.com"],
    ["javascript:run()", undefined],
    ["JaVa\tScript:run()", undefined],
    [" javascript:run()", undefined],
    ["data:text/html,x", undefined],
    ["vbscript:x", undefined],
    ["file:///etc/passwd", undefined],
    ["blob:https://example.com/1", undefined],
    ["//example.com", undefined],
    ["/api/journal", undefined],
    ["#key=x", undefined],
    ["", undefined],
  ])("%j is %j", (href, safe) => {
    expect(safeLink(href)).toBe(safe);
  });
});
