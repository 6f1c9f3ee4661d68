import { describe, expect, it } from "vitest";
import { validateLaunchArguments } from "../../src/app/launch-arguments.js";

describe("the launch arguments in a settings form", () => {
  it("are judged as Pi's", () => {
    expect(validateLaunchArguments(`-e "/my own.ts" --no-tools`)).toEqual({ type: "ok", arguments: ["-e", "/my own.ts", "--no-tools"] });
    expect(validateLaunchArguments("--resume")).toEqual({
      type: "refused",
      argument: "--resume",
      detail: 'Pi may not be given the launch argument "--resume": each thread has a conversation of its own, which is chosen and kept for it.',
      nextStep: expect.any(String),
    });
  });
});
