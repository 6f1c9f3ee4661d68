import { describe, expect, it } from "vitest";
import { decodeReply } from "../../../src/adapters/pi/decode-replies.js";
import { thinkingLevelsOf } from "../../../src/adapters/pi/thinking-levels.js";
import { repliesTo, written } from "./recordings.js";

describe("thinkingLevelsOf", () => {
  it.each([
    [false, {}, []],
    [false, { high: "high", max: "max" }, []],
    [true, {}, ["off", "minimal", "low", "medium", "high"]],
    [true, { off: null }, ["minimal", "low", "medium", "high"]],
    [true, { minimal: null, low: null, medium: null, high: "high", xhigh: "max" }, ["off", "high", "xhigh"]],
    [true, { xhigh: null, max: null }, ["off", "minimal", "low", "medium", "high"]],
    [true, { max: "max" }, ["off", "minimal", "low", "medium", "high", "max"]],
    [true, { off: null, minimal: null, low: null, medium: null }, ["high"]],
    [true, { off: null, minimal: null, low: null, medium: null, high: null }, []],
    [true, { ultra: "ultra" }, ["off", "minimal", "low", "medium", "high"]],
  ])("reasoning %s with the map %j: %j", (reasoning, thinkingLevelMap, levels) => {
    expect(thinkingLevelsOf({ reasoning, thinkingLevelMap })).toEqual(levels);
  });

  it.each(["0.84.4", "1.0.3"])("says the same as Pi %s itself does of the current model", (version) => {
    const models = new Map<unknown, readonly string[]>();
    for (const reply of repliesTo(`${version}/thinking`, "set_model")) {
      const listed = decodeReply("list-models", { type: "response", command: "get_available_models", success: true, data: { models: [reply.data] } });
      if (listed.type === "ok") for (const model of listed.value.models) models.set(model.id, model.thinkingLevels);
    }
    let current: unknown;
    const compared = new Set<unknown>();
    for (const record of written(`${version}/thinking`)) {
      if (record.command === "set_model") current = (record.data as { id: string }).id;
      if (record.command !== "get_available_thinking_levels") continue;
      const { levels } = record.data as { levels: readonly string[] };
      // A model without reasoning has one level, which is no choice.
      expect(models.get(current)).toEqual(levels.length === 1 && levels[0] === "off" ? [] : levels);
      compared.add(current);
    }
    expect(compared.size).toBeGreaterThanOrEqual(5);
  });
});
