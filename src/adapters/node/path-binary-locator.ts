import { delimiter, isAbsolute, join } from "node:path";
import type { BinaryLocator, BinaryLookup, BinaryQuery, MissingBinaryReason, SearchedPlace } from "../../ports/binary-locator.js";
import { knownPlaces } from "./known-places.js";
import { inspectProgramFile } from "./program-file.js";

const isWindows = process.platform === "win32";

type Candidate = Pick<SearchedPlace, "place" | "source">;

/** Finds programs on this machine: where the user said, else on the `PATH`, else where package managers put them. */
export class PathBinaryLocator implements BinaryLocator {
  async locate(query: BinaryQuery): Promise<BinaryLookup> {
    const searchPath = pathFolders(query.environment);
    const searched: SearchedPlace[] = [];
    for (const { place, source } of candidatesFor({ query, searchPath })) {
      // A relative place would mean another program in every folder, perhaps one that came with somebody's project.
      const file = isAbsolute(place)
        ? await inspectProgramFile({ path: place, packageNames: query.packageNames, searchPath })
        : ({ outcome: "refused" } as const);
      searched.push({ place, source, outcome: file.outcome });
      if (file.outcome === "found") return { type: "found", binary: file.binary, searched };
    }
    return { type: "missing", reason: missingReason(searched), searched };
  }
}

function candidatesFor({ query, searchPath }: { query: BinaryQuery; searchPath: readonly string[] }): readonly Candidate[] {
  const { defaultName, environment } = query;
  const configured = query.configured?.trim() ?? "";
  if (isPath(configured)) return candidates({ paths: [expandHome({ path: configured, environment })], source: "configured" });
  const name = configured === "" ? defaultName : configured;
  const onPath = candidates({ paths: searchPath.map((folder) => join(folder, name)), source: "path" });
  if (configured !== "") return onPath;
  const known = knownPlaces({ environment, platform: process.platform }).map((folder) => join(folder, name));
  const seen = new Set(onPath.map((candidate) => candidate.place));
  return [...onPath, ...candidates({ paths: known, source: "known-place" }).filter((candidate) => !seen.has(candidate.place))];
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
