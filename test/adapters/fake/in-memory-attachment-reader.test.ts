import { InMemoryAttachmentReader } from "../../../src/adapters/fake/in-memory-attachment-reader.js";
import { describeAttachmentReader } from "../../contract/attachment-reader.js";

describeAttachmentReader({
  name: "InMemoryAttachmentReader",
  create: async (stored) => new InMemoryAttachmentReader({ files: Object.fromEntries(stored.map(({ attachment, bytes }) => [attachment.id, bytes])) }),
});
