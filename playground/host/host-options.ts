import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { StartError } from "./start-error.js";

export interface HostOptions {
  /** The user's own agent in the current folder, instead of the embedded ones. */
  readonly own: boolean;
  /** 0 for a free one. */
  readonly port: number;
  readonly stateFolder: string;
  /** Where the built page is. */
  readonly pageFolder: string;
  /** Between two pieces of what the scripted model says, in milliseconds. */
  readonly paceMs: number;
}

export const usage = `Usage: npm start -- [options]

  --own          your own Pi, with your login and models, in the current folder
  --port N       the port on 127.0.0.1 (default 4177; 0 for a free one)
  --state DIR    where threads and settings are kept (default .playground)
  --page DIR     where the built page is (default playground/page/dist)
  --pace MS      how slowly the scripted model speaks (default 15)
  --help         this text
`;

/** `undefined` where only help was asked for. */
export function readOptions({ args, cwd }: { readonly args: readonly string[]; readonly cwd: string }): HostOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const folder = resolve(cwd, values.state ?? fileURLToPath(new URL("../../.playground", import.meta.url)));
  return {
    own: values.own,
    port: wholeNumber({ name: "--port", text: values.port, max: 65_535 }),
    // What the embedded agents said means nothing to the user's own.
    stateFolder: values.own ? join(folder, "own") : folder,
    pageFolder: resolve(cwd, values.page ?? fileURLToPath(new URL("../page/dist", import.meta.url))),
    paceMs: wholeNumber({ name: "--pace", text: values.pace, max: 1_000 }),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        own: { type: "boolean", default: false },
        port: { type: "string", default: "4177" },
        state: { type: "string" },
        page: { type: "string" },
        pace: { type: "string", default: "15" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber({ name, text, max }: { readonly name: string; readonly text: string; readonly max: number }): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > max) throw new StartError(`${name} takes a whole number from 0 to ${max}, not "${text}".`);
  return number;
}
