import type { HostState, InstanceState, JournalEntry, ThreadRow } from "../../shared/protocol.js";
import { appendRow, emptyLog, recordLabel, type InspectorRow } from "./inspector-log.js";
import { cutBack, emptyView, viewOf, withEvent, withMessage, type ThreadView } from "./thread-view.js";
import type { World } from "./world.js";

const violationLimit = 200;

/** Many entries, in their order. */
export function reduceJournal(world: World, entries: readonly JournalEntry[]): World {
  return entries.reduce(reduceEntry, world);
}

/** One entry. What was seen already changes nothing, so a stream that overlaps with an earlier one does no harm. */
function reduceEntry(world: World, entry: JournalEntry): World {
  if (entry.type === "state") return fromState(world, entry.state, entry.seq);
  if (entry.seq <= world.seq) return world;
  return apply({ ...world, seq: entry.seq }, entry);
}

/** A state replaces everything; only what the inspector has seen of this very host is nowhere else to be had. */
function fromState(world: World, state: HostState, seq: number): World {
  const known = world.hostId === state.hostId;
  return {
    hostId: state.hostId,
    seq,
    instances: state.instances,
    threads: newestFirst(state.threads),
    views: new Map(state.histories.map((history) => [history.threadId, viewOf(history)])),
    scenarios: state.scenarios,
    scenario: state.scenario,
    rules: state.rules,
    violations: known ? world.violations : [],
    logs: known ? world.logs : new Map(),
  };
}

function apply(world: World, entry: Exclude<JournalEntry, { type: "state" }>): World {
  switch (entry.type) {
    case "instance":
      return { ...world, instances: withInstance(world.instances, entry.instance) };
    case "thread":
      return { ...world, threads: newestFirst([...world.threads.filter(({ threadId }) => threadId !== entry.thread.threadId), entry.thread]) };
    case "thread-removed":
      return withoutThread(world, entry.threadId);
    case "message":
      return withView(world, entry.threadId, (view) => withMessage(view, entry.message));
    case "runtime-event": {
      const { seq, at, threadId, event, latencyMs } = entry;
      const row = { seq, at, kind: "event", label: event.type, count: 1, content: event, ...(latencyMs === undefined ? {} : { latencyMs }) } as const;
      return withRow(withView(world, threadId, (view) => withEvent(view, event)), threadId, row);
    }
    case "native-record": {
      const { seq, at, threadId, direction, record } = entry;
      return withRow(world, threadId, { seq, at, kind: direction, label: recordLabel(record), count: 1, content: record });
    }
    case "violation": {
      const { seq, threadId, rule, detail } = entry;
      return { ...world, violations: [...world.violations, { seq, threadId, rule, detail }].slice(-violationLimit) };
    }
    case "rolled-back":
      return withView(world, entry.threadId, (view) => cutBack(view, entry.fromTurnId));
    case "scenario":
      return { ...world, scenario: entry.scenario };
  }
}

function newestFirst(threads: readonly ThreadRow[]): readonly ThreadRow[] {
  return threads.toSorted((left, right) => (left.createdAt < right.createdAt ? 1 : left.createdAt > right.createdAt ? -1 : 0));
}

/** In its place, or at the end. */
function withInstance(instances: readonly InstanceState[], instance: InstanceState): readonly InstanceState[] {
  const index = instances.findIndex(({ server }) => server.instanceId === instance.server.instanceId);
  return index === -1 ? [...instances, instance] : instances.with(index, instance);
}

function withoutThread(world: World, threadId: string): World {
  return {
    ...world,
    threads: world.threads.filter((thread) => thread.threadId !== threadId),
    views: without(world.views, threadId),
    logs: without(world.logs, threadId),
  };
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function withView(world: World, threadId: string, change: (view: ThreadView) => ThreadView): World {
  const before = world.views.get(threadId) ?? emptyView(threadId);
  const after = change(before);
  return after === before ? world : { ...world, views: new Map(world.views).set(threadId, after) };
}

function withRow(world: World, threadId: string, row: InspectorRow): World {
  return { ...world, logs: new Map(world.logs).set(threadId, appendRow(world.logs.get(threadId) ?? emptyLog, row)) };
}
