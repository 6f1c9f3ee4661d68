import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AttachmentContent, AttachmentReader } from "../../ports/attachment-reader.js";
import type { ChatAttachment } from "../../ports/provider.js";
import { isAttachmentId, maxAttachmentBytes, tooLargeReason, unreadableAttachment } from "../attachment-rules.js";
import { systemCode } from "./system-error.js";

/** Reads attachments from the folder T3's server keeps them in, as `<id><extension>`. */
export class FolderAttachmentReader implements AttachmentReader {
  readonly #folder: string;

  constructor(options: { readonly folder: string }) {
    this.#folder = options.folder;
  }

  async read(attachment: ChatAttachment): Promise<AttachmentContent> {
    if (!isAttachmentId(attachment.id)) throw unreadableAttachment({ attachment, reason: "its id is not a valid attachment id" });
    const path = join(this.#folder, `${attachment.id}${extensionOf(attachment)}`);
    await this.#check({ attachment, path });
    try {
      return { mimeType: attachment.mimeType, base64: await readFile(path, "base64") };
    } catch (cause) {
      throw unreadableAttachment({ attachment, reason: reasonOf(cause), cause });
    }
  }

  /** Looks at the entry itself: a link could lead anywhere, and a pipe would never end. */
  async #check(input: { readonly attachment: ChatAttachment; readonly path: string }): Promise<void> {
    const { attachment, path } = input;
    const entry = await lstat(path).catch((cause: unknown) => {
      throw unreadableAttachment({ attachment, reason: reasonOf(cause), cause });
    });
    if (!entry.isFile()) throw unreadableAttachment({ attachment, reason: "it is not a regular file" });
    if (entry.size > maxAttachmentBytes) throw unreadableAttachment({ attachment, reason: tooLargeReason(entry.size) });
  }
}

const extensionByMimeType: ReadonlyMap<string, string> = new Map([
  ["image/avif", ".avif"],
  ["image/bmp", ".bmp"],
  ["image/gif", ".gif"],
  ["image/heic", ".heic"],
  ["image/heif", ".heif"],
  ["image/jpeg", ".jpg"],
  ["image/jpg", ".jpg"],
  ["image/png", ".png"],
  ["image/svg+xml", ".svg"],
  ["image/tiff", ".tiff"],
  ["image/webp", ".webp"],
]);

const extensionsFromNames = new Set([...extensionByMimeType.values(), ".ico", ".jpeg"]);

/** T3's own rule for the stored file's name. */
function extensionOf(attachment: ChatAttachment): string {
  const byMimeType = extensionByMimeType.get(attachment.mimeType.toLowerCase());
  if (byMimeType !== undefined) return byMimeType;
  const byName = /\.[a-z0-9]+$/.exec(attachment.name.trim().toLowerCase())?.[0] ?? "";
  return extensionsFromNames.has(byName) ? byName : ".bin";
}

function reasonOf(error: unknown): string {
  const code = systemCode(error);
  return code === "ENOENT" ? "it is not in the attachments folder" : `the file system answered ${code}`;
}
