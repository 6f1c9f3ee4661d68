import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CombinedTelemetry } from "../../../src/adapters/combined-telemetry.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { NativeRecordLog, type NativeRecordLogOptions } from "../../../src/adapters/node/native-record-log.js";
import { logFileName, threadLogName } from "../../../src/adapters/node/thread-log-names.js";
import type { NativeRecord } from "../../../src/ports/telemetry.js";
import { describeTelemetry } from "../../contract/telemetry.js";
import { temporaryFolder } from "../../temporary-folder.js";

const clock = new ManualClock();
const at = new Date(clock.now()).toISOString();

interface Bench {
  readonly folder: string;
  readonly log: NativeRecordLog;
}

async function bench(options: Partial<NativeRecordLogOptions> = {}): Promise<Bench> {
  const folder = options.folder ?? join(await temporaryFolder(), "logs", "native");
  return { folder, log: new NativeRecordLog({ clock, ...options, folder }) };
}

function said(text: string, threadId = "t"): NativeRecord {
  return { threadId, direction: "from-agent", record: { type: "message", text } };
}

function fileOf(threadId: string): string {
  return logFileName(threadLogName(threadId), 0);
}

/** The lines of a thread's log, the oldest file first. */
async function linesOf(folder: string, threadId = "t"): Promise<readonly unknown[]> {
  const log = threadLogName(threadId);
  const ages = (await readdir(folder)).flatMap((name) => [0, 1, 2, 3, 4, 5].filter((age) => logFileName(log, age) === name));
  const texts = await Promise.all(ages.sort((one, other) => other - one).map((age) => readFile(join(folder, logFileName(log, age)), "utf8")));
  return texts.join("").split("\n").slice(0, -1).map((line) => JSON.parse(line) as unknown);
}

/** The texts that were written in the clear, in their order. */
async function textsOf(folder: string, threadId = "t"): Promise<readonly unknown[]> {
  return (await linesOf(folder, threadId)).map((line) => (line as { readonly record?: { readonly text: unknown } }).record?.text);
}

describeTelemetry({
  name: "NativeRecordLog beside nothing else",
  create: () => new CombinedTelemetry([new NativeRecordLog({ clock, folder: join(import.meta.dirname, "native-record-log.test.ts", "no folder") })]),
});

describe("a native record", () => {
  it("is a line of its thread's file, redacted unless the host asked for all of it", async () => {
    const [careful, open] = [await bench(), await bench({ redact: false })];
    for (const { log } of [careful, open]) {
      log.nativeRecord(said("hello"));
      log.nativeRecord({ threadId: "t", direction: "to-agent", record: { type: "abort", id: "1" } });
      await log.flush();
    }

    expect(await linesOf(careful.folder)).toEqual([
      { at, direction: "from-agent", record: { type: "message", text: "[5 characters]" } },
      { at, direction: "to-agent", record: { type: "abort", id: "1" } },
    ]);
    expect(await textsOf(open.folder)).toEqual(["hello", undefined]);
    expect(careful.log.lost).toBe(0);
  });

  it.skipIf(process.platform === "win32")("is for this user alone", async () => {
    const { folder, log } = await bench();
    log.nativeRecord(said("hello"));
    await log.flush();
    const [file = ""] = await readdir(folder);

    expect([(await stat(folder)).mode & 0o777, (await stat(join(folder, file))).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it("stays in order, however many there are and wherever they come in", async () => {
    const { folder, log } = await bench({ redact: false });
    const threads = ["a", "b", "c"];
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < 50; index += 1) for (const threadId of threads) log.nativeRecord(said(`${round}/${index}`, threadId));
      // Some come while others are being written.
      if (round % 3 === 0) await readdir(folder).catch(() => undefined);
    }
    await log.flush();

    const expected = Array.from({ length: 1_000 }, (_, index) => `${Math.floor(index / 50)}/${index % 50}`);
    for (const threadId of threads) expect(await textsOf(folder, threadId)).toEqual(expected);
    expect(log.lost).toBe(0);
  });

  it("goes on in the file that an earlier log has left", async () => {
    const { folder, log } = await bench({ redact: false });
    log.nativeRecord(said("before"));
    await log[Symbol.asyncDispose]();
    const { log: next } = await bench({ redact: false, folder });
    next.nativeRecord(said("after"));
    await next.flush();

    expect(await textsOf(folder)).toEqual(["before", "after"]);
  });

  it("makes its folder again when somebody has removed it", async () => {
    const { folder, log } = await bench({ redact: false });
    log.nativeRecord(said("before"));
    await log.flush();
    await rm(folder, { recursive: true });
    log.nativeRecord(said("after"));
    await log.flush();

    expect(await textsOf(folder)).toEqual(["after"]);
  });
});

describe("a thread's file", () => {
  it.each(["../../outside", "/etc/passwd", "..", "a\0b", "CON", "x".repeat(300), ""])("stays in the folder, whatever the thread's id: %j", async (threadId) => {
    const { folder, log } = await bench();
    log.nativeRecord(said("hello", threadId));
    await log.flush();

    expect(await readdir(folder)).toEqual([fileOf(threadId)]);
    expect(await readdir(join(folder, ".."))).toEqual(["native"]);
  });

  it("is never larger than the host wants, and makes room by age", async () => {
    const { folder, log } = await bench({ redact: false, maxFileBytes: 1_000, maxFilesPerThread: 3 });
    for (let index = 0; index < 100; index += 1) {
      log.nativeRecord(said(`${index}`));
      if (index % 7 === 0) await log.flush();
    }
    await log.flush();

    const names = (await readdir(folder)).sort();
    expect(names).toEqual([2, 1, 0].map((age) => logFileName(threadLogName("t"), age)).sort());
    for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(1_000);
    const texts = await textsOf(folder);
    // The latest are there without a gap.
    expect(texts).toEqual(Array.from({ length: texts.length }, (_, index) => `${100 - texts.length + index}`));
    expect(texts.length).toBeGreaterThan(20);
    expect(log.lost).toBe(0);
  });

  it("may be the only one", async () => {
    const { folder, log } = await bench({ redact: false, maxFileBytes: 200, maxFilesPerThread: 1 });
    for (let index = 0; index < 20; index += 1) log.nativeRecord(said(`${index}`));
    await log.flush();

    expect(await readdir(folder)).toHaveLength(1);
    expect((await textsOf(folder)).at(-1)).toBe("19");
  });

  it("goes when there are too many of all threads, the oldest first; files of others stay", async () => {
    const { folder, log } = await bench({ redact: false, maxFiles: 3 });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "notes.ndjson"), "mine\n");
    const write = async (threadId: string): Promise<void> => {
      log.nativeRecord(said(`of ${threadId}`, threadId));
      await log.flush();
    };
    for (const threadId of ["a", "b", "c"]) await write(threadId);
    await utimes(join(folder, fileOf("b")), 1, 1);
    await write("d");

    expect((await readdir(folder)).sort()).toEqual(["notes.ndjson", ...["a", "c", "d"].map(fileOf)].sort());
  });

  it("holds no record that is larger than a file", async () => {
    const { folder, log } = await bench({ redact: false, maxFileBytes: 300 });
    log.nativeRecord(said("before"));
    log.nativeRecord(said("ä".repeat(150)));
    log.nativeRecord(said("after"));
    await log.flush();

    expect(await linesOf(folder)).toMatchObject([{ lost: 1 }, { record: { text: "before" } }, { record: { text: "after" } }]);
    expect(log.lost).toBe(1);
  });
});

describe("a record that cannot be written", () => {
  it("is counted, and told of in the next line that can be", async () => {
    const parent = await temporaryFolder();
    const folder = join(parent, "in the way");
    await writeFile(folder, "a file");
    const { log } = await bench({ redact: false, folder });
    for (let index = 0; index < 5; index += 1) {
      log.nativeRecord(said(`${index}`));
      await log.flush();
    }
    expect(log.lost).toBe(5);

    await rm(folder);
    log.nativeRecord(said("at last"));
    log.nativeRecord(said("and more"));
    await log.flush();
    log.nativeRecord(said("later"));
    await log.flush();
    // Told once.
    expect(await linesOf(folder)).toMatchObject([{ at, lost: 5 }, { record: { text: "at last" } }, { record: { text: "and more" } }, { record: { text: "later" } }]);
    expect(log.lost).toBe(5);
  });

  it.skipIf(process.platform === "win32" || process.getuid?.() === 0)("hurts nobody where the folder is not writable", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "sealed"), { mode: 0o500 });
    const { log } = await bench({ folder: join(folder, "sealed") });
    log.nativeRecord(said("hello"));
    await expect(log.flush()).resolves.toBeUndefined();
    expect(log.lost).toBe(1);
  });

  it("takes no memory: what waits is bounded, and what comes on top is left out", async () => {
    const { folder, log } = await bench({ redact: false, maxWaiting: 1_000 });
    for (let index = 0; index < 100; index += 1) log.nativeRecord(said(`${index}`));
    const lost = log.lost;
    await log.flush();
    expect(lost).toBeGreaterThan(80);
    expect(await linesOf(folder)).toHaveLength(100 - lost + 1);

    // There is room again.
    log.nativeRecord(said("after"));
    await log.flush();
    expect(log.lost).toBe(lost);
    expect((await textsOf(folder)).at(-1)).toBe("after");
  });

  it("has no form in JSON, or too deep a one", async () => {
    const { folder, log } = await bench({ redact: false });
    const loop: Record<string, unknown> = { type: "loop" };
    loop["self"] = loop;
    let deep: Readonly<Record<string, unknown>> = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };
    for (const record of [loop, deep, { type: "big", size: 1n }]) expect(() => log.nativeRecord({ threadId: "t", direction: "from-agent", record })).not.toThrow();
    log.nativeRecord(said("after"));
    await log.flush();

    expect(log.lost).toBe(3);
    expect(await linesOf(folder)).toMatchObject([{ lost: 3 }, { record: { text: "after" } }]);
  });

  it("comes after the end", async () => {
    const { folder, log } = await bench({ redact: false });
    log.nativeRecord(said("in time"));
    await log[Symbol.asyncDispose]();
    log.nativeRecord(said("too late"));
    await log.flush();

    expect(await textsOf(folder)).toEqual(["in time"]);
    expect(log.lost).toBe(1);
  });
});

describe("a session", () => {
  it("does not wait for the disk: nothing is written before it goes on", async () => {
    const { folder, log } = await bench();
    log.nativeRecord(said("hello"));
    await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
    await log.flush();
    expect(await readdir(folder)).toHaveLength(1);
  });
});
