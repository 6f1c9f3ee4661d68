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
  const { HOME, USERPROFILE, APPDATA, LOCALAPPDATA, ProgramFiles, XDG_DATA_HOME, HOMEBREW_PREFIX, PNPM_HOME, BUN_INSTALL, VOLTA_HOME } = environment;
  const { MISE_DATA_DIR, ASDF_DATA_DIR, N_PREFIX, NVM_DIR, NVM_BIN, NVM_SYMLINK, FNM_DIR, FNM_MULTISHELL_PATH } = environment;
  const home = isWindows ? USERPROFILE : HOME;
  const inHome = (...segments: readonly string[]): string | undefined => below([home], ...segments)[0];
  const npmPrefix = environment["NPM_CONFIG_PREFIX"] ?? environment["npm_config_prefix"];

  if (isWindows) {
    const pnpmHome = [PNPM_HOME, below([LOCALAPPDATA], "pnpm")[0]];
    return [
      ...below([npmPrefix, below([APPDATA], "npm")[0]]),
      ...below([NVM_SYMLINK]),
      ...below([FNM_MULTISHELL_PATH]),
      ...below([FNM_DIR, below([APPDATA], "fnm")[0]], "aliases", "default"),
      ...below(pnpmHome, "bin"),
      ...below(pnpmHome),
      ...below([BUN_INSTALL, inHome(".bun")], "bin"),
      ...below([VOLTA_HOME, below([LOCALAPPDATA], "Volta")[0]], "bin"),
      ...below([MISE_DATA_DIR, below([LOCALAPPDATA], "mise")[0]], "shims"),
      ...below([home], "scoop", "shims"),
      ...below([home], ".local", "bin"),
      ...below([ProgramFiles], "nodejs"),
    ];
  }
  const isMac = platform === "darwin";
  const dataHome = below([XDG_DATA_HOME, inHome(".local", "share")])[0];
  const pnpmHome = [PNPM_HOME, isMac ? inHome("Library", "pnpm") : below([dataHome], "pnpm")[0]];
  return [
    ...below([home], ".local", "bin"),
    ...below([npmPrefix], "bin"),
    ...below([home], ".npm-global", "bin"),
    ...below([home], ".npm-packages", "bin"),
    // Which version of Node is meant, only a shell of nvm's or fnm's knows; elsewhere there is fnm's default, and nvm's link if one has it.
    ...below([NVM_BIN]),
    ...below([NVM_DIR, inHome(".nvm")], "current", "bin"),
    ...below([FNM_MULTISHELL_PATH], "bin"),
    ...below([FNM_DIR, below([dataHome], "fnm")[0]], "aliases", "default", "bin"),
    ...(isMac ? below([home], "Library", "Application Support", "fnm", "aliases", "default", "bin") : []),
    ...below([N_PREFIX, inHome("n")], "bin"),
    // pnpm has put programs into a folder of their own since version 11.
    ...below(pnpmHome, "bin"),
    ...below(pnpmHome),
    ...below([BUN_INSTALL, inHome(".bun")], "bin"),
    ...below([VOLTA_HOME, inHome(".volta")], "bin"),
    ...below([MISE_DATA_DIR, below([dataHome], "mise")[0]], "shims"),
    ...below([ASDF_DATA_DIR, inHome(".asdf")], "shims"),
    ...below([HOMEBREW_PREFIX, isMac ? "/opt/homebrew" : "/home/linuxbrew/.linuxbrew"], "bin"),
    // Homebrew's on a Mac with an Intel processor, npm's own where Node was installed by hand, then the system's packages.
    "/usr/local/bin",
    "/usr/bin",
  ];
}
