import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ChatAttachment } from "../../src/ports/provider.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";

const attachmentsFolder = fileURLToPath(new URL("../fixtures/attachments", import.meta.url));
const redSquare: ChatAttachment = { type: "image", id: "red-square", name: "Red square.png", mimeType: "image/png", sizeBytes: readFileSync(`${attachmentsFolder}/red-square.png`).length };
const lost: ChatAttachment = { ...redSquare, id: "blue-square", name: "Blue square.png" };

describe.each(realPiVersions)("an image for Pi $version", (pi) => {
  const shared = sharedProvider({ pi, provider: { attachmentsFolder } });
  const threadId = "images";
  const model = "demo/vision/large:latest";

  it("reaches a model that sees, with or without a text", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const turn = await fixture.turn({ threadId, input: "What is it?", attachments: [redSquare] }, [{ text: "A red square." }]);
    expect(turn.end.state).toBe("completed");
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ model: "vision/large:latest", imageCount: 1, lastUserText: "What is it?" });
    expect(JSON.stringify(fixture.endpoint.requests.at(-1)?.body)).toContain("data:image/png;base64,iVBORw0KGgo");

    const silent = await fixture.turn({ threadId, attachments: [redSquare] }, [{ text: "The same one." }]);
    expect(silent.end.state).toBe("completed");
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ imageCount: 2 });
  });

  it("may come with what is said into a turn", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const { provider, model: scripted, log, endpoint } = fixture;
    const goOn = Promise.withResolvers<void>();
    scripted.willAnswer([{ text: "Show me" }, { waitFor: goOn.promise }], [{ text: "Red, again." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Guess!" });
    await log.first("content.delta", (event) => event.turnId === turnId);
    const before = endpoint.requests.at(-1)?.imageCount ?? 0;
    await provider.sendTurn({ threadId, input: "Here:", attachments: [redSquare] });
    goOn.resolve();
    await fixture.finished(turnId);
    expect(endpoint.requests.at(-1)).toMatchObject({ imageCount: before + 1, lastUserText: "Here:" });
  });

  it("that cannot be read is refused before anything is sent, and the thread goes on", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const { provider, log, endpoint } = fixture;
    const [events, requests] = [log.events.length, endpoint.requests.length];
    await expect(provider.sendTurn({ threadId, input: "And this?", attachments: [redSquare, lost] })).rejects.toMatchObject({ kind: "validation", code: "attachment-unreadable" });
    await fixture.delivered();

    expect(log.events.slice(events)).toMatchObject([{ type: "runtime.error", payload: { class: "validation_error", message: expect.stringContaining("Blue square.png") } }]);
    expect(log.events[events]).not.toHaveProperty("turnId");
    expect(fixture.view(threadId)).toMatchObject({ status: "ready" });
    const next = await fixture.turn({ threadId, input: "Never mind." }, [{ text: "All right." }]);
    expect(next.end.state).toBe("completed");
    expect(endpoint.requests).toHaveLength(requests + 1);
  });

  it("that cannot be read leaves a turn that is on alone", async () => {
    const fixture = shared();
    await fixture.session({ threadId, model });
    const { provider, model: scripted, log } = fixture;
    const goOn = Promise.withResolvers<void>();
    scripted.willAnswer([{ text: "Show" }, { waitFor: goOn.promise }, { text: " me." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Guess!" });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await expect(provider.sendTurn({ threadId, input: "Here:", attachments: [lost] })).rejects.toMatchObject({ code: "attachment-unreadable" });
    goOn.resolve();
    const turn = await fixture.finished(turnId);

    expect(log.texts(turnId)).toEqual(["Show me."]);
    expect(turn.end.state).toBe("completed");
    expect(log.of("runtime.warning").at(-1)).toMatchObject({ payload: { message: expect.stringContaining("Blue square.png") } });
  });
});
