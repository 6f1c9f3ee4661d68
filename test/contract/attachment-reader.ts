import { describe, expect, it } from "vitest";
import { ProviderError } from "../../src/ports/errors.js";
import type { AttachmentReader } from "../../src/ports/attachment-reader.js";
import type { ChatAttachment } from "../../src/ports/provider.js";

export interface StoredAttachment {
  readonly attachment: ChatAttachment;
  readonly bytes: Uint8Array;
}

/** `create` gives a reader that finds exactly these; all are PNG images. */
export function describeAttachmentReader(input: {
  readonly name: string;
  readonly create: (stored: readonly StoredAttachment[]) => Promise<AttachmentReader>;
}): void {
  const { name, create } = input;

  describe(`${name}: AttachmentReader`, () => {
    it("gives the bytes in base64 under the attachment's MIME type", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const attachment = imageAttachment({ id: "thread-1_A" });
      const reader = await create([{ attachment, bytes }]);
      const content = await reader.read(attachment);
      expect(content.mimeType).toBe("image/png");
      expect(Uint8Array.from(Buffer.from(content.base64, "base64"))).toEqual(bytes);
    });

    it("reads an image of exactly 10 MiB and refuses a larger one", async () => {
      const fitting = { attachment: imageAttachment({ id: "fitting" }), bytes: new Uint8Array(10 * 1024 * 1024) };
      const large = { attachment: imageAttachment({ id: "large" }), bytes: new Uint8Array(10 * 1024 * 1024 + 1) };
      const reader = await create([fitting, large]);
      expect((await reader.read(fitting.attachment)).base64).toHaveLength(Math.ceil((10 * 1024 * 1024) / 3) * 4);
      expect(await unreadable(reader.read(large.attachment))).toContain("10485761 bytes");
    });

    it("refuses an attachment that is not there, naming it", async () => {
      const reader = await create([]);
      const message = await unreadable(reader.read(imageAttachment({ id: "gone", name: "shot \u0007.png" })));
      expect(message).toContain('"shot \\u0007.png"');
      expect(message).toContain('"gone"');
    });

    it.each(["", ".", "..", "../secret", "a/b", "a\\b", "a.png", "a\u0000", "a\n", "x".repeat(129)])("refuses what is no attachment id: %j", async (id) => {
      const reader = await create([]);
      expect(await unreadable(reader.read(imageAttachment({ id })))).toContain("not a valid attachment id");
    });
  });
}

export function imageAttachment(fields: Partial<ChatAttachment>): ChatAttachment {
  return { type: "image", id: "image-1", name: "image.png", mimeType: "image/png", sizeBytes: 1, ...fields };
}

/** The message of the typed refusal that a read must end with. */
export async function unreadable(read: Promise<unknown>): Promise<string> {
  const error: unknown = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ProviderError.is(error)) throw new Error("The read was not refused with a ProviderError.");
  expect(error).toMatchObject({ kind: "validation", code: "attachment-unreadable", operation: "sendTurn" });
  return error.message;
}
