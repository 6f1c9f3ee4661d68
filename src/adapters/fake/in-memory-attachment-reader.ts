import type { AttachmentContent, AttachmentReader } from "../../ports/attachment-reader.js";
import type { ChatAttachment } from "../../ports/provider.js";
import { isAttachmentId, maxAttachmentBytes, tooLargeReason, unreadableAttachment } from "../attachment-rules.js";

/** Attachments kept in memory by their id. */
export class InMemoryAttachmentReader implements AttachmentReader {
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(options: { readonly files: Readonly<Record<string, Uint8Array>> }) {
    this.#files = new Map(Object.entries(options.files));
  }

  async read(attachment: ChatAttachment): Promise<AttachmentContent> {
    if (!isAttachmentId(attachment.id)) throw unreadableAttachment({ attachment, reason: "its id is not a valid attachment id" });
    const bytes = this.#files.get(attachment.id);
    if (bytes === undefined) throw unreadableAttachment({ attachment, reason: "there is no such attachment" });
    if (bytes.length > maxAttachmentBytes) throw unreadableAttachment({ attachment, reason: tooLargeReason(bytes.length) });
    return { mimeType: attachment.mimeType, base64: Buffer.from(bytes).toString("base64") };
  }
}
