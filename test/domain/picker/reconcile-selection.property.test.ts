import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findModel, firstSelection, mayContinue, type ModelSelection, type ThreadLock } from "../../../src/domain/picker/model-selection.js";
import { optionControls } from "../../../src/domain/picker/option-controls.js";
import { findInstance, readInstances, type PickerInstance } from "../../../src/domain/picker/picker-instance.js";
import { reconcileSelection } from "../../../src/domain/picker/reconcile-selection.js";

/** Random providers, whole and broken, and random selections: from few names, so that they meet. */

const runs = Number(process.env["PROPERTY_RUNS"] ?? 2_000);

const instanceId = fc.constantFrom("a", "b", "c", "d");
const groupKey = fc.constantFrom("one", "two");
const slug = fc.constantFrom("x/1", "x/2", "y/1", "default");
const optionId = fc.constantFrom("level", "speed");
const value = fc.constantFrom("low", "high", "default", true);

const descriptor = fc.record({
  id: optionId,
  type: fc.constantFrom("select", "select", "boolean"),
  options: fc.array(fc.record({ id: fc.constantFrom("low", "high"), isDefault: fc.boolean() }), { maxLength: 3 }),
});
const model = fc.record({
  slug: fc.oneof(slug, fc.constant(null)),
  subProvider: fc.constantFrom("x", undefined),
  isDefault: fc.boolean(),
  isCustom: fc.boolean(),
  capabilities: fc.oneof(fc.constant(null), fc.record({ optionDescriptors: fc.array(descriptor, { maxLength: 2 }) })),
});
const snapshot = fc.record(
  {
    instanceId,
    driver: fc.constantFrom("pi", "codex"),
    enabled: fc.constantFrom(true, true, true, false),
    installed: fc.boolean(),
    status: fc.constantFrom("ready", "ready", "warning", "error", "disabled", "throttled"),
    availability: fc.constantFrom("available", "available", "unavailable"),
    auth: fc.record({ status: fc.constantFrom("authenticated", "unauthenticated") }),
    continuation: fc.record({ groupKey }),
    models: fc.array(model, { maxLength: 4 }),
  },
  { requiredKeys: ["instanceId", "driver", "status"] },
);
const instances = fc.array(snapshot, { maxLength: 4 }).map(readInstances);
const selection: fc.Arbitrary<ModelSelection> = fc.record(
  { instanceId, model: slug, options: fc.array(fc.record({ id: optionId, value }), { maxLength: 3 }) },
  { requiredKeys: ["instanceId"] },
);
const lock: fc.Arbitrary<ThreadLock | undefined> = fc.oneof(
  fc.constant(undefined),
  instanceId.map((id): ThreadLock => ({ type: "instance", instanceId: id })),
  groupKey.map((key): ThreadLock => ({ type: "group", continuationKey: key })),
);
const world = fc.record({ instances, selection, lock });
const standing = new Set(["instance-unavailable", "instance-vanished"]);

interface World {
  readonly instances: readonly PickerInstance[];
  readonly selection: ModelSelection;
  readonly lock: ThreadLock | undefined;
}

function* unannounced({ instances, selection, lock }: World): Generator<string> {
  const { selection: left, notices } = reconcileSelection({ instances, selection, lock });
  const told = (type: string): boolean => notices.some((notice) => notice.type === type);
  const moved = left?.instanceId !== selection.instanceId;
  if (moved !== (told("thread-locked") || notices.some((notice) => notice.type === "instance-vanished" && (left === undefined || "replacement" in notice)))) yield "a move";
  // The word for the agent's own choice may go without a word.
  if (!moved && selection.model !== "default" && told("model-dropped") !== (left?.model !== selection.model)) yield "a model";
  const lost = (selection.options ?? []).filter((option) => option.value !== "default" && left?.options?.includes(option) !== true);
  const dropped = notices.flatMap((notice) => (notice.type === "option-dropped" ? notice.option : []));
  if (left !== undefined && !told("thread-locked") && JSON.stringify(dropped) !== JSON.stringify(lost)) yield "an option";
  for (const { message } of notices) if (!/^\S.*\S\.$/.test(message)) yield `no sentence: ${message}`;
}

function* strayed({ instances, selection, lock }: World): Generator<string> {
  const { selection: left } = reconcileSelection({ instances, selection, lock });
  if (left === undefined || instances.length === 0) return;
  const instance = findInstance(instances, left.instanceId);
  if (lock === undefined && left.instanceId !== selection.instanceId) yield "another provider was chosen";
  if (instance !== undefined && !mayContinue({ instance, lock })) yield "the thread is not at home";
  // Only a thread that has begun waits for an instance.
  if (instance === undefined && (lock === undefined || left !== selection)) yield "what is not there was chosen";
}

function* unreal({ instances, selection, lock }: World): Generator<string> {
  const { selection: left } = reconcileSelection({ instances, selection, lock });
  const instance = left === undefined ? undefined : findInstance(instances, left.instanceId);
  if (left === undefined || instance === undefined) return;
  const found = left.model === undefined ? undefined : findModel(instance, left.model);
  if (instance.modelsKnown && found?.slug !== left.model) yield "a model";
  for (const option of left.options ?? []) {
    const known = found?.options?.find(({ id }) => id === option.id);
    if (instance.state.selectable && known?.type === "select" && !known.choices.some(({ id }) => id === option.value)) yield "a choice";
  }
  for (const { value: shown, choices } of optionControls({ instances, selection: left })) {
    if (shown !== undefined && !choices.some(({ id }) => id === shown)) yield "what a control shows";
  }
}

describe("whatever the snapshots and the selection", () => {
  it.each([
    ["nothing changes without a sentence about it", unannounced],
    ["no other provider is chosen, but for a thread that may go on with it", strayed],
    ["what is left is real, or cannot be judged", unreal],
  ])("%s", (_rule, violationsOf) => {
    fc.assert(
      fc.property(world, (whole) => {
        expect([...violationsOf(whole)]).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("reconciling again changes nothing more", () => {
    fc.assert(
      fc.property(world, ({ instances, selection, lock }) => {
        const once = reconcileSelection({ instances, selection, lock });
        const twice = reconcileSelection({ instances, selection: once.selection, lock });
        expect(twice.selection).toBe(once.selection);
        // What is still so is told again; what was changed is not.
        expect(twice.notices.filter(({ type }) => !standing.has(type))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("the first selection needs no reconciling", () => {
    fc.assert(
      fc.property(fc.record({ instances, lock, preferred: fc.array(instanceId) }), ({ instances, lock, preferred }) => {
        const selection = firstSelection({ instances, lock, preferred });
        expect(reconcileSelection({ instances, selection, lock })).toEqual({ selection, notices: [] });
      }),
      { numRuns: runs },
    );
  });
});
