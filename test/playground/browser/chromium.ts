import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { chromium, type Browser } from "playwright-core";
import { isAlive } from "../../process-census.js";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** A name of somebody else's that leads to this machine. */
export const foreignName = "rebound.example";

const args = [`--host-resolver-rules=MAP ${foreignName} 127.0.0.1`, "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** What to do where there is no browser; `undefined` where there is one. */
export const missingBrowser = existsSync(executablePath) ? undefined : `There is no Chromium at ${executablePath}. Install Debian's package (apt-get install chromium), or name another one in CHROMIUM_PATH.`;

/** Whether tests that need one may be left out where there is none: a developer may have none, but a run that is to prove something needs it. */
export const mayMissBrowser = process.env["BROWSER_TESTS"] !== "required" && (process.env["CI"] ?? "") === "";

/** Chromium with a new and empty profile, and a home of its own. Its disposal leaves neither a process nor a file. */
export class OwnBrowser implements AsyncDisposable {
  readonly browser: Browser;
  readonly #folder: string;
  readonly #pids: readonly number[];

  private constructor({ browser, folder, pids }: { readonly browser: Browser; readonly folder: string; readonly pids: readonly number[] }) {
    this.browser = browser;
    this.#folder = folder;
    this.#pids = pids;
  }

  static async launch(): Promise<OwnBrowser> {
    if (missingBrowser !== undefined) throw new Error(missingBrowser);
    const folder = await mkdtemp(join(await realpath(tmpdir()), "playground-browser-"));
    const [home, temporary] = [join(folder, "home"), join(folder, "tmp")];
    for (const place of [home, temporary]) await mkdir(place);
    const before = new Set(descendants(process.pid));
    // Playwright makes its own folders where this process has its temporary files.
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = temporary;
    try {
      const browser = await chromium.launch({ executablePath, args, headless: true, env: { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary, LANG: "en_US.UTF-8" } });
      return new OwnBrowser({ browser, folder, pids: descendants(process.pid).filter((pid) => !before.has(pid)) });
    } finally {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pids = [...new Set([...this.#pids, ...this.#pids.flatMap(descendants)])];
    try {
      await this.browser.close();
      // What was just killed gets a moment to be gone.
      for (let looks = 0; looks < 100 && pids.some(isAlive); looks += 1) await setTimeout(100);
      assert.deepEqual(pids.filter(isAlive), [], "processes of the browser outlived it");
      assert.deepEqual(await readdir(join(this.#folder, "tmp")), [], "files of the browser outlived it");
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

/** Whom this process started, and whom these started in turn. Without `/proc`: nobody. */
function descendants(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of existsSync("/proc/self/stat") ? readdirSync("/proc") : []) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (let level = children.get(pid) ?? []; level.length > 0; level = level.flatMap((child) => children.get(child) ?? [])) found.push(...level);
  return found;
}

/** The program's name, in parentheses, may contain anything. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]);
  } catch {
    return 0;
  }
}
