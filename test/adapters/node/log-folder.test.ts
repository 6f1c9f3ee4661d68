import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogFolder, type LogFolderOptions } from "../../../src/adapters/node/log-folder.js";
import { threadLogName } from "../../../src/adapters/node/thread-log-names.js";
import { temporaryFolder } from "../../temporary-folder.js";

const log = threadLogName("t");

async function folderWith(options: Partial<LogFolderOptions> = {}): Promise<{ readonly folder: string; readonly logs: LogFolder }> {
  const folder = options.folder ?? (await temporaryFolder());
  return { folder, logs: new LogFolder({ maxFileBytes: 10, maxFilesPerLog: 3, maxFiles: 100, ...options, folder }) };
}

async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name.slice(log.length), await readFile(join(folder, name), "utf8")] as const)));
}

describe("a log", () => {
  it("is filled to the last byte, and then begun anew", async () => {
    const { folder, logs } = await folderWith();
    expect(await logs.append(log, ["1234\n", "5678\n", "9\n"])).toBe(3);
    expect(await contents(folder)).toEqual({ ".ndjson": "9\n", ".1.ndjson": "1234\n5678\n" });
  });

  it("counts bytes, not characters", async () => {
    const { folder, logs } = await folderWith();
    await logs.append(log, ["äää\n", "ää\n"]);
    expect(await contents(folder)).toEqual({ ".ndjson": "ää\n", ".1.ndjson": "äää\n" });
  });

  it("keeps its youngest files, within one call as well", async () => {
    const { folder, logs } = await folderWith();
    expect(await logs.append(log, ["1", "2", "3", "4", "5"].map((digit) => `${digit.repeat(9)}\n`))).toBe(5);
    expect(await contents(folder)).toEqual({ ".ndjson": "555555555\n", ".1.ndjson": "444444444\n", ".2.ndjson": "333333333\n" });
  });

  it("ages although one of its files is gone", async () => {
    const { folder, logs } = await folderWith();
    await writeFile(join(folder, `${log}.1.ndjson`), "old\n");
    await logs.append(log, ["123456789\n", "again\n"]);
    expect(await contents(folder)).toEqual({ ".ndjson": "again\n", ".1.ndjson": "123456789\n", ".2.ndjson": "old\n" });
  });

  it("tells how much of it was written where no more can be", async () => {
    const { folder } = await folderWith();
    await writeFile(join(folder, "file"), "");
    const { logs } = await folderWith({ folder: join(folder, "file") });
    expect(await logs.append(log, ["1\n", "2\n"])).toBe(0);
  });
});
