import { describe, expect, it } from "vitest";
import { judgeLaunchArguments, requireLaunchArguments } from "../../../src/domain/launch/launch-arguments.js";

const strict = {
  displayName: "Echo",
  refuseArguments: (args: readonly string[]) => (args.includes("--loud=now") ? { argument: "--loud", reason: "it is night", nextStep: "Wait." } : undefined),
};

describe("launch arguments", () => {
  it.each([undefined, "", "  "])("are none where nothing was typed (%j), also for an agent that takes none", (text) => {
    expect(judgeLaunchArguments(strict, text)).toEqual({ type: "ok", arguments: [] });
    expect(judgeLaunchArguments({ displayName: "Echo" }, text)).toEqual({ type: "ok", arguments: [] });
  });

  it("are what the agent does not refuse", () => {
    expect(judgeLaunchArguments(strict, "--soft 'a b'")).toEqual({ type: "ok", arguments: ["--soft", "a b"] });
    expect(requireLaunchArguments(strict, "--soft")).toEqual(["--soft"]);
  });

  it("are refused with the argument, the reason and what to do", () => {
    expect(judgeLaunchArguments(strict, "--soft --loud=now")).toEqual({
      type: "refused",
      argument: "--loud",
      detail: 'Echo may not be given the launch argument "--loud": it is night.',
      nextStep: "Wait.",
    });
  });

  it("are refused where they cannot be split", () => {
    expect(judgeLaunchArguments(strict, "'x")).toEqual({ type: "refused", detail: expect.stringContaining("single quote"), nextStep: expect.any(String) });
  });

  it("are refused by an agent that takes none", () => {
    expect(judgeLaunchArguments({ displayName: "Echo" }, "--x")).toEqual({ type: "refused", detail: "Echo takes no launch arguments.", nextStep: "Remove them." });
  });

  it("are refused with an error for whoever needs them", () => {
    expect(() => requireLaunchArguments(strict, "--loud=now")).toThrow(expect.objectContaining({ kind: "validation", code: "invalid-launch-arguments", nextStep: "Wait." }));
  });
});
