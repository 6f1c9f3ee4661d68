import * as v from "valibot";
import type { AgentCommandType, AgentEvent, AgentModelRef, AgentRefusalReason, AgentReplies } from "../../../ports/agent-messages.js";

/**
 * The echo agent's own vocabulary. It says the same things as other agents in other words and another order, so that whatever
 * works with both depends on neither.
 *
 * To the agent, one JSON object per line: `{"do": …, "ref": id, …}`.
 *
 * | do       | with                             | answer                                                        |
 * | -------- | -------------------------------- | ------------------------------------------------------------- |
 * | `look`   |                                  | `model`, `level?`, `busy`, `waiting`, `lines`, `session`      |
 * | `models` |                                  | `models: [{ name, title, sees, levels }]`                     |
 * | `levels` |                                  | `levels`                                                      |
 * | `tricks` |                                  | `tricks: [{ name, about }]`                                   |
 * | `use`    | `model`                          | `model`                                                       |
 * | `dial`   | `level`                          |                                                               |
 * | `say`    | `text`, `pictures`               | `went`: `started`, or `handled` for a trick                   |
 * | `nudge`  | `text`, `pictures`               | `went`: `queued`, or `started` when nothing ran               |
 * | `hush`   |                                  | once the run has ended; what waits is forgotten               |
 * | `forget` |                                  | `count`                                                       |
 * | `cost`   |                                  | `spent`                                                       |
 * | `marks`  |                                  | `marks: [{ at, text }]`                                       |
 * | `rewind` | `at`                             |                                                               |
 * | `story`  |                                  | `story: [{ at, by, text }]`                                   |
 * | `answer` | `ask` and `chosen`, `yes` or none of them | none                                                 |
 *
 * From the agent: `{"re": id, "ok": true, …}`, `{"re": id, "ok": false, "why": …, "because": text}` without an `re` when the line
 * was not understood, and events `{"now": …}`: `begin`, `open`, `think`, `speak`, `spoke`, `work`, `worked`, `ask`, `tell`, `done`.
 *
 * A run ends with `done`, but another may follow by itself: the agent is at rest after a `done` at which a `look` finds it neither
 * busy nor with anything waiting.
 */

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** `echo/plain`, as the provider and the model's name in it. */
const modelName = v.pipe(
  v.string(),
  v.regex(/^[^/]+\/.+$/),
  v.transform((name): AgentModelRef => ({ provider: name.slice(0, name.indexOf("/")), id: name.slice(name.indexOf("/") + 1) })),
);

const spent = v.pipe(
  v.object({ heard: count, spoken: count }),
  v.transform(({ heard, spoken }) => ({
    inputTokens: heard,
    outputTokens: spoken,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: heard + spoken,
    costUsd: 0,
  })),
);

const model = v.pipe(
  v.object({ name: modelName, title: text, sees: v.array(v.picklist(["text", "image"])), levels: v.array(text) }),
  v.transform(({ name, title, sees, levels }) => ({
    ...name,
    name: title,
    input: sees,
    contextWindow: 10_000,
    reasoning: levels.length > 0,
    thinkingLevels: levels,
  })),
);

const went = v.pipe(v.object({ went: v.picklist(["started", "queued", "handled"]) }), v.transform(({ went }) => ({ disposition: went })));
const nothing = v.pipe(v.unknown(), v.transform(() => null));

/** How each command's answer is read. */
export const echoAnswers: { readonly [T in AgentCommandType]: v.GenericSchema<unknown, AgentReplies[T]> } = {
  "get-state": v.pipe(
    v.object({ model: modelName, level: v.exactOptional(text), busy: v.boolean(), waiting: count, lines: count, session: text }),
    v.transform(({ model, level, busy, waiting, lines, session }) => ({
      model,
      ...(level !== undefined && { thinkingLevel: level }),
      sessionId: session,
      streaming: busy,
      compacting: false,
      queued: waiting,
      messageCount: lines,
    })),
  ),
  "list-models": v.pipe(v.object({ models: v.array(model) }), v.transform(({ models }) => ({ models, rejected: 0 }))),
  "list-thinking-levels": v.object({ levels: v.array(text) }),
  "list-commands": v.pipe(
    v.object({ tricks: v.array(v.object({ name: text, about: text })) }),
    v.transform(({ tricks }) => ({ commands: tricks.map(({ name, about }) => ({ name, description: about, source: "other" as const })) })),
  ),
  "set-model": v.object({ model: modelName }),
  "set-thinking-level": nothing,
  prompt: went,
  steer: went,
  abort: nothing,
  "clear-queue": v.pipe(v.object({ count }), v.transform(({ count }) => ({ cleared: count }))),
  compact: v.object({}),
  "get-stats": v.pipe(v.object({ spent }), v.transform(({ spent }) => ({ totals: spent }))),
  "list-fork-points": v.pipe(
    v.object({ marks: v.array(v.object({ at: text, text })) }),
    v.transform(({ marks }) => ({ points: marks.map(({ at, text }) => ({ entryId: at, text })) })),
  ),
  fork: v.pipe(nothing, v.transform(() => ({ cancelled: false }))),
  "get-history": v.pipe(
    v.object({ story: v.array(v.object({ at: text, by: v.picklist(["user", "assistant"]), text })) }),
    v.transform(({ story }) => {
      const head = story.at(-1)?.at;
      return { entries: story.map(({ at, by, text }) => ({ id: at, role: by, text })), ...(head !== undefined && { head }) };
    }),
  ),
  "name-session": nothing,
};

const refusalReasons: readonly AgentRefusalReason[] = ["unknown-command", "busy", "not-authenticated", "unknown-model", "other"];

export const EchoRefusal = v.object({ ok: v.literal(false), why: v.fallback(v.picklist(refusalReasons), "other"), because: text });
export const EchoConsent = v.object({ ok: v.literal(true) });

const block = { thought: 0, speech: 1 } as const;
const stopReasons = { finished: "stop", failed: "error", hushed: "aborted" } as const;

/** How each event is read. */
export const EchoEvent = v.pipe(
  v.variant("now", [
    v.object({ now: v.literal("begin") }),
    v.object({ now: v.literal("open"), by: v.picklist(["user", "assistant"]) }),
    v.object({ now: v.literal("think"), text }),
    v.object({ now: v.literal("speak"), text }),
    v.object({
      now: v.literal("spoke"),
      by: v.picklist(["user", "assistant"]),
      speech: text,
      thought: v.exactOptional(text),
      end: v.picklist(["finished", "failed", "hushed"]),
      because: v.exactOptional(text),
      spent,
    }),
    v.object({ now: v.literal("work"), call: text, trick: text, input: v.record(text, v.unknown()) }),
    v.object({ now: v.literal("worked"), call: text, trick: text, output: text, failed: v.boolean() }),
    v.object({ now: v.literal("ask"), ask: text, kind: v.picklist(["select", "confirm", "input"]), title: text, choices: v.array(text) }),
    v.object({ now: v.literal("tell"), text }),
    v.object({ now: v.literal("done") }),
  ]),
  v.transform((event): AgentEvent => {
    switch (event.now) {
      case "begin":
        return { type: "run-started" };
      case "open":
        return { type: "message-started", role: event.by };
      case "think":
        return { type: "reasoning-delta", block: block.thought, delta: event.text };
      case "speak":
        return { type: "text-delta", block: block.speech, delta: event.text };
      case "spoke":
        return {
          type: "message-ended",
          role: event.by,
          text: event.speech === "" ? [] : [{ block: block.speech, text: event.speech }],
          reasoning: event.thought === undefined ? [] : [{ block: block.thought, text: event.thought }],
          stopReason: stopReasons[event.end],
          ...(event.because !== undefined && { errorMessage: event.because }),
          usage: event.spent,
        };
      case "work":
        return { type: "tool-started", toolCallId: event.call, toolName: event.trick, kind: "command", input: event.input };
      case "worked":
        return { type: "tool-ended", toolCallId: event.call, toolName: event.trick, failed: event.failed, output: event.output };
      case "ask":
        return { type: "dialog-opened", dialogId: event.ask, method: event.kind, title: event.title, options: event.choices };
      case "tell":
        return { type: "notice", severity: "info", text: event.text };
      case "done":
        return { type: "run-ended", willRetry: false };
    }
  }),
);
