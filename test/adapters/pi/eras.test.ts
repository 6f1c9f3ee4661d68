import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { eventsOf, outline } from "./recordings.js";

/** Later versions tell the system prompt as a message of its own. */
function withoutSystemMessages(events: readonly AgentEvent[]): readonly AgentEvent[] {
  return events.filter((event) => !("role" in event) || event.role !== "system");
}

describe("the eras of Pi's protocol", () => {
  it.each(["0.84.4", "1.0.3"])("tell an answer in the same events: cumulative 0.80.10 and %s", (version) => {
    expect(withoutSystemMessages(eventsOf(`${version}/text`))).toEqual(eventsOf("0.80.10/text"));
  });

  it.each(["err500-recovers", "prompt-in-threshold-compaction", "exit-sigterm-tool"])("tell %s in the same order", (scenario) => {
    const cumulative = outline(eventsOf(`0.80.10/${scenario}`));
    expect(outline(eventsOf(`0.84.4/${scenario}`))).toEqual(cumulative);
    expect(outline(withoutSystemMessages(eventsOf(`1.0.3/${scenario}`)))).toEqual(cumulative);
  });
});
