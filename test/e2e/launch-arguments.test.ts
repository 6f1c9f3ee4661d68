import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { realPiVersions, withProvider } from "./real-pi.js";

const pi = realPiVersions.find(({ version }) => version === "0.87.1");
if (pi === undefined) throw new Error("Pi 0.87.1 is not installed.");

/** Brings a command, and writes down what its flag says. */
const extension = `import { writeFileSync } from "node:fs";
export default function (pi) {
  pi.registerFlag("motto", { description: "Is written down", type: "string" });
  pi.registerCommand("said", { description: "Does nothing", handler: async () => {} });
  pi.on("session_start", () => writeFileSync(process.cwd() + "/motto", pi.getFlag("motto")));
}
`;

describe(`the launch arguments of Pi ${pi.version}`, () => {
  it("reach discovery and session, whatever characters are in them, and an unknown one is told as such", async () => {
    await withProvider({ pi }, async (fixture) => {
      const { provider, sandbox, spareFolder } = fixture;
      const path = join(spareFolder, "it's an extension.ts");
      await writeFile(path, extension);
      const launchArguments = `--extension "${path}" --motto '$HOME; "yes"' --system-prompt "Two words" --no-tools`;
      await provider.listModels({ launchArguments, cwd: sandbox.projectDir });
      expect(provider.snapshot().commands).toContainEqual(expect.objectContaining({ name: "said" }));

      await fixture.start({ threadId: "t1", providerOptions: { pi: { launchArguments } } });
      expect(await provider.listCommands("t1")).toContainEqual(expect.objectContaining({ name: "said" }));
      expect(await readFile(join(sandbox.projectDir, "motto"), "utf8")).toBe('$HOME; "yes"');
      const asked = fixture.model.nextRequest();
      const turn = await fixture.turn({ threadId: "t1", input: "Hello." }, [{ text: "Hello!" }]);
      expect(turn.end).toMatchObject({ state: "completed" });
      const { body } = await asked;
      expect(body["tools"] ?? []).toEqual([]);
      expect(JSON.stringify(body)).toContain("Two words");

      expect(await provider.inspect({ launchArguments: "--no-such-flag" })).toMatchObject({ verdict: "cannot-start", nextStep: expect.stringContaining("launch arguments") });
    });
  });
});
