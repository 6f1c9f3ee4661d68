import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerModule } from "inversify";
import { conformanceSettings } from "../../../src/app/conformance/conformance-settings.js";
import type { ConformanceStage, ConformanceSubject } from "../../../src/app/conformance/conformance-subject.js";
import { createProviderContainer, ports, services } from "../../../src/app/index.js";
import { markedProcesses } from "../../process-census.js";
import { heronDialect } from "./heron-dialect.js";

export const heronSubject: ConformanceSubject = {
  name: "Heron",
  acts: {
    answers: { prompt: "hello", texts: ["Croak."] },
    thinks: { prompt: "muse", texts: ["A pond is a small lake."] },
    usesTool: { prompt: "fish", texts: ["I have a fish."] },
    plans: { prompt: "fish for two", texts: ["I have a fish."] },
    worksInStages: { prompt: "wade", texts: ["First the near bank.", "Then the far one."] },
    handlesItself: { prompt: "/nod", texts: [] },
    retries: { prompt: "slip", texts: ["I stand."] },
    fails: { prompt: "fall", texts: [] },
    asks: { prompt: "riddle", texts: ["The left bank, then."] },
    waitsForSteering: { prompt: "stand", steer: "go", texts: ["I stand still.", "You murmured: go"] },
    goesOn: { prompt: "stand", texts: [] },
    ignoresAbort: { prompt: "sleep", texts: [] },
    crashes: { prompt: "vanish", texts: [] },
    generates: { prompt: "count", json: { herons: 1, fish: 0 } },
  },
  lacks: { compaction: "neither counts nor summarises" },
  open: (script) => openHeron({ abortMs: script.includes("ignoresAbort") ? 100 : 30_000 }),
};

/** Heron as a program of its own, with a home that is gone afterwards. */
async function openHeron({ abortMs }: { readonly abortMs: number }): Promise<ConformanceStage> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "heron-"));
  const [home, project, program] = [join(folder, "home"), join(folder, "project"), join(folder, "heron")];
  for (const path of [home, project]) await mkdir(path);
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, "heron.mjs")}' "$@"\n`, { mode: 0o755 });
  // So that nobody has to start it to learn its version.
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "heron", version: "2.1.0", bin: { heron: "heron" } }));
  const heronModule = new ContainerModule(({ rebind }) => {
    rebind(ports.agentDialect).toConstantValue(heronDialect);
  });
  const container = createProviderContainer({ binaryPath: program, agentDir: home, cwd: project, session: { ...conformanceSettings, abortMs }, modules: [heronModule] });
  const provider = container.get(services.provider);
  return {
    provider,
    nowhere: join(folder, "nowhere"),
    processes: () => markedProcesses().length,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
