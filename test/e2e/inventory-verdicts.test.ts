import { existsSync } from "node:fs";
import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProviderHealthVerdict } from "../../src/ports/provider-inventory.js";
import { markedProcesses } from "../process-census.js";
import { realPiVersions, withProvider } from "./real-pi.js";

interface Change {
  /** The script that is put in the program's place; without one the program is removed. */
  readonly script?: string;
  readonly verdict: ProviderHealthVerdict;
  readonly says: RegExp;
  readonly next: RegExp;
}

const changes: readonly Change[] = [
  { verdict: "configured-path-wrong", says: /does not exist/, next: /Correct the path/ },
  { script: "echo 0.74.0", verdict: "too-old", says: /Pi 0\.74\.0 at ".*" is too old; 0\.80\.6 or newer/, next: /Node older than 22\.19.*npm install/ },
  { script: "echo GNU bash, version 5", verdict: "not-the-agent", says: /does not look like Pi/, next: /Configure the path of the Pi program/ },
  { script: "sleep 600", verdict: "timed-out", says: /did not tell its version within/, next: /Run it in a terminal/ },
  { script: 'if [ "$1" = --version ]; then echo 0.87.1; else exit 3; fi', verdict: "cannot-start", says: /exit code 3/, next: /Run it in a terminal/ },
];

describe.each(realPiVersions.slice(0, 1))("a program that was Pi $version", (pi) => {
  it("is judged by what it is now at every question, and ready again once it is what it was", async () => {
    // A version is told at once or not at all; a file is compared at every question.
    const options = { versionProbeMs: 1_000, inventory: { recheckMs: 0 } };
    await withProvider({ provider: options }, async ({ provider, spareFolder }) => {
      const binaryPath = join(spareFolder, "pi-of-mine");
      const restore = (): Promise<void> => symlink(pi.binaryPath, binaryPath);
      await restore();
      const { models } = await provider.listModels({ binaryPath });
      expect(models).toHaveLength(3);

      for (const { script, verdict, says, next } of changes) {
        await rm(binaryPath, { force: true });
        if (script !== undefined) await writeFile(binaryPath, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const report = await provider.inspect({ binaryPath });
        expect(report).toMatchObject({ verdict, binaryPath, nextStep: expect.stringMatching(next) });
        expect(report.status).toMatchObject({ status: "error", available: false, authStatus: "unknown", message: expect.stringMatching(says) });
        // What was known is kept, and it is said that it is old.
        expect(await provider.listModels({ binaryPath })).toMatchObject({ models, freshness: { source: "last-known-good" } });
        expect(markedProcesses()).toEqual([]);
      }

      await rm(binaryPath);
      await restore();
      expect(await provider.listModels({ binaryPath })).toMatchObject({ models, freshness: { source: expect.not.stringMatching("last-known-good") } });
      expect(provider.snapshot().health).toMatchObject({ verdict: "ready", version: pi.version, status: { available: true, authStatus: "authenticated" } });
      expect(existsSync(join(spareFolder, "home", ".pi"))).toBe(false);
    });
  });

  it("is given up when it starts and never answers, and is gone then", async () => {
    await withProvider({ provider: { session: { readyMs: 300 } } }, async ({ provider, spareFolder }) => {
      const binaryPath = join(spareFolder, "hangs");
      await writeFile(binaryPath, '#!/bin/sh\nif [ "$1" = --version ]; then echo 0.87.1; else exec sleep 600; fi\n', { mode: 0o755 });
      const [report, error] = await Promise.all([provider.inspect({ binaryPath }), provider.listModels({ binaryPath }).catch((reason: unknown) => reason)]);

      expect(report).toMatchObject({ verdict: "timed-out", binaryPath, version: "0.87.1", nextStep: expect.any(String), status: { message: expect.stringMatching(/started but did not answer within/) } });
      expect(error).toMatchObject({ kind: "process", code: "start-timeout" });
      expect(markedProcesses()).toEqual([]);
    });
  });
});
