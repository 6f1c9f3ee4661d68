import type { ChatAttachment } from "./provider.js";

/** Turns T3's attachment reference into content. T3 sends no bytes, only an id under which its server stored the file. */
export interface AttachmentReader {
  /** Rejects when the attachment cannot be read; the turn is then not started. */
  read(attachment: ChatAttachment): Promise<AttachmentContent>;
}

export interface AttachmentContent {
  readonly mimeType: string;
  /** The file's bytes in base64, without a data-URL prefix. */
  readonly base64: string;
}
