import { describe, expect, it } from "vitest";
import { pickerView } from "../../../playground/page/state/selections.js";
import { instance, threadRow } from "./journal.js";

const broken = instance({ instanceId: "two", displayName: "Broken", status: "error", message: "Not found.", models: [] });

describe("what the pickers show", () => {
  it("is the first instance that can be used, with its model and that model's options", () => {
    const view = pickerView({ instances: [broken, instance()], thread: undefined, chosen: undefined, answered: undefined });
    expect(view).toMatchObject({ selection: { instanceId: "one", model: "a/thinker" }, model: { name: "Thinker" }, controls: [{ label: "Depth", value: "low", isChosen: false }], notices: [] });
  });

  it("is an instance that is still being looked for, rather than one behind it", () => {
    const unchecked = instance({ instanceId: "two", displayName: "Unchecked", status: "warning", version: null, auth: { status: "unknown" }, models: [] });
    expect(pickerView({ instances: [unchecked, instance()], thread: undefined, chosen: undefined, answered: undefined })).toMatchObject({ selection: { instanceId: "two" } });
    expect(pickerView({ instances: [instance(), unchecked], thread: undefined, chosen: undefined, answered: undefined })).toMatchObject({ selection: { instanceId: "one" } });
  });

  it("is an instance that cannot be used where there is no other", () => {
    const view = pickerView({ instances: [broken], thread: undefined, chosen: undefined, answered: undefined });
    expect(view).toMatchObject({ selection: { instanceId: "two" }, instance: { state: { selectable: false } }, controls: [] });
  });

  it("is nothing where there is no instance", () => {
    expect(pickerView({ instances: [], thread: undefined, chosen: undefined, answered: undefined })).toMatchObject({ selection: undefined, instances: [] });
  });

  it("is what the thread's latest turn ran with, until a person chooses", () => {
    const input = { instances: [broken, instance()], thread: threadRow(), answered: { model: "a/thinker", effort: "high" } };
    const restored = { instanceId: "one", model: "a/thinker", options: [{ id: "depth", value: "high" }] };
    expect(pickerView({ ...input, chosen: undefined })).toMatchObject({ selection: restored, answered: restored, controls: [{ value: "high", isChosen: true }] });
    expect(pickerView({ ...input, chosen: { instanceId: "one", model: "a/plain" } })).toMatchObject({ selection: { model: "a/plain" }, answered: restored, controls: [] });
  });

  it("leaves out a level that no option of the model has", () => {
    const view = pickerView({ instances: [instance()], thread: threadRow(), chosen: undefined, answered: { model: "a/plain", effort: "off" } });
    expect(view.selection).toEqual({ instanceId: "one", model: "a/plain" });
  });

  it("stays with a thread's instance in whatever state it is", () => {
    const view = pickerView({ instances: [instance(), broken], thread: threadRow({ instanceId: "two" }), chosen: undefined, answered: undefined });
    expect(view).toMatchObject({ selection: { instanceId: "two" }, instance: { label: "Broken" } });
  });

  it("says what became of a model that is no longer offered", () => {
    const view = pickerView({ instances: [instance()], thread: threadRow(), chosen: { instanceId: "one", model: "a/gone" }, answered: undefined });
    expect(view).toMatchObject({ selection: { model: "a/thinker" }, notices: [{ type: "model-dropped" }] });
  });
});
