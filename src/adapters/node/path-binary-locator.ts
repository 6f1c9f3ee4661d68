import { readFile } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { BinaryLocator, BinaryLookup, BinaryQuery, LocatedBinary, MissingBinaryReason, SearchedPlace } from "../../ports/binary-locator.js";
import { FileMemory } from "./file-memory.js";
import { fileStamp } from "./file-stamp.js";
import { knownPlaces } from "./known-places.js";
import { inspectProgramFile, type ProgramFile } from "./program-file.js";

const isWindows = process.platform === "win32";

type Candidate = Pick<SearchedPlace, "place" | "source">;

/**
 * Finds programs on this machine: where the user said, else on the `PATH`, else where package managers put them. The files that tell a
 * program's version are remembered while they are unchanged, so that looking again reads none.
 */
export class PathBinaryLocator implements BinaryLocator {
  readonly #texts: FileMemory<string>;

  constructor({ readText = (file) => readFile(file, "utf8") }: { readonly readText?: (file: string) => Promise<string> } = {}) {
    this.#texts = new FileMemory({ stamp: fileStamp, load: readText });
  }

  async locate(query: BinaryQuery): Promise<BinaryLookup> {
    const { wanted, similar } = candidatesFor(query);
    const searched: SearchedPlace[] = [];
    for (const candidate of wanted) {
      const file = await this.#inspect(candidate, query);
      searched.push({ ...candidate, outcome: file.outcome });
      if (file.outcome !== "found") continue;
      const { binary } = file;
      if (query.findOthers !== true) return { type: "found", binary, searched };
      return { type: "found", binary, searched, others: await this.#others(binary, { candidates: [...wanted.slice(searched.length), ...similar], query }) };
    }
    return { type: "missing", reason: missingReason(searched), searched };
  }

  async #others(binary: LocatedBinary, { candidates, query }: { readonly candidates: readonly Candidate[]; readonly query: BinaryQuery }): Promise<readonly LocatedBinary[]> {
    const programs = [binary];
    for (const candidate of candidates) {
      const file = await this.#inspect(candidate, query);
      if (file.outcome === "found") programs.push(file.binary);
    }
    return distinct(programs).slice(1);
  }

  async #inspect({ place }: Candidate, { packageNames, environment }: BinaryQuery): Promise<ProgramFile> {
    // A relative place would mean another program in every folder, perhaps one that came with somebody's project.
    if (!isAbsolute(place)) return { outcome: "refused" };
    return await inspectProgramFile({ path: place, packageNames, searchPath: pathFolders(environment), readText: (file) => this.#texts.read(file) });
  }
}

/** Links to one file are one program, known by the first of them. */
function distinct(programs: readonly LocatedBinary[]): readonly LocatedBinary[] {
  return programs.filter(({ identity }, index) => programs.findIndex((program) => program.identity === identity) === index);
}

interface Candidates {
  /** Where the program may be, best first. */
  readonly wanted: readonly Candidate[];
  /** Where programs may be that pass for it and are never used instead. */
  readonly similar: readonly Candidate[];
}

function candidatesFor(query: BinaryQuery): Candidates {
  const { defaultName, environment } = query;
  const configured = query.configured?.trim() ?? "";
  if (!isPath(configured)) return { wanted: candidatesByName({ name: configured === "" ? defaultName : configured, environment }), similar: [] };
  const wanted = candidates({ paths: [expandHome({ path: configured, environment })], source: "configured" });
  return { wanted, similar: without(candidatesByName({ name: defaultName, environment }), wanted) };
}

function candidatesByName({ name, environment }: { name: string; environment: BinaryQuery["environment"] }): readonly Candidate[] {
  const onPath = candidates({ paths: pathFolders(environment).map((folder) => join(folder, name)), source: "path" });
  const known = knownPlaces({ environment, platform: process.platform }).map((folder) => join(folder, name));
  return [...onPath, ...without(candidates({ paths: known, source: "known-place" }), onPath)];
}

function without(candidates: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  const places = new Set(others.map(({ place }) => place));
  return candidates.filter(({ place }) => !places.has(place));
}

function candidates({ paths, source }: { paths: readonly string[]; source: Candidate["source"] }): readonly Candidate[] {
  const places = isWindows ? paths.flatMap(withWindowsExtension) : paths;
  return [...new Set(places)].map((place) => ({ place, source }));
}

/** A file without an extension is a shell script there, put beside the `.cmd` file for Unix shells. */
function withWindowsExtension(path: string): readonly string[] {
  return /\.(?:exe|com|cmd|bat)$/i.test(path) ? [path] : [`${path}.exe`, `${path}.cmd`];
}

function isPath(configured: string): boolean {
  return configured === "~" || configured.includes("/") || (isWindows && configured.includes("\\"));
}

/** Without a home folder the path stays as it is, and is refused as relative. */
function expandHome({ path, environment }: { path: string; environment: Readonly<Record<string, string>> }): string {
  const home = isWindows ? environment["USERPROFILE"] : environment["HOME"];
  return home !== undefined && /^~(?:[/\\]|$)/.test(path) ? join(home, path.slice(1)) : path;
}

function pathFolders(environment: Readonly<Record<string, string>>): readonly string[] {
  const path = isWindows ? Object.entries(environment).find(([name]) => name.toUpperCase() === "PATH")?.[1] : environment["PATH"];
  const folders = path?.split(delimiter).filter((folder) => folder !== "") ?? [];
  return isWindows ? folders.map((folder) => folder.replace(/^"(.*)"$/, "$1")) : folders;
}

function missingReason(searched: readonly SearchedPlace[]): MissingBinaryReason {
  const configured = searched.filter((place) => place.source === "configured");
  // Windows tries several extensions; what was found wrong with a file says more than that another is absent.
  const telling = configured.find((place) => place.outcome !== "absent") ?? configured[0];
  switch (telling?.outcome) {
    case "absent":
      return "configured-path-missing";
    case "not-a-file":
      return "configured-path-not-a-file";
    case "not-executable":
      return "configured-path-not-executable";
    case "refused":
      // An absolute path is refused only for a batch file that a shell would have to run.
      return isAbsolute(telling.place) ? "configured-path-not-executable" : "configured-path-relative";
    default:
      return "not-on-path";
  }
}
