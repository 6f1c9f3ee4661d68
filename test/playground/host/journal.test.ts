import { describe, expect, it } from "vitest";
import { Journal } from "../../../playground/host/journal.js";
import { journalStream } from "../../../playground/host/journal-stream.js";
import type { HostState, JournalEntry } from "../../../playground/shared/protocol.js";

const nothing: HostState = { hostId: "host", instances: [], threads: [], histories: [], scenarios: [], scenario: null, rules: [] };

function journalOf(entries: number, limits?: ConstructorParameters<typeof Journal>[0]["limits"]): Journal {
  const journal = new Journal({ now: () => 1_000, ...(limits === undefined ? {} : { limits }) });
  add(journal, entries);
  return journal;
}

function add(journal: Journal, entries: number): void {
  for (let index = 0; index < entries; index += 1) journal.add({ type: "scenario", scenario: `scenario ${journal.lastSeq + 1}` });
}

/** A reader who takes a chunk when the test says so. */
function open(journal: Journal, after?: number) {
  const beats: (() => void)[] = [];
  const ends: string[] = [];
  const stream = journalStream({
    journal,
    after,
    state: () => nothing,
    pulse: (ring) => {
      beats.push(ring);
      return () => void ends.push("pulse");
    },
    onEnd: () => void ends.push("end"),
  });
  const reader = stream.getReader();
  const chunk = async (): Promise<string | undefined> => {
    const { done, value } = await reader.read();
    return done ? undefined : new TextDecoder().decode(value);
  };
  const seqs = async (): Promise<readonly number[] | undefined> => (await chunk())?.split("\n\n").flatMap((block) => (block.startsWith("id: ") ? [Number(block.slice(4, block.indexOf("\n")))] : []));
  return { reader, chunk, seqs, ends, beat: () => beats.forEach((ring) => ring()) };
}

describe("a journal", () => {
  it("numbers its entries from 1 without a gap, and remembers each as it was", () => {
    const journal = journalOf(3);
    const entries = journal.read({ after: 0, characters: 1_000_000 }).map(({ json }) => JSON.parse(json) as JournalEntry);
    expect(entries).toEqual([1, 2, 3].map((seq) => ({ seq, at: 1_000, type: "scenario", scenario: `scenario ${seq}` })));
  });

  it.each([
    ["entries", { entries: 10, characters: 1_000_000 }],
    ["characters", { entries: 1_000_000, characters: 600 }],
  ])("is bounded in its %s", (_name, limits) => {
    const journal = journalOf(1_000, limits);
    expect(journal.read({ after: 995, characters: 1_000_000 }).map(({ seq }) => seq)).toEqual([996, 997, 998, 999, 1_000]);
    expect([journal.remembers(0), journal.remembers(900), journal.remembers(1_000), journal.remembers(1_001)]).toEqual([false, false, true, false]);
    expect(journal.read({ after: 900, characters: 1_000_000 })).toEqual([]);
  });

  it("keeps its newest entry, however large it is", () => {
    const journal = journalOf(1, { entries: 10, characters: 5 });
    expect(journal.read({ after: 0, characters: 1 })).toHaveLength(1);
  });

  it("finds its place again after it has forgotten often", () => {
    const journal = new Journal({ now: () => 0, limits: { entries: 7, characters: 1_000_000 } });
    for (let seq = 1; seq <= 100; seq += 1) {
      add(journal, 1);
      expect(journal.read({ after: seq - 1, characters: 1 }).map((entry) => entry.seq)).toEqual([seq]);
      const oldest = Math.max(0, seq - 7);
      expect(journal.read({ after: oldest, characters: 1_000_000 }).map((entry) => entry.seq)).toEqual(Array.from({ length: seq - oldest }, (_, index) => oldest + 1 + index));
    }
  });
});

describe("a reader of the journal", () => {
  it("that knows nothing gets the state under the newest number, and what comes after it", async () => {
    const journal = journalOf(3);
    const { chunk, seqs } = open(journal);
    expect(await chunk()).toBe(`id: 3\ndata: ${JSON.stringify({ seq: 3, at: 1_000, type: "state", state: nothing })}\n\n`);
    add(journal, 2);
    expect(await seqs()).toEqual([4, 5]);
  });

  it("that comes back gets what it has missed, each entry once and none twice", async () => {
    const journal = journalOf(5);
    const { seqs } = open(journal, 2);
    expect([await seqs(), await seqs()]).toEqual([[], [3, 4, 5]]);
    const waiting = seqs();
    add(journal, 1);
    expect(await waiting).toEqual([6]);
  });

  it("that missed nothing waits for the next entry", async () => {
    const journal = journalOf(5);
    const { seqs } = open(journal, 5);
    expect(await seqs()).toEqual([]);
    const waiting = seqs();
    add(journal, 1);
    expect(await waiting).toEqual([6]);
  });

  it.each([
    ["has missed more than is remembered", 1],
    ["names a number that never was", 1_000],
  ])("that %s begins again with the state", async (_name, after) => {
    const journal = journalOf(100, { entries: 10, characters: 1_000_000 });
    const { chunk, seqs } = open(journal, after);
    expect(await chunk()).toMatch(/^id: 100\ndata: \{"seq":100,"at":1000,"type":"state"/);
    add(journal, 1);
    expect(await seqs()).toEqual([101]);
  });

  it("that is slow holds nothing up, has at most one chunk waiting, and is cut off when it falls behind", async () => {
    const journal = journalOf(0, { entries: 5_000, characters: 1_000_000 });
    const { chunk, seqs, ends } = open(journal);
    await chunk();
    add(journal, 10_000);
    expect(journal.lastSeq).toBe(10_000);
    expect(await seqs()).toBeUndefined();
    expect(ends).toEqual(["pulse", "end"]);

    const again = open(journal, 0);
    expect(await again.seqs()).toEqual([10_000]);
  });

  it("that is slow but keeps within what is remembered loses nothing", async () => {
    const journal = journalOf(0, { entries: 5_000, characters: 1_000_000 });
    const { chunk, seqs } = open(journal);
    await chunk();
    const read: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      add(journal, 2_000);
      while (read.length < journal.lastSeq) read.push(...((await seqs()) ?? []));
    }
    expect(read).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
  });

  it("gets a chunk of bounded size", async () => {
    const journal = journalOf(0, { entries: 5_000, characters: 10_000_000 });
    const { chunk } = open(journal);
    await chunk();
    for (let index = 0; index < 100; index += 1) journal.add({ type: "scenario", scenario: "x".repeat(10_000) });
    expect((await chunk())?.length).toBeLessThan(100_000);
  });

  it("is pinged while nothing happens, and only then", async () => {
    const journal = journalOf(1);
    const { chunk, seqs, beat } = open(journal, 1);
    await chunk();
    const waiting = chunk();
    beat();
    expect(await waiting).toBe(": ping\n\n");
    beat();
    add(journal, 1);
    expect(await seqs()).toEqual([2]);
    expect(await chunk()).toBe(": ping\n\n");
  });

  it("comes to the end with the journal, and has read it all", async () => {
    const journal = journalOf(1);
    const { seqs, ends } = open(journal, 0);
    await seqs();
    journal.close();
    expect([await seqs(), await seqs()]).toEqual([[1], undefined]);
    expect(ends).toEqual(["pulse", "end"]);
  });

  it("that leaves while it waits is forgotten", async () => {
    const journal = journalOf(1);
    const { reader, seqs, ends } = open(journal, 1);
    await seqs();
    const waiting = seqs();
    await reader.cancel();
    expect(await waiting).toBeUndefined();
    expect([ends, journal.readers]).toEqual([["pulse", "end"], 0]);
    add(journal, 1);
  });
});
