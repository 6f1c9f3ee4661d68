import { describe, expect, it } from "vitest";
import { piConfiguration } from "../../../src/adapters/pi/configuration.js";

const home = { HOME: "/home/me" };
const { check } = piConfiguration;

/** As both installed versions write it: a heading, the reason, the file. */
function warning(reason: string): string {
  return `Warning: errors loading models.json:\n${reason}\n\nFile: /home/me/.pi/agent/models.json\n`;
}

describe("piConfiguration", () => {
  it.each([
    { place: { agentDir: undefined, environment: home }, folder: "/home/me/.pi/agent" },
    { place: { agentDir: undefined, environment: { ...home, PI_CODING_AGENT_DIR: "" } }, folder: "/home/me/.pi/agent" },
    { place: { agentDir: undefined, environment: { ...home, PI_CODING_AGENT_DIR: "/pi" } }, folder: "/pi" },
    { place: { agentDir: undefined, environment: { ...home, PI_CODING_AGENT_DIR: "~/pi" } }, folder: "/home/me/pi" },
    { place: { agentDir: "/other", environment: { ...home, PI_CODING_AGENT_DIR: "/pi" } }, folder: "/other" },
    { place: { agentDir: "~", environment: { USERPROFILE: "/Users/me" } }, folder: "/Users/me" },
  ])("consists of three files in $folder, and of the project's settings", ({ place, folder }) => {
    const files = ["models.json", "settings.json", "auth.json"].map((name) => `${folder}/${name}`);
    expect(piConfiguration.files({ ...place, cwd: undefined })).toEqual(files);
    expect(piConfiguration.files({ ...place, cwd: "/project" })).toEqual([...files, "/project/.pi/settings.json"]);
    expect(check?.file(place)).toBe(files[0]);
  });

  it("is checked by having Pi list its models, without extensions", () => {
    expect(check?.args).toEqual(["--list-models", "--no-extensions"]);
  });

  it.each([
    ["Failed to parse models.json: Expected property name or '}' in JSON at position 1 (line 1 column 2)", "it is not valid JSON."],
    ["Failed to parse models.json: Unexpected end of JSON input", "it is not valid JSON."],
    ["Invalid models.json schema:\n  - providers.x.models.0.id: must have required properties id", "it does not have the form that Pi expects."],
    ["Failed to load models.json: EISDIR: illegal operation on a directory, read", "it cannot be used."],
  ])("is ignored when Pi says: %s", (reason, says) => {
    const sentence = `Pi ignores its models.json: ${says} Every model and provider that the file defines is missing.`;
    expect(check?.read(warning(reason))).toBe(sentence);
    expect(check?.read(`Some other warning\n${warning(reason).replaceAll("\n", "\r\n")}No models available.\n`)).toBe(sentence);
    expect(check?.read(`\u001B[33m${warning(reason)}\u001B[39m`)).toBe(sentence);
  });

  it.each([
    "",
    "provider  model  context  max-out  thinking  images\nlab       m      128K     16.4K    no        no\n",
    "No models available. Use /login to log into a provider via OAuth or API key.\n",
    "lab  Warning: errors loading models.json:\n",
    "Failed to parse models.json: of a dream\n",
    "Warning: errors loading themes:\nFailed to parse models.json: no\n",
  ])("is in order when Pi says: %j", (output) => {
    expect(check?.read(output)).toBeUndefined();
  });
});
