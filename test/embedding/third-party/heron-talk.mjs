import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A conversation, and the file that keeps it: `heron-talk <id> <folder>`, then one line for whatever was said, `you "…"` or `me "…"`.
 */
export class HeronTalk {
  id;
  file;
  lines;

  constructor({ id, file, lines }) {
    this.id = id;
    this.file = file;
    this.lines = lines;
  }

  /** A former talk, or a new one; nothing when the file is none. */
  static open({ file, isForgetful, home }) {
    if (file !== undefined) return existsSync(file) ? HeronTalk.#read(file) : undefined;
    const id = randomUUID();
    return new HeronTalk({ id, file: isForgetful ? undefined : join(home, "talks", `${id}.talk`), lines: [] });
  }

  static #read(file) {
    const [head, ...said] = readFileSync(file, "utf8").trimEnd().split("\n");
    const lines = said.map((line, nr) => ({ nr, by: line.slice(0, line.indexOf(" ")), words: JSON.parse(line.slice(line.indexOf(" "))) }));
    return new HeronTalk({ id: head.split(" ")[1], file, lines });
  }

  add(by, words) {
    this.lines.push({ nr: this.lines.length, by, words });
    if (this.file === undefined) return;
    if (!existsSync(this.file)) this.#begin();
    appendFileSync(this.file, `${by} ${JSON.stringify(words)}\n`);
  }

  /** Another talk, which ends before this line. */
  branchBefore(nr) {
    const id = randomUUID();
    const branch = new HeronTalk({ id, file: this.file === undefined ? undefined : join(dirname(this.file), `${id}.talk`), lines: [] });
    for (const { by, words } of this.lines.slice(0, nr)) branch.add(by, words);
    return branch;
  }

  #begin() {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `heron-talk ${this.id} ${process.cwd()}\n`);
  }
}
