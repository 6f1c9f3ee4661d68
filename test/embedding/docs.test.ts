import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InMemoryAttachmentReader } from "../../src/adapters/fake/in-memory-attachment-reader.js";
import { ScriptedAgent } from "../../src/adapters/fake/scripted-agent.js";
import { piToolTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import * as app from "../../src/app/index.js";
import * as picker from "../../src/app/picker.js";
import * as transcript from "../../src/app/transcript.js";
import { eventStreamRules } from "../../src/app/testing.js";
import { temporaryFolder } from "../temporary-folder.js";
import { aTurnWithoutPi, attachmentsFrom, changeCustomModels, decidePerRun, fakePi, follow, storeEntities, twoInstances, warmStart } from "./embedding-examples.js";

const root = resolve(import.meta.dirname, "..", "..");
const page = await readFile(join(root, "docs", "embedding.md"), "utf8");
const glue = await sourceOf("t3-adapter.ts");
const examples = await sourceOf("embedding-examples.ts");

/** A file of this folder as a reader would have it who has installed the package. */
async function sourceOf(name: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, name), "utf8");
  return text.replaceAll('"../../src/app/index.js"', '"t3-pi-provider"').replaceAll('"../../src/app/testing.js"', '"t3-pi-provider/testing"');
}

function blocksOf(languages: readonly string[]): readonly string[] {
  return [...page.matchAll(/```(\w*)\n([\s\S]*?)```/g)].flatMap(([, language = "", code = ""]) => (languages.includes(language) ? [code] : []));
}

/** What a column of a section's tables names in code: of `call(input)` the call, of `snapshot.refresh` the whole. */
function namesIn({ section, column }: { readonly section: string; readonly column: number }): readonly string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const cells = text.split("\n").flatMap((line) => (line.startsWith("| ") ? [line.split(" | ")[column] ?? ""] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`\[?([A-Za-z]\w*(?:\.\w+)*)[`(:\]]/g)].map(([, name]) => name ?? ""));
}

describe("the page on embedding", () => {
  it("shows the whole glue as it is tested", () => {
    expect(blocksOf(["ts"])).toContain(glue);
  });

  it("shows no code that is not compiled and run here", () => {
    const blocks = blocksOf(["ts", "js", "typescript", "javascript", "tsx", "mts"]);
    expect(blocks.length).toBeGreaterThan(6);
    expect(blocks.filter((block) => block !== glue && !examples.includes(block))).toEqual([]);
    // Every other block is for a shell.
    expect(blocksOf(["", "sh"])).toHaveLength([...page.matchAll(/^```/gm)].length / 2 - blocks.length);
  });

  it("shows every example", () => {
    const shown = blocksOf(["ts"]).join("\n");
    const names = [...examples.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name ?? "");
    expect(names.filter((name) => !shown.includes(`function ${name}(`))).toEqual([]);
  });

  it("names every port, every rule and every kind of error", () => {
    const missing = [
      ...Object.keys(app.ports).map((name) => `ports.${name}`),
      ...Object.values(eventStreamRules),
      ...["validation", "session-not-found", "session-closed", "process", "request", "unsupported"].map((kind) => `\`${kind}\``),
    ].filter((word) => !page.includes(word));
    expect(missing).toEqual([]);
  });

  it("names every call of T3's adapter", () => {
    const shape = /return \{\n {6}provider: kind,\n([\s\S]*?)\n {4}\};/.exec(glue)?.[1] ?? "";
    const members = [...shape.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => name ?? "");
    expect(members).toHaveLength(13);
    const named = new Set(namesIn({ section: "Which member serves which call", column: 0 }));
    expect(members.filter((name) => !named.has(name))).toEqual([]);
  });

  it("promises no member that is not there", async () => {
    await using provider = app.createPiProvider(fakePi(new ScriptedAgent({ scenario: {} })));
    const files = [join("app", "provider-options.ts"), join("ports", "provider.ts")];
    const options = (await Promise.all(files.map((file) => readFile(join(root, "src", file), "utf8")))).join("");
    const named = [...namesIn({ section: "Which member serves which call", column: 1 }), ...namesIn({ section: "Today's T3: drivers and instances", column: 1 })];
    const known = (name: string): boolean => [provider, provider.snapshot(), app, picker, transcript].some((owner) => name in owner) || options.includes(`readonly ${name}?:`) || name === "Symbol.asyncDispose";
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !known(name))).toEqual([]);
  });

  it("links to what is there", () => {
    const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? "");
    const headings = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => `#${(title ?? "").toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")}`));
    expect(targets.filter((target) => (target.startsWith("#") ? !headings.has(target) : !existsSync(join(root, "docs", target))))).toEqual([]);
  });
});

describe("its examples", () => {
  it("play a turn without Pi", async () => {
    expect(await aTurnWithoutPi()).toEqual(["Hello!"]);
  });

  it("hand the process that told the models to the first session", async () => {
    const agent = new ScriptedAgent({ scenario: {} });
    await using provider = app.createPiProvider(fakePi(agent));
    const { models } = await warmStart(provider, "/project");
    expect(models.map(({ slug }) => slug)).toEqual(["lab/plain", "lab/thinker"]);
    expect(provider.hasSession("thread-1")).toBe(true);
    // One process was asked for its models, and it is the session's.
    expect(agent.received.filter(({ type }) => type === "get_available_models")).toHaveLength(1);
  });

  it("add a custom model, check it and remove it", async () => {
    const accepts = { pretend: { model: { provider: "lab", id: "new-model", input: ["text"] } } };
    await using provider = app.createPiProvider(fakePi(new ScriptedAgent({ scenario: { startup: [accepts] } })));
    expect(await changeCustomModels(provider)).toMatchObject([{ slug: "lab/new-model", verdict: "accepted" }]);
    expect(await provider.customModels.list()).toEqual([]);
  });

  it("refuse a custom model that Pi does not take", async () => {
    await using provider = app.createPiProvider(fakePi(new ScriptedAgent({ scenario: {} })));
    await expect(changeCustomModels(provider)).rejects.toMatchObject({ code: "custom-model-refused" });
  });

  it("follow what changes", async () => {
    const published: app.ServerProvider[] = [];
    const provider = app.createPiProvider(fakePi(new ScriptedAgent({ scenario: {} })));
    const following = follow(provider, (server) => published.push(server));
    await provider.listModels();
    await provider[Symbol.asyncDispose]();
    await following;
    expect(published.at(-1)).toMatchObject({ driver: "pi", status: "ready", models: [{ slug: "lab/plain" }, { slug: "lab/thinker" }] });
  });

  it("store whole entities", async () => {
    const agent = new ScriptedAgent({ scenario: { on: { prompt: [piToolTurn({ tool: { name: "bash", args: { command: "ls" }, output: "README.md" }, text: "I saw it." })] } } });
    const provider = app.createPiProvider(fakePi(agent));
    const rows = new Map<string, unknown>();
    const ended = Promise.withResolvers<void>();
    const storing = storeEntities(provider, (threadId, entity) => {
      const [id, row] = entity.type === "turn" ? [entity.turn.id, entity.turn] : entity.type === "item" ? [entity.item.id, entity.item] : [entity.type, entity];
      rows.set(`${threadId}:${id}`, row);
      if (entity.type === "turn" && entity.turn.state !== "running") ended.resolve();
    });
    await provider.startSession({ threadId: "thread-1", runtimeMode: "full-access" });
    const { turnId } = await provider.sendTurn({ threadId: "thread-1", input: "Look around." });
    await ended.promise;
    await provider[Symbol.asyncDispose]();
    await storing;
    expect(rows.get(`thread-1:${turnId}`)).toMatchObject({ state: "completed" });
    const items = [...rows.values()].filter((row) => typeof row === "object" && row !== null && "ordinal" in row);
    expect(items).toMatchObject([
      { type: "tool", status: "completed", data: { item: { input: { command: "ls" }, output: "README.md" } } },
      { type: "assistant-message", text: "I saw it.", streaming: false },
    ]);
    expect(rows.get("thread-1:session")).toMatchObject({ session: { state: "stopped" } });
  });

  it("read attachments from elsewhere", async () => {
    const agent = new ScriptedAgent({ scenario: {} });
    const { modules = [], ...options } = fakePi(agent);
    const files = new InMemoryAttachmentReader({ files: { "image-1": Buffer.from("pixels") } });
    const image = { type: "image", id: "image-1", name: "a.png", mimeType: "image/png", sizeBytes: 6 } as const;
    const readBytes = async (): Promise<Uint8Array> => Buffer.from((await files.read(image)).base64, "base64");
    await using provider = app.createPiProvider({ ...options, modules: [...modules, attachmentsFrom(readBytes)] });
    await provider.startSession({ threadId: "thread-1", runtimeMode: "full-access" });
    await provider.sendTurn({ threadId: "thread-1", input: "What is this?", attachments: [image] });
    expect(agent.received.find(({ type }) => type === "prompt")).toMatchObject({ images: [{ data: Buffer.from("pixels").toString("base64") }] });
  });

  it("decide about each run that nobody asked for", async () => {
    const decide = decidePerRun(async (threadId) => threadId === "watched").session?.unsolicitedRuns;
    if (typeof decide !== "function") throw new Error("There is nothing that decides.");
    expect([await decide({ threadId: "watched" }), await decide({ threadId: "forgotten" })]).toEqual(["adopt", "discard"]);
  });

  it("make instances that differ", async () => {
    const [own, work] = twoInstances({ stateDir: await temporaryFolder() });
    expect([own, work].map((provider) => provider?.snapshot())).toMatchObject([{ instanceId: "pi", displayName: "Pi" }, { instanceId: "pi-work", displayName: "Pi (work)" }]);
    for (const provider of [own, work]) await provider?.[Symbol.asyncDispose]();
  });
});

describe("the README", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");

  it("shows the lines that matter as they stand in the glue", () => {
    const lines = /```ts\n(return \{\n[\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(lines.split("\n").length).toBeGreaterThan(15);
    expect(flush(glue)).toContain(flush(lines));
  });

  it("shows no picture that is not there", () => {
    const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path ?? "");
    expect(pictures.length).toBeGreaterThan(3);
    expect(pictures.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

/** Without the depth at which it stands. */
function flush(code: string): string {
  return code.replaceAll(/^ +/gm, "");
}
