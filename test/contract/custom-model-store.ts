import { describe, expect, it } from "vitest";
import { ProviderError } from "../../src/ports/errors.js";
import type { CustomModelEntry, CustomModelStore } from "../../src/ports/custom-model-store.js";

export interface CustomModelStores {
  readonly empty: () => Promise<CustomModelStore>;
  /** A store whose content is not ours. */
  readonly unreadable: () => Promise<CustomModelStore>;
}

export function describeCustomModelStore(input: { readonly name: string } & CustomModelStores): void {
  const entry: CustomModelEntry = { slug: "lab/some/model:free", verified: true };

  describe(`${input.name}: CustomModelStore`, () => {
    it("is empty at first", async () => {
      const store = await input.empty();
      expect(await store.read()).toEqual({ type: "entries", entries: [] });
    });

    it("keeps what an update makes of the entries, and returns it", async () => {
      const store = await input.empty();
      expect(await store.update((entries) => [...entries, entry])).toEqual([entry]);
      expect(await store.update((entries) => [...entries, { slug: "lab/other", verified: false }])).toHaveLength(2);
      expect(await store.read()).toEqual({ type: "entries", entries: [entry, { slug: "lab/other", verified: false }] });
      await store.update(() => []);
      expect(await store.read()).toEqual({ type: "entries", entries: [] });
    });

    it("loses none of many updates at once", async () => {
      const store = await input.empty();
      const slugs = Array.from({ length: 20 }, (_, index) => `lab/model-${index}`);
      await Promise.all(slugs.map((slug) => store.update((entries) => [...entries, { slug, verified: true }])));
      const content = await store.read();
      expect(content.type === "entries" && content.entries.map(({ slug }) => slug)).toEqual(slugs);
    });

    it("changes nothing when the change throws, and goes on", async () => {
      const store = await input.empty();
      await store.update(() => [entry]);
      await expect(
        store.update(() => {
          throw new Error("refused by the caller");
        }),
      ).rejects.toThrow("refused by the caller");
      expect(await store.read()).toEqual({ type: "entries", entries: [entry] });
      expect(await store.update((entries) => entries)).toEqual([entry]);
    });

    it("says when its content is not ours, and refuses to replace it", async () => {
      const store = await input.unreadable();
      expect(await store.read()).toMatchObject({ type: "unreadable", detail: expect.stringMatching(/\.$/) as string });
      const refusal: unknown = await store.update(() => [entry]).catch((error: unknown) => error);
      expect(ProviderError.is(refusal)).toBe(true);
      expect(refusal).toMatchObject({ code: "custom-models-unreadable", message: expect.stringContaining("nothing was changed") as string });
      expect((await store.read()).type).toBe("unreadable");
    });

    it("is empty and usable once what it cannot read is set aside", async () => {
      const store = await input.unreadable();
      expect(await store.setAside()).toEqual(expect.stringMatching(/./));
      expect(await store.read()).toEqual({ type: "entries", entries: [] });
      await store.update(() => [entry]);
      expect(await store.setAside()).toBeUndefined();
      expect(await store.read()).toEqual({ type: "entries", entries: [entry] });
    });

    it("sets nothing aside where there is nothing", async () => {
      const store = await input.empty();
      expect(await store.setAside()).toBeUndefined();
      expect(await store.read()).toEqual({ type: "entries", entries: [] });
    });

    it("sets aside once, however often it is asked at once, and after the changes before it", async () => {
      const store = await input.unreadable();
      const [update, ...asides] = await Promise.allSettled([store.update(() => [entry]), store.setAside(), store.setAside(), store.setAside()]);
      expect(update.status).toBe("rejected");
      expect(asides.map((aside) => aside.status === "fulfilled" && typeof aside.value)).toEqual(["string", "undefined", "undefined"]);
    });
  });
}
