import type { AttachmentReader } from "../../ports/attachment-reader.js";
import { ProviderError } from "../../ports/errors.js";
import type { ChatAttachment } from "../../ports/provider.js";

/** Stands in while a host has not said where its attachments are: refuses, instead of sending a message without its image. */
export class UnconfiguredAttachmentReader implements AttachmentReader {
  read(attachment: ChatAttachment): Promise<never> {
    return Promise.reject(
      new ProviderError({
        kind: "validation",
        code: "attachment-unreadable",
        operation: "sendTurn",
        detail: `The attachment "${attachment.name.slice(0, 100)}" cannot be read: the host named no attachments folder.`,
        nextStep: "Set attachmentsFolder, or bind an AttachmentReader.",
      }),
    );
  }
}
