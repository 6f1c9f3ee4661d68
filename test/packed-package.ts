import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");

/**
 * The tarball that `npm pack` makes of the package; tells its path. It is built here and now, in a copy: `dist` may be older than the
 * sources, and another test may be building it.
 */
export async function packPackage(folder: string): Promise<string> {
  const copy = join(folder, "package");
  await mkdir(copy);
  const names = (await readdir(root)).filter((name) => /^src$|^\.ci$|\.(?:json|md)$|^LICENSE$/.test(name));
  for (const name of names) await cp(join(root, name), join(copy, name), { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  // Its own script builds it.
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: copy });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as [{ filename: string }];
  return join(folder, filename);
}

/** Makes a folder a project that has installed the tarball, with the dependencies it needs and none that it merely knows. */
export async function installPackage(tarball: string, folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const installed = join(modules, "t3-pi-provider");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed]);
  const { dependencies, peerDependencies, peerDependenciesMeta = {} } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (peerDependenciesMeta[name]?.optional !== true) await symlink(join(root, "node_modules", name), join(modules, name));
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
