import { describe, expect, it } from "vitest";
import { firstSelection, mayContinue, type ThreadLock } from "../../../src/domain/picker/model-selection.js";
import { readInstances } from "../../../src/domain/picker/picker-instance.js";
import { codexSnapshot, instanceOf, piModels, piSnapshot } from "./snapshots.js";

const broken = piSnapshot({ instanceId: "pi-broken", status: "error" });
const work = piSnapshot({ instanceId: "pi-work", continuation: { groupKey: "work" } });
const instances = readInstances([broken, codexSnapshot(), work]);

describe("the first selection", () => {
  it("is the first instance that can be chosen, with the first of its models where none is its default", () => {
    expect(firstSelection({ instances })).toEqual({ instanceId: "codex", model: "gpt-6-codex" });
  });

  it("is the first preferred instance that can be chosen, with its default model", () => {
    const models = piModels.toReversed();
    const reversed = readInstances([codexSnapshot(), { ...work, models }]);
    expect(firstSelection({ instances: reversed, preferred: ["gone", "pi-broken", "pi-work", "codex"] })).toEqual({ instanceId: "pi-work", model: "anthropic/claude-opus" });
  });

  it("is another where no preferred one can be chosen", () => {
    expect(firstSelection({ instances, preferred: ["gone", "pi-broken"] })?.instanceId).toBe("codex");
  });

  it("stays with a thread that has begun", () => {
    expect(firstSelection({ instances, preferred: ["codex"], lock: { type: "group", continuationKey: "work" } })?.instanceId).toBe("pi-work");
    expect(firstSelection({ instances, preferred: ["codex"], lock: { type: "instance", instanceId: "pi-broken" } })).toBeUndefined();
  });

  it("is nothing where none can be chosen", () => {
    expect(firstSelection({ instances: [] })).toBeUndefined();
    expect(firstSelection({ instances: readInstances([broken, codexSnapshot({ models: [] })]), preferred: ["codex"] })).toBeUndefined();
  });
});

describe("a thread that has begun", () => {
  it.each<[lock: ThreadLock | undefined, pi: boolean, other: boolean]>([
    [undefined, true, true],
    [{ type: "instance", instanceId: "pi-work" }, true, false],
    [{ type: "group", continuationKey: "work" }, true, false],
    [{ type: "group", continuationKey: "nobody's" }, false, false],
  ])("may go on by the lock %j", (lock, own, other) => {
    expect(mayContinue({ instance: instanceOf(work), lock })).toBe(own);
    // Without a key of its own.
    expect(mayContinue({ instance: instanceOf(codexSnapshot()), lock })).toBe(other);
  });
});
