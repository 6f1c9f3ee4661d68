import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SnapshotItem } from "../../src/domain/session/thread-snapshot.js";
import type { ProviderThreadSnapshot, UnsolicitedRunDecision } from "../../src/ports/provider.js";
import { theAgentPid } from "./agent-pids.js";
import { withExtensions } from "./extensions.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

function texts({ turns }: ProviderThreadSnapshot): readonly (readonly string[])[] {
  return turns.map(({ items }) => items.map((item) => (item as SnapshotItem).text));
}

/** Turns of one message each, and the agent's reference to each of them. */
async function say(fixture: ProviderFixture, threadId: string, ...words: readonly string[]): Promise<readonly string[]> {
  const references: string[] = [];
  for (const word of words) {
    const { turnId } = await fixture.turn({ threadId, input: `${word}.` }, [{ text: `To the ${word.toLowerCase()}.` }]);
    references.push((await fixture.log.turn(turnId)).providerRefs?.providerTurnId ?? "");
  }
  return references;
}

/** The file of the thread's conversation. */
function fileOf(fixture: ProviderFixture, threadId: string): string {
  return fixture.view(threadId)?.nativeThread?.nativeId ?? "";
}

/** Their names begin with the time, so the oldest is the first. */
async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).toSorted().map((name) => join(folder, name));
}

const referring = { session: { turnReferences: true } };

describe.each(realPiVersions)("references of Pi $version", (pi) => {
  const shared = sharedProvider({ pi, provider: referring });

  it("name the turns and the place where the conversation stands, and lead back to both", async () => {
    const fixture = shared();
    const { provider, endpoint, log } = fixture;
    const threadId = "back to a turn";
    await fixture.start({ threadId });
    const [first = "", second = "", third = ""] = await say(fixture, threadId, "First", "Second", "Third");
    const whole = await provider.readThread(threadId);
    expect(whole.turns.map(({ id }) => id)).toEqual([first, second, third]);
    expect(log.of("turn.completed").at(-1)?.payload.conversationHead).toBe(whole.conversationHead);
    const before = fileOf(fixture, threadId);

    const left = await provider.rollbackThread(threadId, { toTurn: second });
    expect([texts(left), left.turns.map(({ id }) => id)]).toEqual([[["First.", "To the first."], ["Second.", "To the second."]], [first, second]]);
    expect(left.nativeThread).toEqual({ driver: "pi", nativeId: fileOf(fixture, threadId), strength: "strong" });
    expect(fileOf(fixture, threadId)).not.toBe(before);
    await expect(provider.rollbackThread(threadId, { toTurn: third })).rejects.toMatchObject({ code: "rollback-refused" });
    expect(await say(fixture, threadId, "Fourth")).toEqual([(await provider.readThread(threadId)).turns[2]?.id]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Fourth."]);

    expect(texts(await provider.rollbackThread(threadId, { toStart: true }))).toEqual([]);
    await say(fixture, threadId, "Fifth");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Fifth."]);
    await provider.stopSession(threadId);
  });

  it("copy a conversation, whole and up to a turn, which goes on in the original and in a copy as if there were no other", async () => {
    const fixture = shared();
    const { provider, endpoint } = fixture;
    const threadId = "the original";
    await fixture.start({ threadId, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
    const [first = ""] = await say(fixture, threadId, "First", "Second");
    const file = fileOf(fixture, threadId);
    const bytes = await readFile(file);
    const folder = dirname(file);
    const others = await filesIn(folder);
    const pid = await theAgentPid();
    const whole = await provider.forkThread(threadId);
    const part = await provider.forkThread(threadId, { atTurn: first });

    expect([await readFile(file), await theAgentPid(), fileOf(fixture, threadId)]).toEqual([bytes, pid, file]);
    // Nothing is left of what was made on the way.
    expect((await filesIn(folder)).filter((name) => !others.includes(name))).toEqual([whole, part].map(({ nativeThread }) => nativeThread.nativeId));
    await say(fixture, threadId, "Third");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Third."]);
    await provider.stopSession(threadId);

    const session = await fixture.start({ threadId: "a part", nativeThread: part.nativeThread });
    expect(session).toMatchObject({ nativeThread: part.nativeThread, model: "demo/thinker", resumeCursor: { thinkingLevel: "low" } });
    await say(fixture, "a part", "Fourth");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Fourth."]);
    await provider.stopSession("a part");
  });
});

const pi = realPiVersions.find(({ version }) => version === "0.87.1");

describe("Pi 0.87.1", () => {
  const shared = sharedProvider({ ...(pi === undefined ? {} : { pi }), provider: referring });

  it("continues a conversation by its file, and no other file", async () => {
    const fixture = shared();
    const { provider, endpoint, sandbox } = fixture;
    await fixture.start({ threadId: "by name", model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
    await say(fixture, "by name", "First");
    const nativeThread = fixture.view("by name")?.nativeThread;
    await provider.stopSession("by name");
    const session = await fixture.start({ threadId: "by name", nativeThread });
    expect(session).toMatchObject({ nativeThread, model: "demo/thinker", resumeCursor: { thinkingLevel: "low" } });
    await say(fixture, "by name", "Second");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second."]);
    await provider.stopSession("by name");

    const outside = join(fixture.spareFolder, "outside.jsonl");
    await writeFile(outside, await readFile(nativeThread?.nativeId ?? ""));
    const missing = join(dirname(nativeThread?.nativeId ?? ""), "missing.jsonl");
    const settings = join(sandbox.agentDir, "sessions", "not-a-session.jsonl");
    await writeFile(settings, "{}\n");
    for (const nativeId of [outside, missing, settings]) {
      await expect(fixture.start({ threadId: "by another name", nativeThread: { nativeId } })).rejects.toMatchObject({ kind: "process", code: "resume-refused" });
    }
  });

  it("counts a message that is nothing but an image when it goes back", async () => {
    const fixture = shared();
    const { provider, model, endpoint } = fixture;
    const threadId = "an image";
    await writeFile(join(fixture.spareFolder, "dot.png"), Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64"));
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    model.willAnswer([{ text: "A dot." }]);
    const { turnId } = await provider.sendTurn({ threadId, attachments: [{ type: "image", id: "dot", name: "dot.png", mimeType: "image/png", sizeBytes: 70 }] });
    await fixture.finished(turnId);
    expect(texts(await provider.rollbackThread(threadId, 1))).toEqual([["First.", "To the first."]]);
    await say(fixture, threadId, "Third");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Third."]);
    await provider.stopSession(threadId);
  });

  it("names a conversation, and copies its name along", async () => {
    const fixture = shared();
    const { provider, log, endpoint } = fixture;
    const threadId = "named";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    await provider.nameThread(threadId, "Fix the login");
    expect(log.of("thread.metadata.updated").at(-1)).toMatchObject({ threadId, payload: { name: "Fix the login" } });
    const { nativeThread, resumeCursor } = await provider.forkThread(threadId);
    for (const file of [fileOf(fixture, threadId), nativeThread.nativeId]) expect(await readFile(file, "utf8")).toContain('"Fix the login"');
    await provider.stopSession(threadId);

    await fixture.start({ threadId: "a copy", resumeCursor });
    const [second] = await say(fixture, "a copy", "Second");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second."]);
    expect((await provider.readThread("a copy")).turns[1]?.id).toBe(second);
    await provider.stopSession("a copy");
  });
});

describe("work that an extension of Pi 0.87.1 begins", () => {
  it.each(["adopt", "discard"] as const)("%s: is what its host makes of it", async (decision) => {
    const working = Promise.withResolvers<unknown>();
    const asked: string[] = [];
    const unsolicitedRuns = async ({ threadId }: { readonly threadId: string }): Promise<UnsolicitedRunDecision> => {
      asked.push(threadId);
      await working.promise;
      return decision;
    };
    await withProvider({ ...(pi === undefined ? {} : { pi }), sandbox: { settings: withExtensions("own-work") }, provider: { session: { unsolicitedRuns } } }, async (fixture) => {
      const { provider, model, log, sandbox, endpoint } = fixture;
      const threadId = "own work";
      await fixture.start({ threadId });
      const file = join(sandbox.projectDir, "now");
      await fixture.turn({ threadId, input: `/work-upon ${file}` });
      if (decision === "adopt") model.willAnswer([{ text: "I have seen it." }]);
      else model.willIgnore(`There is ${file}.`);
      working.resolve(model.nextRequest());
      await writeFile(file, "");
      await working.promise;
      if (decision === "adopt") {
        const { turnId = "" } = await log.first("content.delta");
        await fixture.finished(turnId);
      }
      expect(asked).toEqual([threadId]);
      model.willAnswer([{ text: "Now I rest." }]);
      // While Pi is being told to stop, a message waits for that.
      const { turnId } = await provider.sendTurn({ threadId, input: "And now?" });
      await fixture.finished(turnId);
      // The first turn is that of the command, which says nothing.
      expect(log.of("turn.started").map(({ turnId: shown = "" }) => log.texts(shown))).toEqual([[], ...(decision === "adopt" ? [["I have seen it."]] : []), ["Now I rest."]]);
      expect(log.of("runtime.warning")).toEqual([]);
      expect(spoken(endpoint.requests.at(-1), "user").at(-1)).toBe("And now?");
    });
  });
});
