import { expect, it } from "vitest";
import { wantsOnlyAnotherMode, type SessionAtStart, type WantedAtStart } from "../../../src/domain/session/mode-change.js";

const place = { binaryPath: "/bin/agent", agentDir: "/agent", cwd: "/project", launchArguments: "--flag" };
const session: SessionAtStart = {
  mode: "full-access",
  place,
  agent: { sessionId: "s1", sessionFile: "/sessions/s1.jsonl", model: { provider: "demo", id: "plain" }, thinkingLevel: "low", messageCount: 1, streaming: true },
};
const wanted: WantedAtStart = { mode: "approval-required", place, chosen: {} };

it.each<[what: string, change: Partial<WantedAtStart>, only: boolean]>([
  ["nothing but the mode", {}, true],
  ["the model and the level that it has", { chosen: { model: { provider: "demo", id: "plain" }, level: "low" } }, true],
  ["its own conversation", { conversation: { sessionId: "s1" } }, true],
  ["its own conversation, of which only the file is known", { conversation: { sessionFile: "/sessions/s1.jsonl" } }, true],
  ["no other mode", { mode: "full-access" }, false],
  ["another model", { chosen: { model: { provider: "demo", id: "other" } } }, false],
  ["another level", { chosen: { level: "high" } }, false],
  ["another conversation", { conversation: { sessionId: "s2", sessionFile: "/sessions/s1.jsonl" } }, false],
  ["another file", { conversation: { sessionFile: "/sessions/s2.jsonl" } }, false],
  ["a conversation of which nothing is known", { conversation: {} }, false],
  ["another folder", { place: { ...place, cwd: "/other" } }, false],
  ["another program", { place: { ...place, binaryPath: undefined } }, false],
  ["another configuration", { place: { ...place, agentDir: "/other" } }, false],
  ["other arguments", { place: { ...place, launchArguments: undefined } }, false],
])("a start that asks for %s", (_what, change, only) => {
  expect(wantsOnlyAnotherMode(session, { ...wanted, ...change })).toBe(only);
});

it("a session of which nothing is known yet is another one", () => {
  expect(wantsOnlyAnotherMode({ ...session, agent: undefined }, wanted)).toBe(false);
});
