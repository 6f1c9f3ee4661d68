import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DurableFolder } from "../../../playground/host/durable-folder.js";
import { lockFolder } from "../../../playground/host/folder-lock.js";
import { Keeper } from "../../../playground/host/keeper.js";
import { StartError } from "../../../playground/host/start-error.js";
import { ScriptedAgent, piEndlessTurn, piTextTurn } from "../../../src/app/testing.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { fakePi, MemoryFolder, OpenedHost } from "./opened-host.js";

describe("threads over a restart of the host", () => {
  it("are there with their history, and go on with their conversation", async () => {
    const folder = new MemoryFolder();
    const agent = new ScriptedAgent({ scenario: { on: { prompt: { always: piTextTurn("Yes.") } } } });
    const first = await OpenedHost.open({ folder, definitions: [fakePi({ agent }).definition] });
    const threadId = await first.newThread();
    const before = await first.look();
    await before.turnEnd(await first.send(threadId, "Do you hear me?"));
    await first.playground[Symbol.asyncDispose]();
    await before.ended;

    const { definition, launches } = fakePi({ agent });
    const second = await OpenedHost.open({ folder, definitions: [definition] });
    const journal = await second.look();
    await journal.until(() => journal.entries[0]);
    expect(journal.state.threads).toMatchObject([{ threadId, title: "Do you hear me?", session: "resumable", activeTurnId: null }]);
    expect(journal.state.histories[0]?.entries.map((entry) => (entry.type === "message" ? entry.message.text : entry.event.type))).toEqual(
      expect.arrayContaining(["Do you hear me?", "turn.started", "item.completed", "turn.completed"]),
    );
    const { sessionFile } = (JSON.parse(folder.texts.get(`${threadId}.json`) ?? "") as { readonly cursor: { readonly sessionFile: string } }).cursor;
    await journal.turnEnd(await second.send(threadId, "Still?"));
    expect(launches.filter((args) => args.includes(sessionFile))).toHaveLength(1);
    expect(journal.row(threadId)).toMatchObject({ session: "live", title: "Do you hear me?" });
    expect(journal.of("violation")).toEqual([]);
  });

  it("come back without the turn that the end of the host has broken off", async () => {
    const folder = new MemoryFolder();
    const agent = new ScriptedAgent({ scenario: { on: { prompt: { always: piEndlessTurn("And then") } } } });
    const first = await OpenedHost.open({ folder, definitions: [fakePi({ agent }).definition] });
    const threadId = await first.newThread();
    await first.send(threadId, "Go on for ever");
    await first.playground[Symbol.asyncDispose]();
    const second = await OpenedHost.open({ folder, definitions: [fakePi({ agent }).definition] });
    expect(second.playground.state.threads).toMatchObject([{ threadId, activeTurnId: null, session: "resumable" }]);
    const ends = second.playground.state.histories[0]?.entries.filter((entry) => entry.type === "runtime-event" && entry.event.type === "turn.completed");
    expect(ends).toHaveLength(1);
  });

  it("are gone when they were removed", async () => {
    const folder = new MemoryFolder();
    const first = await OpenedHost.open({ folder });
    await first.command({ type: "remove-thread", threadId: await first.newThread() });
    await first.playground[Symbol.asyncDispose]();
    expect([...folder.texts.keys()].filter((name) => name !== "instances.json")).toEqual([]);
  });

  it("are left alone where they cannot be read, or belong to an instance that is not there", async () => {
    const folder = new MemoryFolder();
    const first = await OpenedHost.open({ folder, definitions: [fakePi({ instanceId: "other" }).definition] });
    await first.newThread("other");
    await first.playground[Symbol.asyncDispose]();
    folder.texts.set("torn.json", '{"version":1,"thre');
    folder.texts.set("instances.json", "not JSON");
    const kept = new Map(folder.texts);
    const second = await OpenedHost.open({ folder });
    expect(second.playground.state.threads).toEqual([]);
    await second.playground[Symbol.asyncDispose]();
    expect(folder.texts).toEqual(kept);
  });
});

describe("a durable folder", () => {
  it("holds whole texts, is made when it is needed, and forgets what is removed", async () => {
    const path = join(await temporaryFolder(), "not", "there", "yet");
    const folder = new DurableFolder(path);
    expect(await folder.readAll()).toEqual(new Map());
    await folder.remove("nothing.json");
    await folder.write("a.json", "one");
    await folder.write("a.json", "two");
    await folder.write("b.json", "three");
    await writeFile(join(path, "a.json.0.draft"), "half a te");
    expect(await folder.readAll()).toEqual(new Map([["a.json", "two"], ["b.json", "three"]]));
    await folder.remove("b.json");
    expect((await readdir(path)).toSorted()).toEqual(["a.json"]);
  });

  it("leaves nothing half written behind when it cannot be written", async () => {
    const path = await temporaryFolder();
    const folder = new DurableFolder(path);
    await expect(folder.write("no/such/folder.json", "text")).rejects.toThrow("ENOENT");
    expect(await readdir(path)).toEqual([]);
  });
});

describe("a keeper", () => {
  it("writes one after the other, and of what changes meanwhile only the newest", async () => {
    const written: string[] = [];
    const gate = Promise.withResolvers<void>();
    const folder = {
      write: async (name: string, text: string) => {
        written.push(`${name} ${text}`);
        await gate.promise;
      },
      remove: (name: string) => Promise.resolve(void written.push(`${name} removed`)),
    };
    const keeper = new Keeper({ folder, onFailure: () => expect.unreachable() });
    let value = 1;
    for (; value < 5; value += 1) keeper.keep("a", () => String(value));
    keeper.keep("b", () => undefined);
    gate.resolve();
    await keeper.flushed();
    expect(written).toEqual(["a 1", "a 5", "b removed"]);
  });

  it("tells a failure and goes on", async () => {
    const failures: unknown[] = [];
    const written: string[] = [];
    const write = (name: string): Promise<void> => (name === "full" ? Promise.reject(new Error("No space left.")) : Promise.resolve(void written.push(name)));
    const keeper = new Keeper({ folder: { write, remove: write }, onFailure: (error) => failures.push(error) });
    keeper.keep("full", () => "text");
    keeper.keep("other", () => "text");
    await keeper.flushed();
    expect([failures, written]).toEqual([[new Error("No space left.")], ["other"]]);
  });
});

describe("a folder's lock", () => {
  it("lets one host in at a time, and the next one when it has gone", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "host.pid"), String(process.ppid));
    await expect(lockFolder(folder)).rejects.toThrow(StartError);
    await writeFile(join(folder, "host.pid"), "999999999");
    {
      await using _lock = await lockFolder(folder);
      expect(await readdir(folder)).toEqual(["host.pid"]);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
