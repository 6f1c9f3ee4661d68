import type { ConformanceActs, ConformanceSubject } from "../../../src/app/conformance/conformance-subject.js";
import { inMemoryStage } from "./in-memory-stage.js";

/** The echo agent goes by the words of its prompts. */
export const echoActs: ConformanceActs = {
  answers: { prompt: "hello", texts: ["hello"] },
  thinks: { prompt: "think first", texts: ["think first"] },
  usesTool: { prompt: "tool please", texts: ["tool please"] },
  plans: { lacks: "says whatever it writes" },
  worksInStages: { prompt: "again", texts: ["again", "Something else came to my mind."] },
  handlesItself: { prompt: "/ping", texts: [] },
  retries: { lacks: "never tries twice" },
  fails: { prompt: "fail", texts: [] },
  asks: { prompt: "ask me", texts: ["You said red.", "ask me"] },
  waitsForSteering: { prompt: "wait", steer: "now", texts: ["I am waiting.", "wait", "now"] },
  goesOn: { prompt: "wait", texts: [] },
  ignoresAbort: { lacks: "heeds every abort" },
  crashes: { prompt: "crash", texts: [] },
  generates: { prompt: '{"title":"Fix it"}', json: { title: "Fix it" } },
};

export const echoSubject: ConformanceSubject = {
  name: "the echo agent in memory",
  acts: echoActs,
  lacks: { resume: "keeps no files", rollback: "stays in its only session", compaction: "forgets nothing" },
  open: () => Promise.resolve(inMemoryStage({})),
};
