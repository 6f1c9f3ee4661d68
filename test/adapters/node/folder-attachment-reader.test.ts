import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FolderAttachmentReader } from "../../../src/adapters/node/folder-attachment-reader.js";
import { describeAttachmentReader, imageAttachment, unreadable } from "../../contract/attachment-reader.js";
import { temporaryFolder } from "../../temporary-folder.js";

describeAttachmentReader({
  name: "FolderAttachmentReader",
  create: async (stored) => {
    const folder = await temporaryFolder();
    await Promise.all(stored.map(({ attachment, bytes }) => writeFile(join(folder, `${attachment.id}.png`), bytes)));
    return new FolderAttachmentReader({ folder });
  },
});

describe("FolderAttachmentReader", () => {
  it.each([
    { file: "a.jpg", mimeType: "image/jpeg", name: "photo.jpeg" },
    { file: "a.webp", mimeType: "IMAGE/WEBP", name: "photo" },
    { file: "a.svg", mimeType: "image/svg+xml", name: "drawing.svg" },
    { file: "a.ico", mimeType: "image/vnd.microsoft.icon", name: " favicon.ICO " },
    { file: "a.bin", mimeType: "image/x-unknown", name: "picture.exe" },
    { file: "a.bin", mimeType: "constructor", name: "picture" },
  ])("finds $file for $mimeType named $name", async ({ file, mimeType, name }) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, file), "bytes");
    const content = await new FolderAttachmentReader({ folder }).read(imageAttachment({ id: "a", mimeType, name }));
    expect(content).toEqual({ mimeType, base64: Buffer.from("bytes").toString("base64") });
  });

  it("follows no link out of the folder", async () => {
    const outside = join(await temporaryFolder(), "secret.png");
    await writeFile(outside, "secret");
    const folder = await temporaryFolder();
    await symlink(outside, join(folder, "a.png"));
    expect(await unreadable(new FolderAttachmentReader({ folder }).read(imageAttachment({ id: "a" })))).toContain("not a regular file");
  });

  it("refuses a folder in an attachment's place", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "a.png"));
    expect(await unreadable(new FolderAttachmentReader({ folder }).read(imageAttachment({ id: "a" })))).toContain("not a regular file");
  });

  it("tells no path", async () => {
    const folder = await temporaryFolder();
    expect(await unreadable(new FolderAttachmentReader({ folder }).read(imageAttachment({ id: "a" })))).not.toContain(folder);
  });
});
