import { describe, expect, it } from "vitest";
import { AgentSurvey } from "../../../src/domain/inventory/agent-survey.js";
import type { ConfigurationStamps } from "../../../src/domain/inventory/configuration-stamp.js";
import { echoParts } from "../echo-parts.js";

describe("a survey whose process was to wait for a session", () => {
  it("leaves none where it fails after the agent has answered", async () => {
    const parts = echoParts();
    const failing = { of: () => Promise.reject(new Error("The disk is gone.")) } as unknown as ConfigurationStamps;
    const survey = new AgentSurvey({ ...parts, configurations: failing, warmStartMs: 60_000 });
    const place = { binaryPath: undefined, agentDir: undefined, cwd: "/project", signal: new AbortController().signal };
    const installation = await parts.installations.require({});
    await expect(survey.ask(place, { installation, before: { launch: "", files: [] } })).rejects.toMatchObject({ name: "ProviderError", code: "start-failed" });
    expect([parts.spawner.spawned.length, parts.spawner.running, parts.spares.isEmpty]).toEqual([1, 0, true]);
  });
});
