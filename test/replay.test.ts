import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { piDialect } from "../src/adapters/pi/pi-dialect.ts";
import { parseAgentVersion, type AgentVersion } from "../src/ports/agent-version.ts";
import type { RpcRecord } from "../src/ports/rpc-transport.ts";
import { idleState, ReducerWorld } from "./domain/session/reducer-world.ts";

/**
 * Every recorded transcript of a real Pi, played through framing, dialect, state machine and projection: what its user did becomes
 * our host's calls, what Pi said becomes our input, and no rule of the event stream may break. Where the recording has no answer
 * to a question that only we ask, Pi is taken to be idle once it said that it settled.
 */

const folder = resolve(import.meta.dirname, "fixtures/recordings");
const recordings = globSync("*/*.jsonl", { cwd: folder }).sort();

interface Line {
  readonly dir: string;
  readonly data: RpcRecord;
}

function linesOf(recording: string): readonly Line[] {
  return readFileSync(join(folder, recording), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => JSON.parse(line));
}

class Replay {
  readonly world = new ReducerWorld({ settlement: piDialect.settlement }).ready();
  readonly #version: AgentVersion;
  #lastPrompt: unknown;

  constructor(version: AgentVersion) {
    this.#version = version;
  }

  play({ dir, data }: Line): void {
    if (dir === "in") this.#command(data);
    else if (dir === "out") this.#record(data);
    else if (dir === "meta" && typeof data === "object" && "exit" in data) this.world.lost();
  }

  #command(data: RpcRecord): void {
    if (data["type"] === "prompt" || data["type"] === "steer" || data["type"] === "follow_up") {
      this.#lastPrompt = data["id"];
      this.world.send(String(data["message"]));
    } else if (data["type"] === "abort") {
      this.world.call((call) => ({ type: "interrupt", call }));
    } else if (data["type"] === "extension_ui_response") {
      const open = this.world.state.core.dialogs.find(({ dialog }) => dialog.dialogId === data["id"]);
      const requestId = open?.requestId ?? "unknown";
      this.world.call((call) => ({ type: "answer", call, requestId, answers: { answer: answerIn(data) } }));
    }
  }

  #record(data: RpcRecord): void {
    const parsed = piDialect.framing.parse(Buffer.from(JSON.stringify(data))) as RpcRecord;
    if (piDialect.framing.correlate(parsed).type === "event") {
      const event = piDialect.decodeEvent(parsed, this.#version);
      if (event.type === "unrecognised") throw new Error(`A recorded record was not recognised: ${event.recordType}`);
      this.world.event(event);
      if (event.type === "settled") this.world.idle();
      return;
    }
    const command = data["command"];
    if (command === "prompt" && data["id"] === this.#lastPrompt) {
      const reply = piDialect.decodeReply("prompt", parsed, this.#version);
      if (reply.type === "malformed") throw new Error("A recorded reply to a prompt could not be read.");
      if (!this.world.reply("prompt", reply)) this.world.reply("steer", reply);
      this.world.idle();
    } else if (command === "steer" || command === "follow_up") {
      this.world.reply("steer", { type: "ok", value: { disposition: "queued" } });
    } else if (command === "abort") {
      this.world.reply("clear-queue", { type: "ok", value: { cleared: 0 } });
      this.world.reply("abort", { type: "ok", value: null });
      this.world.idle();
    }
  }
}

/** What the person in the recording answered, in the words our host would use. */
function answerIn(record: RpcRecord): string {
  const { value, confirmed } = record;
  if (typeof value === "string") return value;
  return typeof confirmed === "boolean" ? (confirmed ? "Yes" : "No") : "Cancel";
}

describe("recorded transcripts", () => {
  it.each(recordings)("%s breaks no rule", (recording) => {
    const version = parseAgentVersion(recording);
    if (version === undefined) throw new Error(`${recording} names no version`);
    const replay = new Replay(version);
    for (const line of linesOf(recording)) replay.play(line);
    const { world } = replay;
    // Whatever was still open at the recording's end is ended as a host ends it.
    world.call((call) => ({ type: "stop", call }));
    world.idle(idleState);
    world.fire("abort");
    world.disposed();
    world.disposed();
    expect(world.rules.conclude()).toEqual([]);
    expect(world.state.phase.type).toBe("closed");
    expect([...world.openCalls]).toEqual([]);
  });

  it.each([
    ["answers with line separators in their text", "1.5.2/u2028.jsonl", ["completed", "completed"]],
    ["a model error", "1.5.2/err401.jsonl", ["failed"]],
    // These two fail in spite of their names: the endpoint refused once more than Pi tried.
    ["retries that are exhausted", "1.0.3/err500-recovers.jsonl", ["failed"]],
    ["retries that are exhausted, cumulative era", "0.80.10/err500-recovers.jsonl", ["failed"]],
    ["retries that do not recover", "1.5.2/err500-fails.jsonl", ["failed"]],
    ["an answer that was cut at its length", "1.5.2/length.jsonl", ["completed"]],
    ["an answer without content", "1.5.2/empty.jsonl", ["completed"]],
    ["a tool turn that thinks", "1.5.2/thinktool.jsonl", ["completed"]],
  ])("%s ends its turns as %s: %j", (_name, recording, states) => {
    const version = parseAgentVersion(recording);
    if (version === undefined) throw new Error(`${recording} names no version`);
    const replay = new Replay(version);
    for (const line of linesOf(recording)) replay.play(line);
    const ended = replay.world.events.flatMap((event) => (event.type === "turn.completed" ? [event.payload.state] : []));
    expect(ended).toEqual(states);
  });
});
