import type { ProviderCapabilities } from "../ports/provider.js";

/** What is implemented. A flag is turned on together with the tests that prove it, never before. */
export const capabilities: ProviderCapabilities = {
  sessionModelSwitch: "in-session",
  runtimeModes: ["full-access"],
  steering: true,
  userInput: true,
  attachments: ["image"],
  resume: true,
  readThread: true,
  rollback: true,
  commands: true,
  compaction: true,
  textGeneration: true,
};
