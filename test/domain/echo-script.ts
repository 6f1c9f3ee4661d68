import type { RpcScript, ScriptedCall } from "../../src/adapters/fake/scripted-rpc-connector.js";
import type { RpcRecord } from "../../src/ports/rpc-transport.js";

const consents: Readonly<Record<string, RpcRecord>> = {
  look: { model: "echo/plain", busy: false, waiting: 0, lines: 0, session: "echo" },
  models: { models: [{ name: "echo/plain", title: "Plain Echo", sees: ["text"], levels: [] }] },
  say: { went: "started" },
  nudge: { went: "queued" },
  hush: {},
  forget: { count: 0 },
  cost: { spent: { heard: 1, spoken: 2 } },
};

/** Answers a call as the echo agent would, at rest. A run that it consents to is played by the test. */
export function consent({ record, id, emit }: ScriptedCall): void {
  const answer = consents[String(record.do)];
  if (answer !== undefined) emit({ re: id, ok: true, ...answer });
}

/** Answers everything but what is named. */
export function silentOn(...names: readonly string[]): RpcScript {
  return (call) => {
    if (!names.includes(String(call.record.do))) consent(call);
  };
}
