import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SnapshotFeed } from "../../../src/domain/inventory/snapshot-feed.js";
import type { ProviderSnapshot } from "../../../src/ports/provider-inventory.js";

const initial: ProviderSnapshot = {
  provider: "demo",
  instanceId: "demo-work",
  displayName: "Demo",
  capabilities: { sessionModelSwitch: "in-session", runtimeModes: [], steering: true, userInput: true, attachments: [], resume: true, readThread: true, rollback: true, fork: true, commands: true, compaction: true, textGeneration: true },
};

/** A snapshot that can be told from others. */
function named(displayName: string): ProviderSnapshot {
  return { ...initial, displayName };
}

/** Collects the names of the snapshots that a consumer sees, until the feed ends. */
function listen(feed: SnapshotFeed): { readonly seen: readonly string[]; readonly ended: Promise<void> } {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { displayName } of feed) seen.push(displayName);
  })();
  return { seen, ended };
}

describe("a feed of snapshots", () => {
  it("shows the newest, and nothing of those before it", () => {
    const feed = new SnapshotFeed(initial);
    expect(feed.current).toBe(initial);
    feed.publish({ ...named("one"), commands: [] });
    feed.publish(named("two"));
    expect(feed.current).toEqual({ ...initial, displayName: "two" });
  });

  it("tells each change to every consumer, but not what was there before", async () => {
    const feed = new SnapshotFeed(initial);
    feed.publish(named("before"));
    const consumers = [listen(feed), listen(feed)];
    for (const name of ["one", "two"]) {
      feed.publish(named(name));
      await setImmediate();
    }
    feed.close();
    await Promise.all(consumers.map(({ ended }) => ended));
    expect(consumers.map(({ seen }) => seen)).toEqual([["one", "two"], ["one", "two"]]);
  });

  it("lets a slow consumer skip to the newest", async () => {
    const feed = new SnapshotFeed(initial);
    const consumer = listen(feed);
    for (const name of ["one", "two", "three"]) feed.publish(named(name));
    await setImmediate();
    expect(consumer.seen).toEqual(["three"]);
    feed.close();
    await consumer.ended;
  });

  it("ends with the newest, and keeps it", async () => {
    const feed = new SnapshotFeed(initial);
    const consumer = listen(feed);
    feed.publish(named("last"));
    feed.close();
    feed.publish(named("too late"));
    await consumer.ended;
    expect([consumer.seen, feed.current.displayName]).toEqual([["last"], "last"]);
  });

  it("ends at once for who comes after its end", async () => {
    const feed = new SnapshotFeed(initial);
    feed.close();
    const consumer = listen(feed);
    await consumer.ended;
    expect(consumer.seen).toEqual([]);
  });

  it("lets a consumer go that waits for a change", async () => {
    const iterator = new SnapshotFeed(initial)[Symbol.asyncIterator]();
    const next = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    expect((await iterator.next()).done).toBe(true);
  });
});
