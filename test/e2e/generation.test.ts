import { mkdir, readdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markedProcesses } from "../process-census.js";
import { realPiVersions, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

// The older Pi differs in nothing that this needs, and its start is slow.
const pi = realPiVersions.find(({ version }) => version === "0.87.1");
if (pi === undefined) throw new Error("Pi 0.87.1 is not installed.");

/** Leaves a mark where it is loaded. */
const marker = `import { writeFileSync } from "node:fs";
export default function () { writeFileSync(process.cwd() + "/loaded", ""); }
`;

describe(`one-shot generation with Pi ${pi.version}`, () => {
  it("asks the model that was named, the user's own or one it does not list, with no tool, extension or context, and leaves nothing", async () => {
    await withProvider({ pi, sandbox: { files: { "AGENTS.md": "Speak like a pirate.", "CLAUDE.md": "Speak like a pirate." } } }, async (fixture) => {
      const { provider, model, sandbox } = fixture;
      await mkdir(join(sandbox.agentDir, "extensions"));
      await writeFile(join(sandbox.agentDir, "extensions", "marker.ts"), marker);
      const arrived = model.nextRequest();
      model.willAnswer([{ text: 'Here it is:\n```json\n{"title": "Fix the login"}\n```\n', chunks: 3 }]);
      const title = await provider.generateJson({ prompt: "Name this change.", cwd: sandbox.projectDir, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "high" } }, jsonSchema: { type: "object" } });

      expect(title).toEqual({ title: "Fix the login" });
      expect(markedProcesses()).toEqual([]);
      const request = await arrived;
      expect(request.body).toMatchObject({ model: "thinker" });
      expect(request.body["tools"] ?? []).toEqual([]);
      expect(spoken(request, "user")).toEqual([expect.stringMatching(/^Name this change\.\n\n.*JSON Schema.*\n\{"type":"object"\}$/)]);
      expect(JSON.stringify(request.body)).not.toContain("pirate");
      expect(existsSync(join(sandbox.projectDir, "loaded"))).toBe(false);
      expect(existsSync(join(sandbox.agentDir, "sessions")) ? await readdir(join(sandbox.agentDir, "sessions")) : []).toEqual([]);
      expect(fixture.log.events).toEqual([]);

      const models: unknown[] = [];
      for (const slug of [undefined, "demo/not-listed"]) {
        const next = model.nextRequest();
        model.willAnswer([{ text: "[1]" }]);
        expect(await provider.generateJson({ prompt: "Count.", model: slug })).toEqual([1]);
        models.push((await next).body["model"]);
      }
      expect(models).toEqual(["plain", "not-listed"]);
    });
  });
});
