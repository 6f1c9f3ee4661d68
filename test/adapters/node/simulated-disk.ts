import { dirname } from "node:path";
import type { DurableFiles } from "../../../src/adapters/node/durable-files.js";

export class PowerCut extends Error {}

interface StoredFile {
  readonly inode: number;
  readonly text: string;
  synced: boolean;
}

type Entry = StoredFile | "folder";
type Entries = ReadonlyMap<string, Entry>;

/** A change of names in one folder, and all that a power cut may make of it before the folder is synchronised: nothing is one of them. */
interface NameChange {
  readonly folder: string;
  readonly whole: (entries: Map<string, Entry>) => void;
  readonly torn?: (entries: Map<string, Entry>) => void;
}

/**
 * A disk that keeps only what it has to: after a power cut each change of a name that was not synchronised is there or not, in any
 * combination, a rename also halfway (both names), and each file that was not synchronised is whole, torn or empty.
 */
export class SimulatedDisk implements DurableFiles {
  readonly #durable: Map<string, Entry>;
  readonly #entries: Map<string, Entry>;
  readonly #pending: NameChange[] = [];
  #operationsLeft: number;
  #inodes = 1_000;

  /** The power is cut after this many operations. Looking is none: a cut at that moment is one before the next operation. */
  constructor({ entries = new Map(), operations = Infinity }: { readonly entries?: Entries; readonly operations?: number } = {}) {
    this.#durable = new Map(entries);
    this.#entries = new Map(entries);
    this.#operationsLeft = operations;
  }

  /** A disk on which these files are safe, and so are their folders. */
  static with(files: Readonly<Record<string, string>>, operations = Infinity): SimulatedDisk {
    const entries = new Map<string, Entry>();
    for (const [file, text] of Object.entries(files)) {
      for (let folder = dirname(file); folder !== "/"; folder = dirname(folder)) entries.set(folder, "folder");
      entries.set(file, { inode: entries.size, text, synced: true });
    }
    return new SimulatedDisk({ entries, operations });
  }

  /** The texts of all files, by their paths. */
  get files(): ReadonlyMap<string, string> {
    return new Map([...this.#entries].flatMap(([path, entry]) => (entry === "folder" ? [] : [[path, entry.text]])));
  }

  /** Every disk that may be found when the power is back. */
  *survivors(): Iterable<SimulatedDisk> {
    for (const names of survivingNames({ entries: this.#durable, pending: this.#pending })) {
      for (const entries of survivingTexts(names)) yield new SimulatedDisk({ entries });
    }
  }

  async stamp(file: string): Promise<string> {
    return String(this.#fileAt(file).inode);
  }

  async read(file: string): Promise<string> {
    return this.#fileAt(file).text;
  }

  async makeFolder(folder: string): Promise<string | undefined> {
    this.#operate();
    let outermost: string | undefined;
    for (let path = folder; path !== "/" && !this.#entries.has(path); path = dirname(path)) {
      this.#change({ folder: dirname(path), whole: (entries) => entries.set(path, "folder") });
      outermost = path;
    }
    return outermost;
  }

  async create(file: string, text: string): Promise<void> {
    this.#operate();
    if (!this.#entries.has(dirname(file))) throw systemError("ENOENT");
    if (this.#entries.has(file)) throw systemError("EEXIST");
    this.#inodes += 1;
    const created: StoredFile = { inode: this.#inodes, text, synced: false };
    this.#change({ folder: dirname(file), whole: (entries) => entries.set(file, created) });
  }

  async syncFile(file: string): Promise<void> {
    this.#operate();
    this.#fileAt(file).synced = true;
  }

  async syncFolder(folder: string): Promise<void> {
    this.#operate();
    for (const change of this.#pending.filter((pending) => pending.folder === folder)) {
      change.whole(this.#durable);
      this.#pending.splice(this.#pending.indexOf(change), 1);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#operate();
    const file = this.#fileAt(from);
    const torn = (entries: Map<string, Entry>): unknown => entries.set(to, file);
    this.#change({ folder: dirname(to), torn, whole: (entries) => entries.set(to, file).delete(from) });
  }

  async remove(file: string): Promise<void> {
    this.#operate();
    this.#change({ folder: dirname(file), whole: (entries) => entries.delete(file) });
  }

  exclusively<T>(_file: string, action: () => Promise<T>): Promise<T> {
    return action();
  }

  #operate(): void {
    if (this.#operationsLeft === 0) throw new PowerCut("The power is cut.");
    this.#operationsLeft -= 1;
  }

  #change(change: NameChange): void {
    change.whole(this.#entries);
    this.#pending.push(change);
  }

  #fileAt(path: string): StoredFile {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw systemError("ENOENT");
    if (entry === "folder") throw systemError("EISDIR");
    return entry;
  }
}

function* survivingNames({ entries, pending }: { readonly entries: Entries; readonly pending: readonly NameChange[] }): Iterable<Entries> {
  const [change, ...later] = pending;
  if (change === undefined) {
    // What lies in a folder that is lost is lost with it.
    yield new Map([...entries].filter(([path]) => isReachable({ path, entries })));
    return;
  }
  for (const outcome of [() => {}, change.torn, change.whole]) {
    if (outcome === undefined) continue;
    const next = new Map(entries);
    outcome(next);
    yield* survivingNames({ entries: next, pending: later });
  }
}

function isReachable({ path, entries }: { readonly path: string; readonly entries: Entries }): boolean {
  const folder = dirname(path);
  return folder === "/" || (entries.get(folder) === "folder" && isReachable({ path: folder, entries }));
}

function* survivingTexts(entries: Entries): Iterable<Entries> {
  const unsynced = [...entries.values()].find((entry): entry is StoredFile => entry !== "folder" && !entry.synced);
  if (unsynced === undefined) {
    yield entries;
    return;
  }
  const { text } = unsynced;
  for (const left of ["", text.slice(0, text.length / 2), text]) {
    const file: StoredFile = { ...unsynced, text: left, synced: true };
    yield* survivingTexts(new Map([...entries].map(([path, entry]) => [path, entry === unsynced ? file : entry])));
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
