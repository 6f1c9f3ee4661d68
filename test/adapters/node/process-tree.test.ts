import { describe, expect, it } from "vitest";
import { LinuxProcessTable, parseStat } from "../../../src/adapters/node/process-table-linux.js";
import { parsePsLine, PsProcessTable } from "../../../src/adapters/node/process-table-ps.js";
import type { ProcessEntry, ProcessTable } from "../../../src/adapters/node/process-table.js";
import { ProcessTree } from "../../../src/adapters/node/process-tree.js";
import { systemProcessTable } from "../../../src/adapters/node/system-process-table.js";

const mark = { name: "MARK", value: "here" };

/** A table that a test rewrites. */
class ScriptedTable implements ProcessTable {
  entries: readonly ProcessEntry[] = [];
  marked: readonly number[] = [];

  list(): Promise<readonly ProcessEntry[]> {
    return Promise.resolve(this.entries);
  }

  listNow(): readonly ProcessEntry[] {
    return this.entries;
  }

  carries(entry: ProcessEntry): boolean {
    return this.marked.includes(entry.pid);
  }
}

function entry(pid: number, parent: number, startedAt = pid): ProcessEntry {
  return { pid, parent, group: pid, startedAt };
}

function setUp(): { table: ScriptedTable; tree: ProcessTree; rootEnds: () => void; pids: () => Promise<readonly number[]> } {
  const table = new ScriptedTable();
  let isRootAlive = true;
  const tree = new ProcessTree({ table, root: 100, mark, isRootAlive: () => isRootAlive });
  return {
    table,
    tree,
    rootEnds: () => {
      isRootAlive = false;
    },
    pids: async () => (await tree.descendants()).map(({ pid }) => pid),
  };
}

describe("ProcessTree", () => {
  it("walks from parent to child, in whatever order the table is, without the root", async () => {
    const { table, tree, pids } = setUp();
    table.entries = [entry(130, 120), entry(120, 110), entry(110, 100), entry(100, 1), entry(1, 0), entry(90, 1)];
    expect(await pids()).toEqual([130, 120, 110]);
    expect(tree.descendantsNow()).toEqual(await tree.descendants());
  });

  it("recognises an orphan by its mark, and its children by their parent", async () => {
    const { table, rootEnds, pids } = setUp();
    rootEnds();
    table.entries = [entry(1, 0), entry(110, 1), entry(120, 110), entry(130, 1)];
    table.marked = [110];
    expect(await pids()).toEqual([110, 120]);
  });

  it("remembers an unmarked descendant that has lost its parent", async () => {
    const { table, rootEnds, pids } = setUp();
    table.entries = [entry(100, 1), entry(110, 100)];
    expect(await pids()).toEqual([110]);
    rootEnds();
    table.entries = [entry(110, 1), entry(120, 110)];
    expect(await pids()).toEqual([110, 120]);
  });

  it("takes a process with a descendant's id but another start for a stranger", async () => {
    const { table, rootEnds, pids } = setUp();
    table.entries = [entry(100, 1), entry(110, 100)];
    await pids();
    rootEnds();
    table.entries = [entry(110, 1, 999), entry(120, 110)];
    expect(await pids()).toEqual([]);
  });

  it("does not follow the root's id once the root has ended", async () => {
    const { table, rootEnds, pids } = setUp();
    rootEnds();
    table.entries = [entry(100, 1, 999), entry(110, 100)];
    expect(await pids()).toEqual([]);
  });

  it("does not ask for the marks of processes that are older than this one", async () => {
    const { table, pids } = setUp();
    table.entries = [entry(process.pid, 1, 500), entry(110, 1, 499), entry(120, 1, 500)];
    table.marked = [110, 120];
    expect(await pids()).toEqual([120]);
  });
});

function statLine(state: string): string {
  return `42 (a) R (b) ) ${state} 7 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 2 3`;
}

describe("process tables", () => {
  it("read a line of /proc/<pid>/stat whose program name holds anything", () => {
    expect(parseStat(statLine("S"))).toEqual({ pid: 42, parent: 7, group: 42, startedAt: 98_765 });
    for (const dead of ["Z", "X"]) expect(parseStat(statLine(dead))).toBeUndefined();
    expect(parseStat("")).toBeUndefined();
  });

  it("read a line of ps", () => {
    const startedAt = Date.parse("Mon Sep  8 09:10:11 2025");
    expect(parsePsLine("   42     7    42 Ss   Mon Sep  8 09:10:11 2025    ")).toEqual({ pid: 42, parent: 7, group: 42, startedAt });
    expect(parsePsLine("   42     7    42 Z+   Mon Sep  8 09:10:11 2025")).toBeUndefined();
    expect(parsePsLine("")).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("know this process, its parent and its start", async () => {
    const tables = process.platform === "linux" ? [new LinuxProcessTable(), new PsProcessTable()] : [new PsProcessTable()];
    for (const table of tables) {
      const own = (await table.list()).find(({ pid }) => pid === process.pid);
      expect(own).toMatchObject({ parent: process.ppid });
      expect(own?.startedAt).toBeGreaterThan(0);
      expect(table.listNow().find(({ pid }) => pid === process.pid)).toEqual(own);
    }
  });

  it.runIf(process.platform === "linux")("tell a variable of the environment a process was started with", () => {
    const table = new LinuxProcessTable();
    const own = { pid: process.pid, parent: 0, group: 0, startedAt: 0 };
    const value = process.env["PATH"] ?? "";
    expect(table.carries(own, { name: "PATH", value })).toBe(true);
    expect(table.carries(own, { name: "PATH", value: value.slice(0, -1) })).toBe(false);
    expect(table.carries({ ...own, pid: 2 ** 22 + 1 }, { name: "PATH", value })).toBe(false);
  });

  it("are chosen by platform", async () => {
    expect(systemProcessTable("linux")).toBeInstanceOf(LinuxProcessTable);
    expect(systemProcessTable("darwin")).toBeInstanceOf(PsProcessTable);
    expect(await systemProcessTable("win32").list()).toEqual([]);
  });
});
