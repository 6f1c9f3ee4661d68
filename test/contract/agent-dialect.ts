import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentDialect } from "../../src/ports/agent-dialect.js";
import type { AgentCommand, AgentDialogAnswer, AgentEvent } from "../../src/ports/agent-messages.js";
import { isAtLeast } from "../../src/ports/agent-version.js";

const model = { provider: "maker", id: "family/model:latest" };

const commands: readonly AgentCommand[] = [
  { type: "get-state" },
  { type: "list-models" },
  { type: "list-thinking-levels" },
  { type: "list-commands" },
  { type: "set-model", model },
  { type: "set-thinking-level", level: "high" },
  { type: "prompt", text: "Hello\u2028there", images: [] },
  { type: "steer", text: "Go on", images: [] },
  { type: "abort" },
  { type: "clear-queue" },
  { type: "compact" },
  { type: "get-stats" },
  { type: "list-fork-points" },
  { type: "fork", entryId: "e1" },
  { type: "get-history" },
];

/** Without these there is no session. */
const needed: readonly AgentCommand["type"][] = ["get-state", "list-models", "prompt", "steer", "abort"];

const answers: readonly AgentDialogAnswer[] = [{ type: "value", value: "red" }, { type: "confirmed", confirmed: true }, { type: "cancelled" }];

const anyRecord = fc.dictionary(fc.string(), fc.jsonValue());

/** What every dialect owes the domain, whatever its agent's words are. */
export function describeAgentDialect({ name, dialect }: { readonly name: string; readonly dialect: AgentDialect }): void {
  const version = { ...dialect.versions.floor, major: dialect.versions.floor.major + 100 };

  describe(`${name} as an agent dialect`, () => {
    it("names its agent, its program and what to do without it", () => {
      const { provider, displayName, binaryName, versions, environment } = dialect;
      for (const text of [provider, displayName, binaryName, versions.installAdvice, versions.tooOldAdvice, environment.agentDirVariable]) expect(text.trim()).not.toBe("");
      expect(isAtLeast(versions.floor, versions.floor)).toBe(true);
      expect(versions.probeArgs.length).toBeGreaterThan(0);
    });

    it.each(["session", "discovery"] as const)("launches a %s with arguments and variables that are texts, and does not change the request", (mode) => {
      const request = Object.freeze({ mode, version, agentDir: "/agent", model, thinkingLevel: "high" });
      const { args, environment } = dialect.launch(request);
      expect([...args, ...Object.values(environment)].every((text) => typeof text === "string")).toBe(true);
      expect(environment[dialect.environment.agentDirVariable]).toBe("/agent");
    });

    it.each(needed)("can say %s in its oldest version", (type) => {
      const command = commands.find((candidate) => candidate.type === type);
      expect(command && dialect.encodeCommand(command, dialect.versions.floor)).toBeDefined();
    });

    const written = commands.flatMap((command) => {
      const record = dialect.encodeCommand(command, version);
      return record === undefined ? [] : [{ type: command.type, record }];
    });

    it.each(written)("writes $type as one line that a reply can be matched with", ({ record }) => {
      const { framing } = dialect;
      const line = JSON.stringify(framing.address(record, "id-1"));
      expect(line).not.toContain("\n");
      expect(line).toContain('"id-1"');
      expect(framing.commandOf(record).trim()).not.toBe("");
      expect(framing.parse(Buffer.from(line))).toEqual(JSON.parse(line));
    });

    it.each(answers)("writes a dialog's answer ($type) that names the dialog", (answer) => {
      expect(JSON.stringify(dialect.encodeDialogAnswer("dialog-1", answer))).toContain('"dialog-1"');
    });

    it.runIf(dialect.supervision !== undefined)("has a session load what asks for approval, and nothing else", () => {
      const { companion } = dialect.supervision ?? { companion: { name: "", text: "" } };
      expect(companion.name).toMatch(/^[\w.-]+$/);
      expect(companion.text.trim()).not.toBe("");
      const names = (mode: "session" | "discovery" | "one-shot"): boolean => {
        const { args, environment } = dialect.launch({ mode, version, companionFile: "/companions/x" });
        return [...args, ...Object.values(environment)].includes("/companions/x");
      };
      expect([names("session"), names("discovery"), names("one-shot")]).toEqual([true, false, false]);
    });

    it.runIf(dialect.supervision !== undefined)("accepts with a record of its own", () => {
      const records = (["accept", "decline", "cancel"] as const).map((verdict) => JSON.stringify(dialect.supervision?.encodeVerdict("q1", verdict)));
      expect(records[0]).toContain("q1");
      expect(records.slice(1)).not.toContain(records[0]);
    });

    it("reads every record there can be as some event, and relates it to requests, without throwing", () => {
      fc.assert(
        fc.property(anyRecord, (record) => {
          expect(typeof dialect.decodeEvent(record, version).type).toBe("string");
          expect(["event", "reply", "anonymous-refusal"]).toContain(dialect.framing.correlate(record).type);
        }),
      );
    });

    it("reads every record there can be as some reply to every command, without throwing", () => {
      fc.assert(
        fc.property(anyRecord, fc.constantFrom(...commands), (record, { type }) => {
          expect(["ok", "refused", "malformed"]).toContain(dialect.decodeReply(type, record, version).type);
        }),
      );
    });

    it("has an end among the events, and takes only a state that is at rest for idle", () => {
      const state = { sessionId: "s", streaming: false, compacting: false, queued: 0, messageCount: 0 };
      const ends: readonly AgentEvent[] = [{ type: "settled", aborted: false }, { type: "run-ended", willRetry: false }];
      expect(ends.some((event) => dialect.settlement.reads(event) === "end")).toBe(true);
      expect(dialect.settlement.reads({ type: "run-started" })).toBe("activity");
      expect(dialect.settlement.isIdle(state)).toBe(true);
      expect(dialect.settlement.isIdle({ ...state, streaming: true })).toBe(false);
      expect(dialect.settlement.isIdle({ ...state, queued: 1 })).toBe(false);
    });

    it("explains every end of its program in a sentence of its own, never in the program's words", () => {
      const errorTail = "SECRET-IN-STDERR at line 1";
      for (const phase of ["start", "run"] as const) {
        for (const [exitCode, signal] of [[0, null], [1, null], [143, null], [null, "SIGKILL"], [null, null]] as const) {
          const { detail } = dialect.diagnose({ phase, exitCode, signal, errorTail });
          expect(detail.trim()).not.toBe("");
          expect(detail).not.toContain("SECRET");
        }
      }
    });

    it("takes its configuration from files with absolute paths, in the folder it is given, and from the project's only where there is one", () => {
      const place = Object.freeze({ agentDir: "/agent", environment: Object.freeze({ HOME: "/home" }) });
      const { files, check } = dialect.configuration;
      const own = files({ ...place, cwd: undefined });
      expect(own.length).toBeGreaterThan(0);
      expect(own.every((file) => file.startsWith("/agent/"))).toBe(true);
      expect(files({ ...place, cwd: "/project" }).filter((file) => !file.startsWith("/project/"))).toEqual(own);
      const named = { agentDir: undefined, environment: { HOME: "/home", [dialect.environment.agentDirVariable]: "/agent" } };
      expect(files({ ...named, cwd: undefined })).toEqual(own);
      const byDefault = files({ agentDir: undefined, environment: { HOME: "/home" }, cwd: undefined });
      expect(byDefault).toEqual(own.map((file) => file.replace("/agent", ["/home", ...dialect.environment.defaultAgentDir].join("/"))));
      expect(own).toEqual(expect.arrayContaining(check === undefined ? [] : [check.file(place)]));
    });

    it("reads no fault from an empty output, and repeats nothing of any other", () => {
      const { check } = dialect.configuration;
      expect(check?.read("")).toBeUndefined();
      expect(check?.read("SECRET-IN-OUTPUT\n") ?? "").not.toContain("SECRET");
    });

    it("takes no text for a session's header that is none", () => {
      expect(dialect.sessionFiles.readHeader("")).toBeUndefined();
      expect(dialect.sessionFiles.readHeader('{"type":"message"}')).toBeUndefined();
    });
  });
}
