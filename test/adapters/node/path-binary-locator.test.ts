import { chmod, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
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

      it("looks a bare name up on the PATH only", async () => {
        const path = await program(join(folder, "bin", "other-name"));
        await program(join(folder, ".local/bin", "third-name"));
        const lookup = await locator.locate(query({ configured: "other-name", path: [join(folder, "bin")] }));
        expect(lookup).toMatchObject({ type: "found", searched: [{ place: path, source: "path", outcome: "found" }] });
        expect(await locator.locate(query({ configured: "third-name", path: [join(folder, "bin")] }))).toMatchObject({
          reason: "not-on-path",
          searched: [{ place: join(folder, "bin", "third-name"), source: "path", outcome: "absent" }],
        });
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
  });
});
