import { describe, expect, it } from "vitest";
import type { ModelSelection, ThreadLock } from "../../../src/domain/picker/model-selection.js";
import { readInstances } from "../../../src/domain/picker/picker-instance.js";
import { reconcileSelection, type Reconciliation } from "../../../src/domain/picker/reconcile-selection.js";
import { codexSnapshot, piModels, piSnapshot } from "./snapshots.js";

const opus = { instanceId: "pi", model: "anthropic/claude-opus", options: [{ id: "thinkingLevel", value: "high" }] };
const gone = { instanceId: "pi", model: "anthropic/gone", options: [{ id: "thinkingLevel", value: "high" }] };

function reconcile(snapshots: readonly unknown[], selection: ModelSelection | undefined, lock?: ThreadLock): Reconciliation {
  return reconcileSelection({ instances: readInstances(snapshots), selection, lock });
}

describe("a selection that still holds", () => {
  it.each<[what: string, selection: ModelSelection]>([
    ["with a model and a level", opus],
    ["with a model alone", { instanceId: "codex", model: "gpt-6-mini", options: [] }],
    ["with nothing but an instance", { instanceId: "pi" }],
    ["with a value for an option that is not offered here", { instanceId: "codex", model: "gpt-6-codex", options: [{ id: "fastMode", value: true }, { id: "reasoningEffort", value: "low" }] }],
    ["with options for a model of which nothing is known", { instanceId: "pi", model: "local/mine", options: [{ id: "thinkingLevel", value: "max" }] }],
    ["with options where the agent's own choice is not told", { instanceId: "codex", options: [{ id: "reasoningEffort", value: "max" }] }],
  ])("is the very same: %s", (_what, selection) => {
    const { selection: left, notices } = reconcile([piSnapshot(), codexSnapshot()], selection);
    expect(left).toBe(selection);
    expect(notices).toEqual([]);
  });

  it("cannot be judged by an empty list", () => {
    expect(reconcile([], gone, { type: "instance", instanceId: "other" })).toEqual({ selection: gone, notices: [] });
  });

  it("is none where there was none", () => {
    expect(reconcile([piSnapshot()], undefined)).toEqual({ selection: undefined, notices: [] });
  });
});

describe("an instance", () => {
  it("that is gone leaves nothing selected: no other provider is chosen for anyone", () => {
    expect(reconcile([codexSnapshot()], opus)).toEqual({
      selection: undefined,
      notices: [{ type: "instance-vanished", message: 'The provider "pi" is no longer there.', instanceId: "pi" }],
    });
  });

  it.each([
    [piSnapshot({ enabled: false }), "disabled", "Pi is switched off."],
    [piSnapshot({ availability: "unavailable" }), "unavailable", "Pi is not available here."],
    [piSnapshot({ status: "error", message: "Pi 0.74 is too old." }), "error", "Pi 0.74 is too old."],
    [piSnapshot({ status: "warning", version: null, auth: { status: "unknown" } }), "checking", "Pi has not been checked yet."],
    [piSnapshot({ status: "warning", auth: { status: "unauthenticated" }, models: [] }), "no-models", "Pi has no models."],
  ])("that cannot be used stays selected, and with it what its list does not tell now: %#", (snapshot, obstacle, why) => {
    const { selection, notices } = reconcile([snapshot, codexSnapshot()], gone);
    expect(selection).toBe(gone);
    expect(notices).toEqual([{ type: "instance-unavailable", message: `Pi cannot be used now: ${why}`, instanceId: "pi", obstacle }]);
  });
});

describe("an option of an instance that cannot be used", () => {
  it("stays, though its old list does not offer it", () => {
    const selection = { ...opus, model: "anthropic/claude-haiku" };
    expect(reconcile([piSnapshot({ status: "error" })], selection).selection).toBe(selection);
  });
});

describe("a model that is gone", () => {
  it("is replaced by the default one; what was chosen for it stays where it is real", () => {
    expect(reconcile([piSnapshot()], gone)).toEqual({
      selection: opus,
      notices: [
        { type: "model-dropped", message: 'Pi does not offer the model "anthropic/gone"; Claude Opus is selected instead.', instanceId: "pi", model: "anthropic/gone", replacement: "anthropic/claude-opus" },
      ],
    });
  });

  it("is replaced by the first one where none is the default", () => {
    const { selection, notices } = reconcile([codexSnapshot()], { instanceId: "codex", model: "gpt-5", options: [{ id: "fastMode", value: true }] });
    expect(selection).toEqual({ instanceId: "codex", model: "gpt-6-codex", options: [{ id: "fastMode", value: true }] });
    expect(notices).toMatchObject([{ type: "model-dropped", model: "gpt-5", replacement: "gpt-6-codex" }]);
  });

  it("is replaced by nothing where there is no other", () => {
    expect(reconcile([codexSnapshot({ models: [] })], { instanceId: "codex", model: "gpt-5" })).toEqual({
      selection: { instanceId: "codex" },
      notices: [
        expect.objectContaining({ type: "instance-unavailable", obstacle: "no-models" }),
        { type: "model-dropped", message: 'Codex does not offer the model "gpt-5", nor any other.', instanceId: "codex", model: "gpt-5" },
      ],
    });
  });

  it("is not gone where it is the word for the agent's own choice, which is as good as no model", () => {
    expect(reconcile([piSnapshot()], { instanceId: "pi", model: "default", options: opus.options })).toEqual({ selection: { instanceId: "pi", options: opus.options }, notices: [] });
  });

  it("is not gone where a provider lists that word as a model", () => {
    const listed = { instanceId: "pi", model: "default" };
    expect(reconcile([piSnapshot({ models: [{ slug: "default", name: "Pi default", isCustom: false, capabilities: null }, ...piModels] })], listed).selection).toBe(listed);
  });
});

describe("an option", () => {
  it("with a level that the new model lacks is dropped, and the real ones are named", () => {
    expect(reconcile([piSnapshot()], { ...opus, model: "anthropic/claude-haiku" })).toEqual({
      selection: { instanceId: "pi", model: "anthropic/claude-haiku" },
      notices: [
        {
          type: "option-dropped",
          message: 'Claude Haiku does not offer "high" for Thinking; it offers: Off, Medium.',
          model: "anthropic/claude-haiku",
          option: { id: "thinkingLevel", value: "high" },
          reason: "no-such-choice",
        },
      ],
    });
  });

  it("that the new model lacks is dropped", () => {
    expect(reconcile([piSnapshot()], { ...opus, model: "openrouter/openai/gpt-oss" })).toEqual({
      selection: { instanceId: "pi", model: "openrouter/openai/gpt-oss" },
      notices: [
        {
          type: "option-dropped",
          message: 'GPT OSS has no option "thinkingLevel"; "high" was dropped.',
          model: "openrouter/openai/gpt-oss",
          option: { id: "thinkingLevel", value: "high" },
          reason: "no-such-option",
        },
      ],
    });
  });

  it("is dropped alone: the others stay, whatever their type", () => {
    const options = [{ id: "fastMode", value: true }, { id: "reasoningEffort", value: false }, { id: "thinkingLevel", value: "high" }];
    const { selection, notices } = reconcile([codexSnapshot()], { instanceId: "codex", model: "gpt-6-codex", options });
    expect(selection?.options).toEqual([{ id: "fastMode", value: true }]);
    expect(notices).toMatchObject([{ reason: "no-such-choice", option: options[1] }, { reason: "no-such-option", option: options[2] }]);
  });

  it("is judged by the default model where none is selected", () => {
    expect(reconcile([piSnapshot()], { instanceId: "pi", options: [{ id: "thinkingLevel", value: "max" }] })).toMatchObject({ selection: { instanceId: "pi" }, notices: [{ model: "anthropic/claude-opus" }] });
  });

  it("that says the agent's own choice is as good as none", () => {
    expect(reconcile([piSnapshot()], { ...opus, options: [{ id: "thinkingLevel", value: "default" }] })).toEqual({ selection: { instanceId: "pi", model: opus.model }, notices: [] });
  });
});

describe("a thread that has begun", () => {
  const home = piSnapshot({ continuation: { groupKey: "home" } });
  const twin = piSnapshot({ instanceId: "pi-twin", displayName: "Pi twin", continuation: { groupKey: "home" } });
  const instance: ThreadLock = { type: "instance", instanceId: "pi" };
  const group: ThreadLock = { type: "group", continuationKey: "home" };

  it.each([instance, group])("keeps what it may go on with: %j", (lock) => {
    expect(reconcile([codexSnapshot(), home, twin], opus, lock)).toEqual({ selection: opus, notices: [] });
  });

  it.each([instance, group])("does not leave an instance that cannot be used now: %j", (lock) => {
    const { selection, notices } = reconcile([codexSnapshot(), { ...home, status: "error" }, twin], opus, lock);
    expect(selection).toBe(opus);
    expect(notices).toMatchObject([{ type: "instance-unavailable" }]);
  });

  it("waits for its instance, if that is gone", () => {
    const { selection, notices } = reconcile([codexSnapshot(), twin], opus, instance);
    expect(selection).toBe(opus);
    expect(notices).toMatchObject([{ type: "instance-vanished", instanceId: "pi" }]);
    expect(notices[0]).not.toHaveProperty("replacement");
  });

  it("goes on with another instance of its group, model and level with it, if its own is gone", () => {
    expect(reconcile([codexSnapshot(), { ...twin, instanceId: "pi-broken", status: "error" }, twin], opus, group)).toEqual({
      selection: { ...opus, instanceId: "pi-twin" },
      notices: [{ type: "instance-vanished", message: 'The provider "pi" is no longer there; Pi twin (pi-twin) goes on with the thread.', instanceId: "pi", replacement: "pi-twin" }],
    });
  });

  it("waits with one of its group that cannot be used now, if that is all there is", () => {
    const { selection, notices } = reconcile([codexSnapshot(), { ...twin, status: "error" }], opus, group);
    expect(selection).toEqual({ ...opus, instanceId: "pi-twin" });
    expect(notices).toMatchObject([{ type: "instance-vanished", replacement: "pi-twin" }, { type: "instance-unavailable", instanceId: "pi-twin" }]);
  });

  it("waits for its group, if that is gone", () => {
    const { selection, notices } = reconcile([codexSnapshot()], opus, group);
    expect(selection).toBe(opus);
    expect(notices).toMatchObject([{ type: "instance-vanished", instanceId: "pi" }]);
  });

  it.each([instance, group])("comes back from an instance that it may not go on with, and nothing comes with it: %j", (lock) => {
    const selection = { instanceId: "codex", model: "gpt-6-codex", options: [{ id: "fastMode", value: true }] };
    expect(reconcile([codexSnapshot(), home, twin], selection, lock)).toEqual({
      selection: { instanceId: "pi", model: "anthropic/claude-opus" },
      notices: [{ type: "thread-locked", message: "Codex cannot go on with this thread; it stays with Pi.", instanceId: "codex", replacement: "pi" }],
    });
  });

  it.each<[selected: string, name: string, lock: ThreadLock]>([
    ["codex", "Codex", instance],
    ["codex", "Codex", group],
    ["elsewhere", '"elsewhere"', instance],
  ])("is not taken over by another: %s", (selected, name, lock) => {
    expect(reconcile([codexSnapshot()], { instanceId: selected }, lock)).toEqual({
      selection: undefined,
      notices: [{ type: "thread-locked", message: `${name} cannot go on with this thread, and the provider that can is not there.`, instanceId: selected }],
    });
  });
});
