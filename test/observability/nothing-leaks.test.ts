import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { piEndlessTurn, piErrorTurn, piExhaustedTurn, piRecoveringTurn, piRunEnd, piRunStart, piSettled, piSpeech, piSteeredTurn, piToolUse } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { temporaryFolder } from "../temporary-folder.js";
import { ObservedProvider, type ObservedProviderOptions } from "./observed-provider.js";

/**
 * What nobody may read who operates a host: everything below with `canary` in it, wherever it was planted. An error may name a path
 * (`pathmark`) and repeat what the agent said for its user (`agentword`); telemetry and the native log may not.
 */
const image = Buffer.from("canary of an image");
const environment = { PATH: "/bin", HOME: "/home/me/pathmark", OPENAI_API_KEY: "sk-canary-env" };
const leaks: Script = [{ errorOutput: "Error: 401 for sk-canary-stderr\n    at fetch (canary)\n" }, { raw: "debug: sk-canary-stdout\n" }];
const tool = { name: "bash", args: { command: "cat canary.env", "canary-argument": "canary", pin: 4_711 }, output: "KEY=canary-of-a-file\n" };
const listing = "Warning: errors loading models.json:\nFailed to parse models.json: canary-of-models-json\n";

const chatter: Script = [
  { emit: { type: "extension_ui_request", id: "n", method: "notify", message: "canary", notifyType: "warning" } },
  { emit: { type: "extension_ui_request", id: "s", method: "setStatus", statusKey: "canary", statusText: "canary" } },
  { emit: { type: "extension_error", extensionPath: "/home/me/pathmark/canary.ts", event: "tool_call", error: "canary" } },
  { emit: { type: "session_info_changed", name: "canary title" } },
  { emit: { type: "entry_appended", entry: { type: "custom", customType: "notes", data: { id: "canary", canary: 1 } } } },
  { emit: { type: "unheard_of", canary: { canary: "canary" } } },
  { emit: { type: "queue_update", steering: ["canary"], followUp: ["canary"] } },
  { emit: { type: "queue_update", steering: [], followUp: [] } },
];

interface Scene extends Omit<ObservedProviderOptions, "logFolder"> {
  readonly what: string;
  readonly act: (host: ObservedProvider) => Promise<void>;
  /** Whether no call of it fails. */
  readonly succeeds?: boolean;
}

const scenes: readonly Scene[] = [
  {
    what: "a turn with an image, reasoning, tools and chatter",
    succeeds: true,
    agent: { startup: leaks, on: { prompt: [[...piRunStart, ...chatter, ...piToolUse(tool), ...piSpeech({ text: "canary answer", thinking: "canary thought" }), ...piRunEnd(), ...piSettled]] } },
    images: { "image-1": image },
    act: (host) => host.start({ model: "lab/thinker" }).then(() => host.turn("canary prompt", { attachments: [{ type: "image", id: "image-1", name: "canary.png", mimeType: "image/png", sizeBytes: image.length }] })),
  },
  {
    what: "a tool that fails",
    succeeds: true,
    agent: { on: { prompt: [[...piRunStart, ...piToolUse({ ...tool, isError: true }), ...piSpeech("canary"), ...piRunEnd(), ...piSettled]] } },
    act: (host) => host.start().then(() => host.turn("canary")),
  },
  {
    what: "models that fail, for a while and for good",
    succeeds: true,
    agent: { on: { prompt: [piRecoveringTurn({ errorMessage: "canary 529", text: "canary" }), piExhaustedTurn("canary 529"), piErrorTurn("canary 401")] } },
    act: async (host) => {
      await host.start();
      for (const text of ["canary one", "canary two", "canary three"]) await host.turn(text);
    },
  },
  {
    what: "questions and their answers",
    succeeds: true,
    agent: {
      on: {
        prompt: [
          [
            ...piRunStart,
            { ask: { id: "q1", method: "select", title: "canary", message: "canary", options: ["canary one", "canary two"] } },
            { ask: { id: "q2", method: "input", title: "canary", placeholder: "canary", prefill: "canary" } },
            ...piSpeech("canary"),
            ...piRunEnd(),
            ...piSettled,
          ],
        ],
      },
    },
    act: async (host) => {
      await host.start();
      const turnId = await host.send("canary");
      for (let index = 0; index < 2; index += 1) {
        const asked = await host.log.first("user-input.requested", (event) => !host.log.of("user-input.resolved").some(({ requestId }) => requestId === event.requestId));
        const [question] = asked.payload.questions;
        await host.provider.respondToUserInput(host.threadId, asked.requestId ?? "", { [question?.id ?? ""]: index === 0 ? "canary two" : "canary typed" });
        await host.log.first("user-input.resolved", ({ requestId }) => requestId === asked.requestId);
      }
      await host.log.turn(turnId);
    },
  },
  {
    what: "approvals, given and refused",
    succeeds: true,
    agent: { on: { prompt: [[...piRunStart, ...piToolUse({ ...tool, id: "call-0" }), ...piToolUse({ ...tool, name: "edit", args: { path: "canary" } }), ...piSpeech("canary"), ...piRunEnd(), ...piSettled]] } },
    act: async (host) => {
      await host.start({ runtimeMode: "approval-required" });
      const turnId = await host.send("canary");
      for (const decision of ["acceptForSession", "decline"] as const) {
        const { requestId = "" } = await host.log.first("request.opened", (event) => !host.log.of("request.resolved").some((resolved) => resolved.requestId === event.requestId));
        await host.provider.respondToRequest(host.threadId, requestId, decision);
        await host.log.first("request.resolved", (event) => event.requestId === requestId);
      }
      await host.log.turn(turnId);
    },
  },
  {
    what: "steering, reading, shortening and rolling back",
    succeeds: true,
    agent: { on: { prompt: [piSteeredTurn("canary")] } },
    act: async (host) => {
      await host.start();
      const turnId = await host.send("canary prompt");
      await host.log.first("turn.started");
      await host.send("canary steer");
      await host.log.turn(turnId);
      await host.provider.readThread(host.threadId);
      await host.provider.listCommands(host.threadId);
      await host.log.turn((await host.provider.compactThread(host.threadId, "canary instructions")).turnId);
      await host.provider.rollbackThread(host.threadId, 1);
    },
  },
  {
    what: "an interrupt, and a stop in the middle of a turn",
    succeeds: true,
    agent: { startup: leaks, on: { prompt: [piEndlessTurn("canary"), piEndlessTurn("canary")] } },
    act: async (host) => {
      await host.start();
      const first = await host.send("canary");
      await host.provider.interruptTurn(host.threadId);
      await host.log.turn(first);
      await host.send("canary");
      const stopped = host.provider.stopSession(host.threadId);
      await host.clock.advance(10_000);
      await stopped;
    },
  },
  {
    what: "a crash in a turn",
    agent: { startup: leaks, on: { prompt: [[...piEndlessTurn("canary").slice(0, -1), ...leaks, { exit: 7 }]] } },
    act: async (host) => {
      await host.start();
      await host.turn("canary");
      await host.failing(host.send("canary again"));
    },
  },
  {
    what: "a program that ends before it answers",
    agent: { startup: [...leaks, { exit: 3 }] },
    act: async (host) => {
      await host.failing(host.start());
      await host.failing(host.provider.listModels());
      await host.provider.inspect();
    },
  },
  {
    what: "a program whose version cannot be read",
    packageVersion: undefined,
    agent: { versionProbe: [...leaks, { exit: 1 }] },
    act: (host) => host.failing(host.start()),
  },
  {
    what: "a discovery that is refused",
    agent: { startup: leaks, on: { get_available_models: { always: [{ reply: { error: "agentword" } }] }, get_state: { always: [...leaks, { reply: {} }] } } },
    act: (host) => host.failing(host.provider.listModels({ cwd: "/home/me/pathmark/project" })),
  },
  {
    what: "a model, a prompt and a cursor that are refused",
    agent: { startup: leaks, on: { set_model: { always: [{ reply: { error: "agentword" } }] }, prompt: [[{ reply: { error: "agentword" } }]] } },
    act: async (host) => {
      await host.failing(host.start({ model: "lab/thinker" }));
      await host.start();
      await host.failing(host.send("canary"));
      await host.failing(host.send("canary ".repeat(30_000)));
      await host.failing(host.start({ resumeCursor: { prompt: "canary" } }));
    },
  },
  {
    what: "custom models, a broken models.json, a warm start",
    agent: {},
    listing,
    act: async (host) => {
      host.stamps.touch("/home/me/pathmark/agent/models.json");
      await host.provider.inspect({ cwd: "/home/me/pathmark/project" });
      await host.provider.customModels.add("lab/own").catch((error: unknown) => host.errors.push(error));
      await host.failing(host.provider.customModels.add("agentword"));
      await host.start();
      await host.turn("canary");
    },
  },
];

describe("what people wrote, and what is secret", () => {
  const spoken: unknown[] = [];
  beforeEach(() => {
    spoken.length = 0;
    for (const method of ["log", "info", "warn", "error", "debug"] as const) vi.spyOn(console, method).mockImplementation((...words) => void spoken.push(words));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(scenes)("is in no span, count, redacted record, log or error: $what", async ({ act, what: _what, succeeds = false, ...scene }) => {
    const host = new ObservedProvider({ packageVersion: "0.87.1", environment, ...scene, logFolder: await temporaryFolder() });
    try {
      await act(host);
    } finally {
      await host[Symbol.asyncDispose]();
    }

    const observed = await host.observed();
    expect(observed).not.toMatch(/canary|pathmark|agentword|4711/i);
    expect(observed).not.toContain(image.toString("base64"));
    expect(host.told).not.toMatch(/canary/i);
    expect(spoken).toEqual([]);
    // It proves something only if there was something to tell, and if what was planted was there.
    expect(host.errors.length > 0).toBe(!succeeds);
    expect(host.recorded.spans.length).toBeGreaterThan(0);
    expect(host.recorded.spans.filter(({ end }) => end === undefined)).toEqual([]);
    expect(host.api.spans.map(({ ends }) => ends)).toEqual(host.recorded.spans.map(() => 1));
    expect(JSON.stringify(host.spawner.spawned)).toContain("sk-canary-env");
    expect(!succeeds || JSON.stringify(host.recorded.nativeRecords).includes("canary")).toBe(true);
  });

  it("was there to be told: all of it crossed the wire, and a log that keeps everything has it", async () => {
    const [scene] = scenes;
    const host = new ObservedProvider({ packageVersion: "0.87.1", environment, ...scene, logFolder: await temporaryFolder(), redact: false });
    await scene?.act(host);
    await host[Symbol.asyncDispose]();

    const everything = await host.observed();
    for (const planted of ["canary prompt", "canary answer", "canary thought", "cat canary.env", "KEY=canary-of-a-file", "canary title", image.toString("base64")]) expect(everything).toContain(planted);
    // Not even then: these are no records.
    expect(everything).not.toMatch(/sk-canary/);
  });
});
