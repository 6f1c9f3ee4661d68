import { beforeEach, describe, expect, it } from "vitest";
import type { CompanionFiles } from "../../src/ports/companion-files.js";

export interface CompanionFilesSubject {
  readonly companions: CompanionFiles;
  /** What the agent's process would read there; `undefined` when nothing is there. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly change: (path: string, text: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

export function describeCompanionFiles(input: { readonly name: string; readonly setup: () => Promise<CompanionFilesSubject> }): void {
  describe(`${input.name}: CompanionFiles`, () => {
    const file = { name: "companion.cjs", text: "// Grüße 👋\n" };
    let subject: CompanionFilesSubject;

    beforeEach(async () => {
      subject = await input.setup();
      return () => subject.companions.dispose();
    });

    it("puts the text into a file of that name", async () => {
      const path = await subject.companions.provide(file);
      expect(path).toMatch(/^\/.*\/companion\.cjs$/);
      expect(await subject.read(path)).toBe(file.text);
    });

    it("leaves it where it is, however often it is asked for", async () => {
      const { companions } = subject;
      const paths = await Promise.all([companions.provide(file), companions.provide(file)]);
      expect(new Set([...paths, await companions.provide({ ...file })]).size).toBe(1);
    });

    it("keeps files apart that say different things", async () => {
      const { companions, read } = subject;
      const other = { ...file, text: "another text" };
      const [path, otherPath] = [await companions.provide(file), await companions.provide(other)];
      expect([await read(path), await read(otherPath)]).toEqual([file.text, other.text]);
      expect(await companions.provide(file)).toBe(path);
    });

    it("puts it there anew when somebody has changed it", async () => {
      const { companions, read, change } = subject;
      await change(await companions.provide(file), "something else");
      expect(await read(await companions.provide(file))).toBe(file.text);
    });

    it("puts it there anew when it was removed", async () => {
      const { companions, read, remove } = subject;
      await remove(await companions.provide(file));
      expect(await read(await companions.provide(file))).toBe(file.text);
    });

    it("leaves nothing behind", async () => {
      const { companions, read, change } = subject;
      const paths = [await companions.provide(file)];
      await change(paths[0] ?? "", "something else");
      paths.push(await companions.provide(file));
      await companions.dispose();
      await companions.dispose();
      expect(await Promise.all(paths.map((path) => read(path)))).toEqual([undefined, undefined]);
    });
  });
}
