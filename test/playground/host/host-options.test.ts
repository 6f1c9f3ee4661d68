import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readOptions } from "../../../playground/host/host-options.js";
import { StartError } from "../../../playground/host/start-error.js";

const root = resolve(import.meta.dirname, "../../..");
const read = (...args: readonly string[]): ReturnType<typeof readOptions> => readOptions({ args, cwd: "/here" });

describe("the host's options", () => {
  it("keep everything in the repository unless told, and the user's own apart", () => {
    expect(read()).toEqual({ own: false, port: 4177, stateFolder: join(root, ".playground"), pageFolder: join(root, "playground/page/dist"), paceMs: 15 });
    expect(read("--own")).toMatchObject({ own: true, stateFolder: join(root, ".playground", "own") });
    expect(read("--state", "there", "--port", "0", "--page", "dist", "--pace", "0")).toEqual({ own: false, port: 0, stateFolder: "/here/there", pageFolder: "/here/dist", paceMs: 0 });
    expect(read("--own", "--state", "/there")).toMatchObject({ stateFolder: "/there/own" });
    expect(read("--help")).toBeUndefined();
  });

  it.each([
    [["--port", "65536"], "--port takes a whole number from 0 to 65535"],
    [["--port", "4000x"], "--port takes a whole number"],
    [["--port", "-1"], "--port"],
    [["--port", ""], "--port takes a whole number"],
    [["--pace", "fast"], "--pace takes a whole number"],
    [["--nonsense"], "--nonsense"],
    [["--host", "0.0.0.0"], "--host"],
    [["something"], "something"],
  ])("are refused in one line: %j", (args, words) => {
    expect(() => read(...args)).toThrow(StartError);
    expect(() => read(...args)).toThrow(words);
  });
});
