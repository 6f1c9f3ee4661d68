import { piDialect } from "../../../src/adapters/pi/pi-dialect.js";
import type { AgentIo } from "../../../src/adapters/fake/agent-io.js";
import { ScriptedAgent, type ScriptedAgentOptions } from "../../../src/adapters/fake/scripted-agent.js";
import {
  piEndlessTurn,
  piErrorTurn,
  piHandledPrompt,
  piRecoveringTurn,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechStart,
  piSteeredTurn,
  piTextTurn,
  piToolTurn,
} from "../../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import type { ConformanceAct, ConformanceActs, ConformanceSubject } from "../../../src/app/conformance/conformance-subject.js";
import { inMemoryStage } from "./in-memory-stage.js";

const agentVersion = "0.87.1";

const acts: ConformanceActs = {
  answers: { prompt: "Hello?", texts: ["Hello!"] },
  thinks: { prompt: "What now?", texts: ["This."] },
  usesTool: { prompt: "Look around.", texts: ["I saw it."] },
  plans: { prompt: "Plan it.", texts: ["Planned."] },
  worksInStages: { prompt: "Take your time.", texts: ["First.", "Second."] },
  handlesItself: { prompt: "/ping", texts: [] },
  retries: { prompt: "Try it.", texts: ["At last."] },
  fails: { prompt: "Fail.", texts: [] },
  asks: { prompt: "Ask me.", texts: ["Thanks."] },
  waitsForSteering: { prompt: "Work.", steer: "Faster!", texts: ["Working.", "Done."] },
  goesOn: { prompt: "Tell me everything.", texts: [] },
  ignoresAbort: { prompt: "Never stop.", texts: [] },
  crashes: { prompt: "Crash.", texts: [] },
  generates: { prompt: "Name it.", json: { title: "Fix it" } },
};

/** What a prompt sets off. */
const scripts: Readonly<Record<ConformanceAct, Script>> = {
  answers: piTextTurn("Hello!"),
  thinks: piTextTurn({ thinking: "Hm.", text: "This." }),
  // Its message that calls the tool has no text.
  usesTool: piToolTurn({ tool: { name: "bash", args: { command: "ls" }, output: "README.md" }, text: "I saw it." }),
  plans: [...piRunStart, ...piSpeech({ thinking: "A plan.", text: " \n" }), ...piSpeech("Planned."), ...piRunEnd(), ...piSettled],
  worksInStages: [...piRunStart, ...piSpeech("First."), ...piRunEnd(), { emit: { type: "agent_start" } }, ...piSpeech("Second."), ...piRunEnd(), ...piSettled],
  handlesItself: piHandledPrompt,
  retries: piRecoveringTurn({ errorMessage: "529 overloaded", text: "At last." }),
  fails: piErrorTurn("401 unauthorized"),
  asks: [...piRunStart, { ask: { id: "dialog-1", method: "select", title: "Which one?", options: ["This", "That"] } }, ...piSpeech("Thanks."), ...piRunEnd(), ...piSettled],
  waitsForSteering: piSteeredTurn("Done."),
  goesOn: piEndlessTurn("And then"),
  // A script that waits for the abort itself is left to heed it.
  ignoresAbort: [...piRunStart, ...piSpeechStart({ text: "No." }), { waitFor: "abort" }, { stall: true }],
  crashes: [...piRunStart, ...piSpeechStart({ text: "Oh" }), { crash: "SIGSEGV" }],
  generates: piTextTurn('{"title":"Fix it"}'),
};

/** Pi's wire in memory. Each process goes on in the script where the one before it ended. */
export const scriptedPiSubject: ConformanceSubject = {
  name: "the scripted agent in memory",
  acts,
  lacks: { resume: "begins each of its processes anew" },
  open: (script) => {
    const agents: ScriptedAgent[] = [];
    const saved: NonNullable<ScriptedAgentOptions["saved"]> = new Map();
    const program = async (io: AgentIo): Promise<void> => {
      const played = agents.flatMap((agent) => agent.received).filter((record) => record.type === "prompt" && record.streamingBehavior === undefined).length;
      const agent = new ScriptedAgent({ scenario: { version: agentVersion, on: { prompt: script.slice(played).map((act) => scripts[act]) } }, saved });
      agents.push(agent);
      await agent.program(io);
    };
    return Promise.resolve(inMemoryStage({ program, dialect: piDialect, agentVersion }));
  },
};
