/** Finds the agent's program. Only looks: it starts nothing and writes nothing. */
export interface BinaryLocator {
  /** Never rejects for a program that is not there: that is an answer, with everything that was searched. */
  locate(query: BinaryQuery): Promise<BinaryLookup>;
}

export interface BinaryQuery {
  /** The path or bare name a user configured. Blank counts as absent. */
  readonly configured?: string | undefined;
  /** The name looked for when nothing is configured. */
  readonly defaultName: string;
  /** Names of the packages that ship the program, to read a version beside it where that is certain. */
  readonly packageNames: readonly string[];
  /** The environment whose `PATH` counts: the one the child will get. */
  readonly environment: Readonly<Record<string, string>>;
  /** Goes on searching after the first one that is found, to tell of others a user may take for the one in use. Default: no. */
  readonly findOthers?: boolean | undefined;
}

export type BinaryLookup =
  | {
      readonly type: "found";
      readonly binary: LocatedBinary;
      /** Until it was found. */
      readonly searched: readonly SearchedPlace[];
      /**
       * Other programs of that name, in the order in which they would be used; links to the same file are one. Beside a configured path,
       * those of the default name. Only when asked for.
       */
      readonly others?: readonly LocatedBinary[];
    }
  | { readonly type: "missing"; readonly reason: MissingBinaryReason; readonly searched: readonly SearchedPlace[] };

export interface LocatedBinary {
  /** The path a person knows the program by: as configured, or as found on the PATH. */
  readonly path: string;
  /** What to start, after links and shims are resolved as far as starting needs it. */
  readonly command: string;
  /** Arguments that come before all others (a script behind an interpreter). */
  readonly leadingArgs: readonly string[];
  /**
   * Changes whenever another file would be run: real path, size, modification time, inode. The shims of some version managers are links
   * to the manager's one program, so it stays the same when the tool behind such a shim is exchanged.
   */
  readonly identity: string;
  /** Version of the package the program belongs to, only where that is certain. */
  readonly packageVersion?: string;
}

export type MissingBinaryReason =
  | "configured-path-missing"
  | "configured-path-not-a-file"
  | "configured-path-not-executable"
  | "configured-path-relative"
  | "not-on-path";

export interface SearchedPlace {
  readonly place: string;
  readonly source: "configured" | "path" | "known-place";
  readonly outcome: "found" | "absent" | "not-a-file" | "not-executable" | "refused";
}
