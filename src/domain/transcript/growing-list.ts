/**
 * A list of which every version stays as it is: one more entry, or another one in an old place, costs a few short arrays, however long
 * the list. A message that streams is replaced thousands of times, in a turn that may hold thousands of items.
 *
 * It is plain data (a tree of arrays of at most 32), so it may be stored and sent like everything it lies in.
 */
export interface GrowingList<Entry> {
  readonly size: number;
  /** How many levels of nodes lie above the entries. */
  readonly height: number;
  readonly root: ListNode<Entry>;
}

type ListNode<Entry> = { readonly entries: readonly Entry[] } | { readonly nodes: readonly ListNode<Entry>[] };

const width = 32;

export function emptyList<Entry>(): GrowingList<Entry> {
  return { size: 0, height: 0, root: { entries: [] } };
}

export function append<Entry>(list: GrowingList<Entry>, entry: Entry): GrowingList<Entry> {
  const isFull = list.size === width ** (list.height + 1);
  const height = isFull ? list.height + 1 : list.height;
  const root = isFull ? { nodes: [list.root] } : list.root;
  return { size: list.size + 1, height, root: placed(root, { height, index: list.size, entry }) };
}

/** With another entry in the place of an old one. */
export function replace<Entry>(list: GrowingList<Entry>, { index, entry }: { readonly index: number; readonly entry: Entry }): GrowingList<Entry> {
  return { ...list, root: placed(list.root, { height: list.height, index, entry }) };
}

export function entryAt<Entry>(list: GrowingList<Entry>, index: number): Entry | undefined {
  if (index >= list.size) return undefined;
  let node: ListNode<Entry> | undefined = list.root;
  for (let height = list.height; node !== undefined && "nodes" in node; height -= 1) node = node.nodes[slotOf(index, height)];
  return node?.entries[index % width];
}

export function entriesOf<Entry>(list: GrowingList<Entry>): readonly Entry[] {
  return below(list.root);
}

/** The entries of `after` that are not the same in `before`, an earlier version of it. What the two share is not looked at. */
export function changedEntries<Entry>({ before, after }: { readonly before: GrowingList<Entry>; readonly after: GrowingList<Entry> }): readonly Entry[] {
  let old = before.root;
  for (let height = before.height; height < after.height; height += 1) old = { nodes: [old] };
  return differing(old, after.root);
}

interface Placing<Entry> {
  readonly height: number;
  readonly index: number;
  readonly entry: Entry;
}

function placed<Entry>(node: ListNode<Entry> | undefined, placing: Placing<Entry>): ListNode<Entry> {
  const { height, index, entry } = placing;
  const slot = slotOf(index, height);
  if (height === 0) return { entries: put(node !== undefined && "entries" in node ? node.entries : [], slot, entry) };
  const nodes = node !== undefined && "nodes" in node ? node.nodes : [];
  return { nodes: put(nodes, slot, placed(nodes[slot], { ...placing, height: height - 1 })) };
}

/** In an old place, or in the next new one. */
function put<Value>(values: readonly Value[], slot: number, value: Value): readonly Value[] {
  return slot === values.length ? [...values, value] : values.with(slot, value);
}

function slotOf(index: number, height: number): number {
  return Math.floor(index / width ** height) % width;
}

function below<Entry>(node: ListNode<Entry>): readonly Entry[] {
  return "entries" in node ? node.entries : node.nodes.flatMap((child) => below(child));
}

function differing<Entry>(before: ListNode<Entry> | undefined, after: ListNode<Entry>): readonly Entry[] {
  if (before === after) return [];
  if ("entries" in after) {
    const old = before !== undefined && "entries" in before ? before.entries : [];
    return after.entries.filter((entry, slot) => entry !== old[slot]);
  }
  const old = before !== undefined && "nodes" in before ? before.nodes : [];
  return after.nodes.flatMap((child, slot) => differing(old[slot], child));
}
