import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ChatAttachment } from "../../src/ports/provider.js";
import { type ProviderFixture, realPiVersions, sharedProvider } from "./real-pi.js";

/** One transparent pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.each(realPiVersions)("an image for Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "images";
  const model = "demo/vision/large:latest";

  it("reaches a model that sees, with its text", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const turn = await fixture.turn({ threadId, input: "What is this?", attachments: [await attached(fixture, "first")] }, [{ text: "A pixel." }]);

    expect(fixture.log.texts(turn.turnId)).toEqual(["A pixel."]);
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ model: "vision/large:latest", lastUserText: "What is this?", imageCount: 1 });
    expect(JSON.stringify(fixture.endpoint.requests.at(-1)?.body)).toContain(`data:image/png;base64,${png}`);
  });

  it("reaches it without a text, too", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const turn = await fixture.turn({ threadId, attachments: [await attached(fixture, "second"), await attached(fixture, "third")] }, [{ text: "Two pixels." }]);

    expect(turn.end.state).toBe("completed");
    expect(fixture.log.texts(turn.turnId)).toEqual(["Two pixels."]);
    const messages = fixture.endpoint.requests.at(-1)?.body["messages"] as readonly unknown[];
    expect(JSON.stringify(messages.at(-1)).split(png)).toHaveLength(3);
  });

  it("that cannot be read is an error before anything is sent", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const before = { events: fixture.log.events.length, requests: fixture.endpoint.requests.length };
    const missing: ChatAttachment = { type: "image", id: "missing", name: "missing.png", mimeType: "image/png", sizeBytes: 1 };
    await expect(fixture.provider.sendTurn({ threadId, input: "And this?", attachments: [missing] })).rejects.toMatchObject({ kind: "validation", code: "attachment-unreadable" });
    await fixture.delivered();

    expect(fixture.log.events.slice(before.events)).toMatchObject([{ type: "runtime.error", payload: { message: expect.stringContaining("missing.png"), class: "validation_error" } }]);
    expect(fixture.endpoint.requests).toHaveLength(before.requests);
  });
});

/** An image as T3's server keeps it. */
async function attached(fixture: ProviderFixture, id: string): Promise<ChatAttachment> {
  const bytes = Buffer.from(png, "base64");
  await writeFile(join(fixture.spareFolder, `${id}.png`), bytes);
  return { type: "image", id, name: `${id}.png`, mimeType: "image/png", sizeBytes: bytes.length };
}
