import { posix, win32 } from "node:path";
import { ProviderError } from "../../ports/errors.js";

export interface CustomModelsPlace {
  /** As it was given on the command line. */
  readonly file: string | undefined;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The file that keeps custom models: the one that was named, else our own in the user's configuration folder. It never lies in the
 * agent's folder, which is the agent's alone. Nothing where the environment does not tell whose configuration is meant.
 */
export function customModelsFile({ file, cwd, environment, platform = process.platform }: CustomModelsPlace): string | undefined {
  const paths = platform === "win32" ? win32 : posix;
  const { APPDATA: roaming, HOME, USERPROFILE, XDG_CONFIG_HOME: configuration } = environment;
  // A variable that is empty or holds a relative path says nothing.
  const named = (folder: string | undefined): string | undefined => (folder !== undefined && paths.isAbsolute(folder) ? folder : undefined);
  const home = named(platform === "win32" ? USERPROFILE : HOME);
  if (file !== undefined && !/^~[/\\]/.test(file)) return paths.resolve(cwd, file);
  // Shells replace a `~` only where a word begins, which it does not in `--file=~/…`.
  if (file !== undefined) return home === undefined ? undefined : paths.join(home, file.slice(2));
  const folder = platform === "win32" ? named(roaming) : (named(configuration) ?? (home === undefined ? undefined : paths.join(home, ".config")));
  return folder === undefined ? undefined : paths.join(folder, "t3-pi-provider", "custom-models.json");
}

/** The same for whoever cannot do without; throws a `ProviderError`. */
export function requiredCustomModelsFile(place: CustomModelsPlace): string {
  const file = customModelsFile(place);
  if (file !== undefined) return file;
  throw new ProviderError({
    kind: "validation",
    code: "invalid-input",
    operation: "custom models",
    detail: "Where custom models are kept is not known, because the environment names no home folder.",
    nextStep: "Name the file: --file <path>.",
  });
}
