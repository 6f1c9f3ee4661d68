import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markedProcesses } from "../process-census.js";
import { realPiVersions, withProvider } from "./real-pi.js";

const missing = "Every model and provider that the file defines is missing.";
const notJson = `Pi ignores its models.json: it is not valid JSON. ${missing}`;
const otherForm = `Pi ignores its models.json: it does not have the form that Pi expects. ${missing}`;

// A valid file, and none at all, are in models.test.ts.
describe.each(realPiVersions)("a models.json that Pi $version cannot use", (pi) => {
  // 0.80.10 is started five times for this.
  it("is told, costs only what it defines, and is read again as soon as it was mended", { timeout: 90_000 }, async () => {
    // Files are compared at every question: a test does not wait for a second to pass.
    await withProvider({ pi, provider: { inventory: { recheckMs: 0 } } }, async ({ provider, sandbox, spareFolder }) => {
      const file = join(sandbox.agentDir, "models.json");
      const valid = await readFile(file, "utf8");

      await writeFile(file, valid.slice(0, valid.length / 2));
      const [broken, noModels] = await Promise.all([provider.inspect(), provider.listModels()]);
      expect(broken).toMatchObject({
        verdict: "no-models",
        modelCount: 0,
        status: { available: false, authStatus: "unauthenticated", message: expect.stringContaining(notJson) },
        nextStep: "Correct the file, or log in to a provider.",
      });
      expect(noModels).toMatchObject({ defaultModel: null, models: [] });

      // With a login Pi has models that do not come from the file.
      await writeFile(join(sandbox.agentDir, "auth.json"), JSON.stringify({ anthropic: { type: "api_key", key: "sandbox-key" } }), { mode: 0o600 });
      await writeFile(file, JSON.stringify({ providers: { demo: { models: "all" } } }));
      const [otherwise, others] = await Promise.all([provider.inspect(), provider.listModels()]);
      expect(otherwise).toMatchObject({ verdict: "ready", warnings: [otherForm], status: { available: true, authStatus: "authenticated", message: otherForm } });
      expect(new Set(others.models.map(({ subProvider }) => subProvider))).toEqual(new Set(["anthropic"]));

      await writeFile(file, valid);
      const mended = await provider.listModels();
      expect(mended.freshness).toMatchObject({ source: "live" });
      expect(mended.models.map(({ slug }) => slug)).toEqual(expect.arrayContaining(["demo/plain", "demo/thinker", ...others.models.map(({ slug }) => slug)]));
      expect(provider.snapshot()).toMatchObject({ health: { verdict: "ready", warnings: [], modelCount: others.models.length + 3 } });

      expect(markedProcesses()).toEqual([]);
      expect(existsSync(join(spareFolder, "home", ".pi"))).toBe(false);
    });
  });
});
