import { describe, expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech, piToolUse } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

/** A text from the queue reaches the model: as Pi tells it, and with what the model says to it. */
function delivered({ text, left, answer }: { readonly text: string; readonly left: readonly string[]; readonly answer: string }): Script {
  const message = { role: "user", content: [{ type: "text", text }] };
  return [
    { emit: { type: "turn_end", toolResults: [] } },
    { emit: { type: "turn_start" } },
    { emit: { type: "queue_update", steering: left, followUp: [] } },
    { emit: { type: "message_start", message } },
    { emit: { type: "message_end", message } },
    ...piSpeech(answer),
  ];
}

const tool = piToolUse({ name: "bash", args: { command: "make" }, output: "made" });
const toolBegins = tool.slice(0, 3);
const toolEnds = tool.slice(3);

describe.each(eras)("messages in a turn of Pi %s", (version) => {
  it("reach the model one by one, behind the tool that runs, and make one turn of all of it", async () => {
    const prompt: Script = [
      ...piRunStart,
      ...toolBegins,
      { waitFor: "steer" },
      { waitFor: "steer" },
      ...toolEnds,
      ...delivered({ text: "In blue!", left: ["Or green."], answer: "Blue." }),
      ...delivered({ text: "Or green.", left: [], answer: "Green." }),
      ...piRunEnd(),
      ...piSettled,
    ];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
    await host.start();
    const turnId = await host.send("Paint the wall.");
    await host.rest();
    expect(await Promise.all(["In blue!", "Or green."].map((text) => host.send(text)))).toEqual([turnId, turnId]);
    await host.log.turn(turnId);

    expect(host.shown(turnId)).toMatchObject({ texts: ["Blue.", "Green."], warnings: [], errors: [], ends: [{ state: "completed" }] });
    expect(host.log.of("turn.started")).toHaveLength(1);
    expect(host.received("prompt").map(({ message, streamingBehavior }) => [message, streamingBehavior])).toEqual([
      ["Paint the wall.", undefined],
      ["In blue!", "steer"],
      ["Or green.", "steer"],
    ]);
    expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [3] });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("do not change the model in the middle of it; the next turn does", async () => {
    const prompt: Script = [...piRunStart, { waitFor: "steer" }, ...delivered({ text: "Think!", left: [], answer: "Hm." }), ...piRunEnd(), ...piSettled];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } }, replacement: {} });
    await host.start();
    const turnId = await host.send("Go.");
    await host.rest();
    await host.send("Think!", { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });
    await host.log.turn(turnId);
    expect(host.shown(turnId)).toMatchObject({ texts: ["Hm."], warnings: [expect.stringContaining("lab/plain")], ends: [{ state: "completed" }] });
    expect(host.session?.model).toBe("lab/plain");

    const next = await host.send("Think!", { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });
    await host.log.turn(next);
    expect(host.session?.model).toBe("lab/thinker");
    expect(host.log.of("turn.started").at(-1)?.payload).toEqual({ model: "lab/thinker", effort: "high" });
  });
});
