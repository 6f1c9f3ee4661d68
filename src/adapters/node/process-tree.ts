import type { EnvironmentVariable, ProcessEntry, ProcessTable } from "./process-table.js";

export interface ProcessTreeInput {
  readonly table: ProcessTable;
  readonly root: number;
  /** Stands in the environment of the root and of whatever it starts. */
  readonly mark: EnvironmentVariable;
  /** Whether `root` still names the program. Once it has ended, its id may belong to anybody. */
  readonly isRootAlive: () => boolean;
}

/**
 * The descendants of one program, wherever they have gone. A process belongs to the tree when its parent does, when it carries the
 * mark, or when it was seen in the tree before: an agent's tools run in sessions of their own, a shell may clean its environment,
 * and the death of a parent hands its children to init, so no single sign is enough.
 */
export class ProcessTree {
  readonly #input: ProcessTreeInput;
  readonly #seen = new Map<number, ProcessEntry>();

  constructor(input: ProcessTreeInput) {
    this.#input = input;
  }

  /** The descendants that live now, without the root. Signal them before anything is awaited: an id is only theirs while they live. */
  async descendants(): Promise<readonly ProcessEntry[]> {
    return this.#descendantsIn(await this.#input.table.list());
  }

  /** The same at once. */
  descendantsNow(): readonly ProcessEntry[] {
    return this.#descendantsIn(this.#input.table.listNow());
  }

  #descendantsIn(entries: readonly ProcessEntry[]): readonly ProcessEntry[] {
    const root = this.#input.isRootAlive() ? this.#input.root : undefined;
    const members = new Set(this.#recognised(entries).map((entry) => entry.pid));
    if (root !== undefined) members.add(root);
    addChildren(members, entries);
    const descendants = entries.filter((entry) => members.has(entry.pid) && entry.pid !== root);
    for (const entry of descendants) this.#seen.set(entry.pid, entry);
    return descendants;
  }

  #recognised(entries: readonly ProcessEntry[]): readonly ProcessEntry[] {
    const { table, mark } = this.#input;
    // Nothing older than this process can be a descendant of what it started; that spares most of the reading.
    const oldest = entries.find((entry) => entry.pid === process.pid)?.startedAt ?? 0;
    return entries.filter(
      (entry) => this.#seen.get(entry.pid)?.startedAt === entry.startedAt || (entry.startedAt >= oldest && table.carries(entry, mark)),
    );
  }
}

/** Adds the children of members until nobody new is found. */
function addChildren(members: Set<number>, entries: readonly ProcessEntry[]): void {
  let before: number;
  do {
    before = members.size;
    for (const entry of entries) if (members.has(entry.parent)) members.add(entry.pid);
  } while (members.size > before);
}

/**
 * Kills a process the caller has just seen alive, together with the group it leads: the group also holds what it started since.
 * A group led by somebody else is left alone; it may be the host's.
 */
export function killProcess(entry: ProcessEntry): void {
  try {
    process.kill(entry.pid === entry.group ? -entry.pid : entry.pid, "SIGKILL");
  } catch {
    // Already gone, or not ours to kill: looking again tells which.
  }
}
