import { beforeEach, describe, expect, it } from "vitest";
import { absentFile, type FileStamps } from "../../src/ports/file-stamps.js";

export interface FileStampsSubject {
  readonly stamps: FileStamps;
  /** Absolute paths of files that are not there. */
  readonly files: readonly [first: string, second: string];
  readonly write: (file: string, text: string) => Promise<void>;
  readonly remove: (file: string) => Promise<void>;
}

export function describeFileStamps(input: { readonly name: string; readonly setup: () => Promise<FileStampsSubject> }): void {
  describe(`${input.name}: FileStamps`, () => {
    let subject: FileStampsSubject;

    beforeEach(async () => {
      subject = await input.setup();
    });

    const stampOf = async (file: string): Promise<string | undefined> => (await subject.stamps.stamp([file]))[0];

    it("gives one stamp a file, in the order asked", async () => {
      const { stamps, files, write } = subject;
      const [first, second] = files;
      expect(await stamps.stamp([])).toEqual([]);
      await write(second, "text");
      const [there, absent, again] = await stamps.stamp([second, first, second]);
      expect(absent).toBe(absentFile);
      expect(there).not.toBe(absentFile);
      expect(again).toBe(there);
    });

    it("gives the same stamp for as long as nothing happens to the file", async () => {
      const [first, second] = subject.files;
      await subject.write(first, "text");
      const stamp = await stampOf(first);
      await subject.write(second, "text");
      expect(await stampOf(first)).toBe(stamp);
    });

    it("gives another stamp when the file is created, written and removed", async () => {
      const { files, write, remove } = subject;
      const [file] = files;
      const stamps = [await stampOf(file)];
      for (const text of ["one", "two and more", ""]) {
        await write(file, text);
        stamps.push(await stampOf(file));
      }
      expect(new Set(stamps).size).toBe(4);
      await remove(file);
      expect(await stampOf(file)).toBe(absentFile);
    });
  });
}
