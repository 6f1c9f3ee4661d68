import { win32 } from "node:path";

export interface CommandShimInput {
  /** The `.cmd` file's absolute path. */
  readonly shim: string;
  readonly text: string;
  /** The folders of `PATH`. */
  readonly searchPath: readonly string[];
  readonly isFile: (path: string) => Promise<boolean>;
}

export interface ResolvedShim {
  /** `node.exe` */
  readonly interpreter: string;
  readonly script: string;
}

/** npm's form names the interpreter in a variable, pnpm's and older npm's inline. Both begin the script with the shim's own folder. */
const npmShim = /"%_prog%"\s+"%dp0%\\([^"%]+\.[cm]?js)"\s+%\*/i;
const npmShimForNode = /"_prog=node"/i;
const inlineShim = /(?:^|[\s"\\])node(?:\.exe)?"?\s+"%~dp0\\?([^"%]+\.[cm]?js)"\s+%\*/im;

/**
 * What a package manager's `.cmd` file would run. Node refuses to start a batch file without a shell, and a shell would interpret the
 * arguments; so the script is started directly. `undefined` for any batch file that is not such a shim for Node.
 */
export async function resolveCommandShim({ shim, text, searchPath, isFile }: CommandShimInput): Promise<ResolvedShim | undefined> {
  const script = inlineShim.exec(text)?.[1] ?? (npmShimForNode.test(text) ? npmShim.exec(text)?.[1] : undefined);
  if (script === undefined) return undefined;
  const folder = win32.dirname(shim);
  for (const candidate of [folder, ...searchPath]) {
    const interpreter = win32.join(candidate, "node.exe");
    if (await isFile(interpreter)) return { interpreter, script: win32.join(folder, script) };
  }
  return undefined;
}
