import { describe, expect, it } from "vitest";
import { userMessages } from "../../../src/app/cli/demo/user-messages.js";

describe("userMessages", () => {
  it("are what the user has said, whole and in order", () => {
    const messages = [
      { role: "system", content: "You are helpful." },
      { role: "user", content: "First." },
      { role: "assistant", content: null, tool_calls: [] },
      { role: "tool", content: "a result" },
      { role: "user", content: [{ type: "text", text: "Sec" }, { type: "image_url", image_url: { url: "data:" } }, { type: "text", text: "ond." }] },
    ];
    expect(userMessages({ body: { model: "plain", messages } })).toEqual(["First.", "Second."]);
  });
});
