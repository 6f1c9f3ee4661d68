import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PathBinaryLocator } from "../../../src/adapters/node/path-binary-locator.js";
import type { BinaryQuery, MissingBinaryReason } from "../../../src/ports/binary-locator.js";
import { describeBinaryLocator, found } from "../../contract/binary-locator.js";

// A name that no machine has, so that what is really installed plays no part.
const name = "an-agent-nobody-has";
const packageNames = ["@scope/old-agent", "@scope/agent"];

async function temporaryFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), "locator-")));
}

async function program(path: string, mode = 0o755): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, mode);
  return path;
}

describe.skipIf(process.platform === "win32")("on a system with execute permissions", () => {
  describeBinaryLocator({
    name: "PathBinaryLocator",
    setup: async () => {
      const folder = await temporaryFolder();
      const path = await program(join(folder, "bin", name));
      await program(join(folder, "other", name));
      await mkdir(join(folder, "links"));
      await symlink(path, join(folder, "links", name));
      const plainFile = await program(join(folder, "plain-file"), 0o644);
      const query = { defaultName: name, packageNames: [], environment: { PATH: join(folder, "bin") } };
      const configured: Record<MissingBinaryReason, string> = {
        "configured-path-missing": join(folder, "missing"),
        "configured-path-not-a-file": folder,
        "configured-path-not-executable": plainFile,
        "configured-path-relative": `./bin/${name}`,
        "not-on-path": `${name}-either`,
      };
      return {
        locator: new PathBinaryLocator(),
        present: query,
        configured: { ...query, configured: path },
        several: { ...query, environment: { PATH: ["bin", "links", "other"].map((part) => join(folder, part)).join(delimiter) } },
        missing: (reason) => ({ ...query, configured: configured[reason] }),
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  });

  describe("PathBinaryLocator", () => {
    const locator = new PathBinaryLocator();
    let folder: string;

    beforeEach(async () => {
      folder = await temporaryFolder();
    });

    afterEach(() => rm(folder, { recursive: true }));

    function query({ configured, path = [] }: { configured?: string; path?: readonly string[] } = {}): BinaryQuery {
      return { configured, defaultName: name, packageNames, environment: { PATH: path.join(delimiter), HOME: folder } };
    }

    describe("configured", () => {
      it("expands the home folder of the child's environment", async () => {
        const path = await program(join(folder, "tools", name));
        expect(found(await locator.locate(query({ configured: ` ~/tools/${name} ` }))).binary).toMatchObject({ path, command: path, leadingArgs: [] });
      });

      it("refuses a home folder it does not know", async () => {
        const lookup = await locator.locate({ ...query({ configured: `~/tools/${name}` }), environment: {} });
        expect(lookup).toMatchObject({ reason: "configured-path-relative", searched: [{ place: `~/tools/${name}`, outcome: "refused" }] });
        expect(await locator.locate(query({ configured: "~somebody/agent" }))).toMatchObject({ reason: "configured-path-relative" });
      });

      it("takes the bare home folder for what it is", async () => {
        expect(await locator.locate(query({ configured: "~" }))).toMatchObject({ reason: "configured-path-not-a-file" });
      });

      it("looks a bare name up as it does the default one: on the PATH, then in known places", async () => {
        const onPath = await program(join(folder, "bin", "other-name"));
        const known = await program(join(folder, ".bun/bin", "third-name"));
        await program(join(folder, ".bun/bin", "other-name"));
        await program(join(folder, "bin", name));
        const path = [join(folder, "bin")];
        expect(await locator.locate(query({ configured: "other-name", path }))).toMatchObject({
          binary: { path: onPath },
          searched: [{ place: onPath, source: "path", outcome: "found" }],
        });
        const { binary, searched } = found(await locator.locate(query({ configured: "third-name", path })));
        expect(binary.path).toBe(known);
        expect(searched[0]).toEqual({ place: join(folder, "bin", "third-name"), source: "path", outcome: "absent" });
        expect(searched.at(-1)).toEqual({ place: known, source: "known-place", outcome: "found" });
        expect(await locator.locate(query({ configured: "fourth-name", path }))).toMatchObject({ type: "missing", reason: "not-on-path" });
      });

      it("never falls back to another program", async () => {
        await program(join(folder, "bin", name));
        const lookup = await locator.locate(query({ configured: join(folder, "gone"), path: [join(folder, "bin")] }));
        expect(lookup).toMatchObject({ reason: "configured-path-missing", searched: [{ place: join(folder, "gone"), source: "configured" }] });
      });

      it.each(["", "   "])("counts %j as absent", async (configured) => {
        await program(join(folder, "bin", name));
        expect(await locator.locate(query({ configured, path: [join(folder, "bin")] }))).toMatchObject({ type: "found" });
      });
    });

    describe("by name", () => {
      it("takes the first on the PATH that can be run, and reports what it passed over", async () => {
        const [first, second, third, fourth] = ["1", "2", "3", "4"].map((part) => join(folder, part)) as [string, string, string, string];
        await mkdir(join(first, name), { recursive: true });
        await program(join(second, name), 0o644);
        await program(join(fourth, name));
        const lookup = await locator.locate(query({ path: [first, second, third, second, fourth, first] }));
        expect(lookup.searched.map(({ place, outcome }) => [place, outcome])).toEqual([
          [join(first, name), "not-a-file"],
          [join(second, name), "not-executable"],
          [join(third, name), "absent"],
          [join(fourth, name), "found"],
        ]);
      });

      it("refuses relative folders of the PATH and ignores empty ones", async () => {
        const lookup = await locator.locate(query({ path: ["", ".", "node_modules/.bin", ""] }));
        expect(lookup.searched.filter(({ source }) => source === "path")).toEqual([
          { place: name, source: "path", outcome: "refused" },
          { place: `node_modules/.bin/${name}`, source: "path", outcome: "refused" },
        ]);
      });

      it("goes on to where package managers put programs", async () => {
        const path = await program(join(folder, ".bun/bin", name));
        const { binary, searched } = found(await locator.locate(query({ path: [join(folder, "bin"), join(folder, ".local/bin")] })));
        expect(binary.path).toBe(path);
        expect(searched.at(-1)).toEqual({ place: path, source: "known-place", outcome: "found" });
        const places = searched.map(({ place }) => place);
        expect(new Set(places).size).toBe(places.length);
      });

      it("says that it is not on the PATH when it is nowhere", async () => {
        const lookup = await locator.locate(query());
        expect(lookup).toMatchObject({ type: "missing", reason: "not-on-path" });
        expect(lookup.searched.every(({ source, outcome }) => source === "known-place" && outcome === "absent")).toBe(true);
      });
    });

    describe("a link", () => {
      it("is started under its own name and identified by what it leads to", async () => {
        const path = await program(join(folder, "lib", "cli"));
        const link = join(folder, "bin", name);
        await mkdir(dirname(link));
        await symlink(path, link);
        const { binary } = found(await locator.locate(query({ path: [dirname(link)] })));
        expect(binary).toMatchObject({ path: link, command: link });
        expect(binary.identity).toContain(path);
        expect(binary.identity).toBe(found(await locator.locate(query({ configured: path }))).binary.identity);
      });

      it("that leads nowhere is absent", async () => {
        const link = join(folder, name);
        await symlink(join(folder, "gone"), link);
        expect(await locator.locate(query({ configured: link }))).toMatchObject({ reason: "configured-path-missing" });
      });
    });

    it("changes the identity with the file", async () => {
      const path = await program(join(folder, name));
      const identify = async (): Promise<string> => found(await locator.locate(query({ configured: path }))).binary.identity;
      const identities = [await identify()];
      await utimes(path, 1_000, 1_000);
      identities.push(await identify());
      await writeFile(path, "#!/bin/sh\nexit\n");
      await utimes(path, 1_000, 1_000);
      identities.push(await identify());
      expect(new Set(identities).size).toBe(3);
    });

    describe("others", () => {
      it("are the programs that would be used next, wherever they are, each once", async () => {
        const first = await program(join(folder, "1", name));
        const second = await program(join(folder, "2", name));
        await mkdir(join(folder, ".local/bin"), { recursive: true });
        await symlink(first, join(folder, ".local/bin", name));
        const third = await program(join(folder, ".bun/bin", name));
        await mkdir(join(folder, ".volta/bin"), { recursive: true });
        await symlink(third, join(folder, ".volta/bin", name));
        const path = [join(folder, "1"), join(folder, "2")];
        const { binary, others, searched } = found(await locator.locate({ ...query({ path }), findOthers: true }));
        expect(binary.path).toBe(first);
        expect(others?.map((other) => other.path)).toEqual([second, third]);
        // What was searched for the others is not what was searched to find this one.
        expect(searched).toEqual([{ place: first, source: "path", outcome: "found" }]);
      });

      it("of a configured path are those that the default name would find", async () => {
        const configured = await program(join(folder, "tools", "my-agent"));
        await mkdir(join(folder, "1"));
        await symlink(configured, join(folder, "1", name));
        const second = await program(join(folder, "2", name));
        const path = [join(folder, "1"), join(folder, "2")];
        const lookup = found(await locator.locate({ ...query({ configured, path }), findOthers: true }));
        expect(lookup.binary.path).toBe(configured);
        expect(lookup.others?.map((other) => other.path)).toEqual([second]);
        expect(lookup.searched).toEqual([{ place: configured, source: "configured", outcome: "found" }]);
      });

      it("do not list a configured path's own place twice, and are never used instead of it", async () => {
        const inUse = await program(join(folder, "1", name));
        const other = await program(join(folder, "2", name));
        const path = [join(folder, "1"), join(folder, "2")];
        const { others, searched } = found(await locator.locate({ ...query({ configured: inUse, path }), findOthers: true }));
        expect(others?.map(({ path }) => path)).toEqual([other]);
        expect(searched.filter(({ place }) => place === inUse)).toHaveLength(1);
        const gone = { ...query({ configured: join(folder, "gone"), path }), findOthers: true };
        expect(await locator.locate(gone)).toMatchObject({ type: "missing", searched: [{ source: "configured", outcome: "absent" }] });
      });
    });

    it("reads the version of the package behind a link", async () => {
      const root = join(folder, "lib/node_modules/@scope/agent");
      await program(join(root, "dist/cli.js"));
      await writeFile(join(root, "package.json"), JSON.stringify({ name: "@scope/agent", version: "1.2.3", bin: { agent: "dist/cli.js" } }));
      await mkdir(join(folder, "bin"));
      await symlink(join(root, "dist/cli.js"), join(folder, "bin", name));
      expect(found(await locator.locate(query({ path: [join(folder, "bin")] }))).binary.packageVersion).toBe("1.2.3");
      const other = { ...query({ path: [join(folder, "bin")] }), packageNames: ["@scope/old-agent"] };
      expect(found(await locator.locate(other)).binary).not.toHaveProperty("packageVersion");
    });

    it("reads no file again while it is unchanged, and each locator has a memory of its own", async () => {
      const root = join(folder, "lib/node_modules/@scope/agent");
      const file = await program(join(root, "cli.js"));
      const manifest = join(root, "package.json");
      const write = (version: string): Promise<void> => writeFile(manifest, JSON.stringify({ name: "@scope/agent", version, bin: "cli.js" }));
      await write("1.2.3");
      const reads: string[] = [];
      const counting = (): PathBinaryLocator => new PathBinaryLocator({ readText: (path) => (reads.push(path), readFile(path, "utf8")) });
      const remembering = counting();
      const versionBy = async (by: PathBinaryLocator): Promise<string | undefined> =>
        found(await by.locate({ ...query({ configured: file }), findOthers: true })).binary.packageVersion;

      expect([await versionBy(remembering), await versionBy(remembering)]).toEqual(["1.2.3", "1.2.3"]);
      expect(reads).toEqual([manifest]);
      await write("1.10.0");
      expect([await versionBy(remembering), await versionBy(remembering)]).toEqual(["1.10.0", "1.10.0"]);
      expect(reads).toEqual([manifest, manifest]);
      await versionBy(counting());
      expect(reads).toHaveLength(3);
    });
  });
});
