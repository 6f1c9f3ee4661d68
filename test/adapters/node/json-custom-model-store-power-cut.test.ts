import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { JsonCustomModelStore } from "../../../src/adapters/node/json-custom-model-store.js";
import type { CustomModelEntry } from "../../../src/ports/custom-model-store.js";
import { PowerCut, SimulatedDisk } from "./simulated-disk.js";

const file = "/home/user/custom-models.json";
const content = (models: readonly CustomModelEntry[]): string => JSON.stringify({ version: 1, models });

const one: CustomModelEntry = { slug: "lab/one", verified: true };
const two: CustomModelEntry = { slug: "lab/two", verified: false };

interface LifeInput {
  readonly disk: (operations: number) => SimulatedDisk;
  /** What the store holds at first, and after each of its updates. */
  readonly states: readonly [first: readonly CustomModelEntry[], ...later: (readonly CustomModelEntry[])[]];
}

/**
 * Lives through a power cut after each operation of the updates in turn, and after the last. Tells what is wrong with the disks that are
 * then possible, and how many were looked at.
 */
async function livesThroughPowerCuts({ disk, states }: LifeInput): Promise<{ readonly disks: number; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  let disks = 0;
  for (let operations = 0; ; operations += 1) {
    const files = disk(operations);
    const updates = await updatesUntilCut({ files, states });
    for (const survivor of files.survivors()) {
      disks += 1;
      const fault = await faultOf({ survivor, possible: states.slice(updates, updates + 2) });
      if (fault !== undefined) faults.push(`After ${operations} operations and ${updates} updates: ${fault}`);
    }
    if (updates === states.length - 1) return { disks, faults };
  }
}

interface FaultInput {
  readonly survivor: SimulatedDisk;
  /** What the store held last, and what the update under way would have made of it. */
  readonly possible: LifeInput["states"][number][];
}

async function faultOf({ survivor, possible }: FaultInput): Promise<string | undefined> {
  const store = new JsonCustomModelStore({ file, files: survivor });
  const read = await store.read();
  if (read.type === "unreadable") return read.detail;
  if (!possible.some((state) => isDeepStrictEqual(state, read.entries))) return JSON.stringify(read.entries);
  const updated = await store.update((entries) => [...entries, two]);
  return isDeepStrictEqual(updated, [...read.entries, two]) ? undefined : `${JSON.stringify(updated)} after the next update`;
}

/** How many of the updates were reported as done. */
async function updatesUntilCut({ files, states }: { readonly files: SimulatedDisk; readonly states: LifeInput["states"] }): Promise<number> {
  const store = new JsonCustomModelStore({ file, files });
  const [, ...later] = states;
  let done = 0;
  try {
    for (const state of later) {
      await store.update(() => state);
      done += 1;
    }
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  return done;
}

describe("JsonCustomModelStore, when the power is cut at any moment", () => {
  it.each<{ name: string } & LifeInput>([
    { name: "its first update, into folders that are not there yet", disk: (operations) => new SimulatedDisk({ operations }), states: [[], [one]] },
    { name: "an update that makes the file longer", disk: (operations) => SimulatedDisk.with({ [file]: content([one]) }, operations), states: [[one], [one, two]] },
    { name: "an update that makes the file shorter", disk: (operations) => SimulatedDisk.with({ [file]: content([one, two]) }, operations), states: [[one, two], []] },
    { name: "several updates", disk: (operations) => new SimulatedDisk({ operations }), states: [[], [one], [one, two], [two], []] },
  ])("holds the old entries or the new ones, and after the end the new ones: $name", async (life) => {
    const { disks, faults } = await livesThroughPowerCuts(life);
    expect(faults).toEqual([]);
    expect(disks).toBeGreaterThan(10);
  });

  it.each([
    { left: "syncFile", Careless: class extends SimulatedDisk { override async syncFile(): Promise<void> {} } },
    { left: "syncFolder", Careless: class extends SimulatedDisk { override async syncFolder(): Promise<void> {} } },
  ])("would lose entries without $left", async ({ Careless }) => {
    const { faults } = await livesThroughPowerCuts({ disk: (operations) => new Careless({ operations }), states: [[], [one]] });
    expect(faults).not.toEqual([]);
  });

  it.each([0, 1])("keeps what it sets aside under one name or the other: after %i operations", async (operations) => {
    const disk = SimulatedDisk.with({ [file]: "not ours" }, operations);
    await expect(new JsonCustomModelStore({ file, files: disk }).setAside()).rejects.toThrow(PowerCut);
    for (const survivor of disk.survivors()) expect(new Set(survivor.files.values())).toEqual(new Set(["not ours"]));
  });

  it("has set aside for good what it says it has", async () => {
    const disk = SimulatedDisk.with({ [file]: "not ours" });
    const aside = await new JsonCustomModelStore({ file, files: disk }).setAside();
    expect([...disk.survivors()].map(({ files }) => files)).toEqual([new Map([[aside, "not ours"]])]);
  });
});
