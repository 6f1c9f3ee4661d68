import { ProviderError } from "../ports/errors.js";
import type { ChatAttachment } from "../ports/provider.js";

/** T3 accepts no larger image. */
export const maxAttachmentBytes = 10 * 1024 * 1024;

const attachmentId = /^[a-z0-9_-]{1,128}$/i;

/** Whether an id is one T3 could have given; anything else could reach out of the folder once it is part of a path. */
export function isAttachmentId(id: string): boolean {
  return attachmentId.test(id);
}

/** The error for an attachment whose content cannot be had. `reason` completes the sentence "… could not be read: …". */
export function unreadableAttachment(input: {
  readonly attachment: ChatAttachment;
  readonly reason: string;
  readonly cause?: unknown;
}): ProviderError {
  const { attachment, reason, cause } = input;
  return new ProviderError({
    kind: "validation",
    code: "attachment-unreadable",
    operation: "sendTurn",
    detail: `The attachment ${JSON.stringify(attachment.name)} (id ${JSON.stringify(attachment.id)}) could not be read: ${reason}.`,
    nextStep: "Attach the image again.",
    cause,
  });
}

export function tooLargeReason(bytes: number): string {
  return `it has ${bytes} bytes, and at most ${maxAttachmentBytes} are allowed`;
}
