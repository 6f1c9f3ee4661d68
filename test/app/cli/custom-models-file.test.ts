import { describe, expect, it } from "vitest";
import { customModelsFile, requiredCustomModelsFile, type CustomModelsPlace } from "../../../src/app/cli/custom-models-file.js";

const at = (place: Partial<CustomModelsPlace>): CustomModelsPlace => ({ file: undefined, cwd: "/project", environment: {}, platform: "linux", ...place });

describe("the file of custom models", () => {
  it.each([
    ["is in the user's configuration folder", { HOME: "/home/someone", XDG_CONFIG_HOME: "/settings" }, "/settings/t3-pi-provider/custom-models.json"],
    ["is below the home folder where nothing else is said", { HOME: "/home/someone" }, "/home/someone/.config/t3-pi-provider/custom-models.json"],
    ["does not depend on an empty variable", { HOME: "/home/someone", XDG_CONFIG_HOME: "" }, "/home/someone/.config/t3-pi-provider/custom-models.json"],
    ["does not depend on the folder one works in", { HOME: "/home/someone", XDG_CONFIG_HOME: "settings" }, "/home/someone/.config/t3-pi-provider/custom-models.json"],
    ["is nowhere without a home", {}, undefined],
    ["is nowhere with a home that is a relative path", { HOME: "ada" }, undefined],
  ])("%s", (_name, environment, file) => {
    expect(customModelsFile(at({ environment }))).toBe(file);
  });

  it.each([
    ["is where Windows keeps settings", { APPDATA: String.raw`C:\Users\someone\AppData\Roaming` }, String.raw`C:\Users\someone\AppData\Roaming\t3-pi-provider\custom-models.json`],
    ["is nowhere on a Windows that does not say where", { HOME: "/home/someone", USERPROFILE: String.raw`C:\Users\someone` }, undefined],
  ])("%s", (_name, environment, file) => {
    expect(customModelsFile(at({ environment, cwd: String.raw`C:\project`, platform: "win32" }))).toBe(file);
  });

  it.each([
    ["/models.json", "/models.json"],
    ["../models.json", "/models.json"],
    ["models.json", "/project/models.json"],
    ["~/models.json", "/home/someone/models.json"],
    ["~ada/models.json", "/project/~ada/models.json"],
  ])("is the one that is named: %s", (file, expected) => {
    expect(customModelsFile(at({ file, environment: { HOME: "/home/someone", XDG_CONFIG_HOME: "/settings" } }))).toBe(expected);
  });

  it("is found below the home folder on Windows, too", () => {
    const environment = { USERPROFILE: String.raw`C:\Users\someone` };
    expect(customModelsFile(at({ file: String.raw`~\models.json`, cwd: String.raw`C:\project`, environment, platform: "win32" }))).toBe(String.raw`C:\Users\someone\models.json`);
  });

  it.each([undefined, "~/models.json"])("has to be named where no home is known, and %s is no name", (file) => {
    expect(() => requiredCustomModelsFile(at({ file }))).toThrow("the environment names no home folder. Name the file: --file <path>.");
  });
});
