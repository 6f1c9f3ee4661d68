import type { Scenario } from "./scenario.js";

const depth = 60;

/** What a page must not run, load or choke on. Whoever adds to it adds what would be seen if it did. */
const answer = [
  "# A hostile answer",
  "Nothing of this may run, and nothing may be loaded.",
  `<script>document.title = "hacked"; window.hacked = true;</script>`,
  `<img src="x" onerror="window.hacked = true">`,
  `<svg onload="window.hacked = true"><a href="javascript:window.hacked=true"><text y="20">svg</text></a></svg>`,
  `<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>`,
  `<style>body { display: none }</style><base href="https://hostile.example/">`,
  `<form action="https://hostile.example/"><input name="a"><button>Send</button></form>`,
  "[a harmless look](javascript:window.hacked=true) and [another](JaVaScRiPt:window.hacked=true) and [a third](data:text/html,<script>window.hacked=true</script>) and [vb](vbscript:hacked)",
  "[encoded](&#106;avascript:window.hacked=true) and [a tab](java\tscript:window.hacked=true)",
  `<a href="javascript:window.hacked=true" onmouseover="window.hacked=true">hover</a>`,
  "![a remote image](https://hostile.example/pixel.png) ![a local one](http://127.0.0.1:1/pixel.png) ![data](data:image/svg+xml,<svg onload=window.hacked=true>)",
  "[a proper link](https://example.com/) stays a link.",
  '```html"><script>window.hacked=true</script>\n</code></pre><script>window.hacked = true</script>\n```',
  "| a | b |\n| --- | --- |\n| <img src=x onerror=window.hacked=true> | `<b>` |",
  `${"> ".repeat(depth)}deep`,
  Array.from({ length: depth }, (_, level) => `${"  ".repeat(level)}- ${level}`).join("\n"),
  `${"[".repeat(500)}${"*a_".repeat(500)}`,
  "\u202Egnirts desrever a\u202C and a z\u0335\u0321a\u0337l\u0338g\u0335o\u0336 word",
  "The end of the hostile answer.",
].join("\n\n");

export const hostileAnswer: Scenario = {
  id: "hostile",
  title: "Hostile answer",
  description: "Script tags, event handlers, links that run, remote images, deep nesting: none of it may do anything.",
  prompt: "Do your worst.",
  answer: () => [{ text: answer, chunks: 40 }],
};
