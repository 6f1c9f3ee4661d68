import { posix, win32 } from "node:path";

export interface KnownPlacesInput {
  readonly environment: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
}

/**
 * Folders where package managers put programs, for hosts whose `PATH` lacks them: one started from a desktop has never read a shell's
 * profile. Absolute paths, in the order in which they are tried; a manager's own variable replaces its default folder.
 */
export function knownPlaces({ environment, platform }: KnownPlacesInput): readonly string[] {
  const isWindows = platform === "win32";
  const path = isWindows ? win32 : posix;
  /** A folder below one of these bases, the first that is set; nothing if none is. */
  const below = (bases: readonly (string | undefined)[], ...segments: readonly string[]): readonly string[] => {
    const base = bases.find((candidate) => candidate !== undefined && path.isAbsolute(candidate));
    return base === undefined ? [] : [path.join(base, ...segments)];
  };
  const { HOME, USERPROFILE, APPDATA, LOCALAPPDATA, ProgramFiles, XDG_DATA_HOME, HOMEBREW_PREFIX } = environment;
  const { PNPM_HOME, BUN_INSTALL, VOLTA_HOME, MISE_DATA_DIR, ASDF_DATA_DIR, N_PREFIX, NVM_BIN } = environment;
  const home = isWindows ? USERPROFILE : HOME;
  const inHome = (...segments: readonly string[]): string | undefined => below([home], ...segments)[0];

  if (isWindows) {
    return [
      ...below([APPDATA], "npm"),
      ...below([PNPM_HOME, below([LOCALAPPDATA], "pnpm")[0]]),
      ...below([BUN_INSTALL, inHome(".bun")], "bin"),
      ...below([VOLTA_HOME, below([LOCALAPPDATA], "Volta")[0]], "bin"),
      ...below([MISE_DATA_DIR, below([LOCALAPPDATA], "mise")[0]], "shims"),
      ...below([home], "scoop", "shims"),
      ...below([home], ".local", "bin"),
      ...below([ProgramFiles], "nodejs"),
    ];
  }
  const dataHome = below([XDG_DATA_HOME, inHome(".local", "share")])[0];
  const pnpmHome = platform === "darwin" ? inHome("Library", "pnpm") : below([dataHome], "pnpm")[0];
  return [
    ...below([home], ".local", "bin"),
    ...below([home], ".npm-global", "bin"),
    ...below([home], ".npm-packages", "bin"),
    ...below([NVM_BIN]),
    ...below([N_PREFIX, inHome("n")], "bin"),
    ...below([PNPM_HOME, pnpmHome]),
    ...below([BUN_INSTALL, inHome(".bun")], "bin"),
    ...below([VOLTA_HOME, inHome(".volta")], "bin"),
    ...below([MISE_DATA_DIR, below([dataHome], "mise")[0]], "shims"),
    ...below([ASDF_DATA_DIR, inHome(".asdf")], "shims"),
    ...below([HOMEBREW_PREFIX, platform === "darwin" ? "/opt/homebrew" : "/home/linuxbrew/.linuxbrew"], "bin"),
    "/usr/local/bin",
    "/usr/bin",
  ];
}
