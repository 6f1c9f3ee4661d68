import { conformanceSettings } from "../../../src/app/conformance/conformance-settings.js";
import type { ConformanceStage } from "../../../src/app/conformance/conformance-subject.js";
import { createPiProvider } from "../../../src/app/index.js";
import type { BinaryLookup } from "../../../src/ports/binary-locator.js";
import { EchoInfrastructure, type EchoInfrastructureOptions, foundEcho } from "../echo-module.js";

const nowhere = "/nowhere/agent";

/** A provider with nothing real behind it: its time passes when the suite says so. */
export function inMemoryStage(options: Omit<EchoInfrastructureOptions, "lookup"> & { readonly agentVersion?: string }): ConformanceStage {
  const { agentVersion = "1.0.0", ...infrastructure } = options;
  const found: BinaryLookup = { ...foundEcho, binary: { ...foundEcho.binary, packageVersion: agentVersion } };
  const missing: BinaryLookup = { type: "missing", reason: "configured-path-missing", searched: [{ place: nowhere, source: "configured", outcome: "absent" }] };
  const machine = new EchoInfrastructure({ ...infrastructure, lookup: ({ configured }) => (configured === nowhere ? missing : found) });
  return {
    provider: createPiProvider({ cwd: "/project", coalesceMs: 0, session: { ...conformanceSettings, stopGraceMs: 20 }, modules: [machine.module] }),
    nowhere,
    processes: () => machine.spawner.running,
    pass: (ms) => machine.clock.advance(ms),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
