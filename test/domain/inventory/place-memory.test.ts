import { describe, expect, it } from "vitest";
import { PlaceMemory, placeKey } from "../../../src/domain/inventory/place-memory.ts";

function at(cwd: string): { readonly binaryPath: undefined; readonly agentDir: string; readonly cwd: string } {
  return { binaryPath: undefined, agentDir: "/agent", cwd };
}

describe("a memory of places", () => {
  it("has one thing for each place, and knows which was kept last", () => {
    const memory = new PlaceMemory<string>();
    expect([memory.latest, memory.get(at("/a"))]).toEqual([undefined, undefined]);
    memory.keep(at("/a"), "first");
    memory.keep(at("/b"), "second");
    memory.keep(at("/a"), "third");
    expect([memory.get(at("/a")), memory.get(at("/b")), memory.latest, memory.all()]).toEqual(["third", "second", "third", ["second", "third"]]);
  });

  it("takes something newer about a place without making it the latest", () => {
    const memory = new PlaceMemory<string>();
    memory.keep(at("/a"), "old");
    memory.keep(at("/b"), "latest");
    memory.replace(at("/a"), "new");
    expect([memory.get(at("/a")), memory.latest]).toEqual(["new", "latest"]);
  });

  it("forgets the place that was asked about longest ago, from the 65th on", () => {
    const memory = new PlaceMemory<number>();
    for (let index = 0; index < 64; index += 1) memory.keep(at(`/${index}`), index);
    memory.keep(at("/0"), 0);
    memory.keep(at("/64"), 64);
    expect([memory.get(at("/0")), memory.get(at("/1")), memory.get(at("/64")), memory.all().length]).toEqual([0, undefined, 64, 64]);
  });

  it("tells places apart by everything that names one", () => {
    const place = { binaryPath: "/bin/a", agentDir: "/agent", cwd: "/a", launchArguments: "-x" };
    const keys = [place, { ...place, binaryPath: undefined }, { ...place, agentDir: undefined }, { ...place, cwd: undefined }, { ...place, launchArguments: undefined }].map((each) => placeKey(each));
    expect(new Set(keys).size).toBe(5);
  });
});
