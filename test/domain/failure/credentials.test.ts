import { describe, expect, it } from "vitest";
import { withoutCredentials } from "../../../src/domain/failure/credentials.ts";

// Put together here, so that nobody takes these for real ones.
const key = (prefix: string): string => `${prefix}${"aB3".repeat(10)}`;

describe("a text that is stored", () => {
  it.each([
    [`Incorrect API key provided: ${key("sk-proj-")}.`, "Incorrect API key provided: …."],
    [`{"key":"${key("sk-ant-api03-")}-x_y"}`, '{"key":"…"}'],
    [`token ${key("ghp_")} is bad`, "token … is bad"],
    [key("AIza"), "…"],
    [`Authorization: Bearer ${key("")}`, "Authorization: Bearer …"],
    ["Authorization: basic dXNlcjpwdw==", "Authorization: basic …"],
    ["https://user:secret@proxy.example.com/x", "https://…@proxy.example.com/x"],
    ["GET https://api.example.com/v1?key=short&x=1", "GET https://api.example.com/v1?key=…&x=1"],
    [`id ${"0123456789abcdef".repeat(2)}`, "id …"],
  ])("holds no credential: %s", (text, expected) => {
    expect(withoutCredentials(text)).toBe(expected);
  });

  it.each([
    "429 Rate limit reached for claude-sonnet-4-20250514-thinking in organization org-demo.",
    "No API key found for openrouter. Use /login to log in.",
    "The model anthropic/claude-3-5-haiku-20241022 is overloaded; request 00000000-0000-4000-8000-000000000001.",
    "ENOENT: /home/user/projects/some-long-folder-name-here/src/index.ts",
    "Antidisestablishmentarianismus is a word; 123456789012345678901234567890 is a number.",
    "connect ECONNREFUSED 127.0.0.1:8080 at https://api.example.com:8443/v1/chat/completions?stream=true",
    "invalid_request_error: context_length_exceeded (max_completion_tokens_default_200000)",
  ])("keeps every other word: %s", (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });
});
