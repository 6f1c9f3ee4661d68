/**
 * Heron, an agent that is nobody's: it speaks words of its own over JSON lines, so that a dialect for it is written as an outsider
 * writes one.
 *
 * | to Heron                                         | its answer `gives`                                              |
 * | ------------------------------------------------ | --------------------------------------------------------------- |
 * | `{"call": {"id", "verb", "with"}}`               | `{"answer": {"id", "gives"}}`, or `{"answer": {"id", "refuses"}}` |
 * | verb `whereabouts`                               | `talk`, `file?`, `maker`, `model`, `depth`, `mood`, `pending`, `lines` |
 * | verb `library`                                   | `makers: { maker: [{ model, title, sees, depths }] }`           |
 * | verb `choose` with `maker`, `model`              | nothing                                                         |
 * | verb `deepen` with `depth`                       | nothing                                                         |
 * | verb `habits`                                    | `habits: { name: what it does }`                                |
 * | verb `talk` with `words`                         | `as`: `run`, or `at-once` for a habit                           |
 * | verb `murmur` with `words`                       | `as`: `heard`, or `run` when it was resting                     |
 * | verb `hush`                                      | nothing, at once; the end of the run follows                    |
 * | verb `forget`                                    | `forgotten`, a number                                           |
 * | verb `recite`                                    | `lines: [{ nr, by: "you" or "me", words }]`                     |
 * | verb `return` with `nr`                          | nothing; it is another talk from then on                        |
 * | `{"choice": {"riddle", "is"?}}`                  | no answer                                                       |
 *
 * Besides answers it gives signs, `{"sign": {"kind", …}}`: `wakes`, `hears`, `begins`, `muses`, `says`, `said`, `lifts`, `drops`,
 * `wonders`, `stumbles`, `recovers`, and `rests` with `isTerminal`. Only a terminal rest is the end; after any other it wakes again.
 */
import { createInterface } from "node:readline";
import { depthOf, library, modelNamed } from "./heron-library.mjs";
import { HeronRun } from "./heron-run.mjs";
import { HeronTalk } from "./heron-talk.mjs";

const flags = new Map(process.argv.slice(2).map((flag) => flag.split("=", 2)));
if (flags.has("--version")) {
  process.stdout.write("heron 2.1.0\n");
  process.exit(0);
}

let [maker, model] = (flags.get("--model") ?? "grey/quick").split("/");
if (modelNamed(maker, model) === undefined) {
  process.stderr.write("No such model.\n");
  process.exit(4);
}
let depth = depthOf(modelNamed(maker, model), flags.get("--depth"));
let talk = HeronTalk.open({ file: flags.get("--talk"), isForgetful: flags.has("--forgetful"), home: process.env.HERON_HOME });
if (talk === undefined) {
  process.stderr.write("No such talk.\n");
  process.exit(5);
}
let run;

function write(record) {
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

function begin(words) {
  run = new HeronRun({ words, talk, sign: (kind, more) => write({ sign: { kind, ...more } }) });
  // The answer to the call comes first.
  setImmediate(async () => {
    await run.perform();
    run = undefined;
    write({ sign: { kind: "rests", isTerminal: true } });
  });
}

const verbs = {
  whereabouts: () => ({ talk: talk.id, file: talk.file, maker, model, depth, mood: run === undefined ? "resting" : "working", pending: run?.pending ?? 0, lines: talk.lines.length }),
  library: () => ({ makers: library }),
  choose: (choice) => {
    const chosen = modelNamed(choice.maker, choice.model);
    if (chosen === undefined) return "unknown-model";
    ({ maker, model } = choice);
    depth = depthOf(chosen, depth);
    return {};
  },
  deepen: (choice) => {
    depth = depthOf(modelNamed(maker, model), choice.depth);
    return {};
  },
  habits: () => ({ habits: { nod: "Answers at once." } }),
  talk: ({ words }) => {
    if (run !== undefined) return "busy";
    if (words === "/nod") return { as: "at-once" };
    begin(words);
    return { as: "run" };
  },
  murmur: ({ words }) => {
    if (run === undefined) begin(words);
    else run.murmur(words);
    return { as: run.pending > 0 ? "heard" : "run" };
  },
  hush: () => {
    run?.hush();
    return {};
  },
  forget: () => ({ forgotten: run?.forget() ?? 0 }),
  recite: () => ({ lines: talk.lines }),
  return: ({ nr }) => {
    if (run !== undefined) return "busy";
    talk = talk.branchBefore(nr);
    return {};
  },
};

function answer({ id, verb, with: details = {} }) {
  const gives = Object.hasOwn(verbs, verb) ? verbs[verb](details) : "unknown-verb";
  write({ answer: typeof gives === "string" ? { id, refuses: { why: gives, words: `Heron does not do that: ${gives}.` } } : { id, gives } });
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const record = JSON.parse(line);
    if (record.choice !== undefined) run?.choose(record.choice);
    else answer(record.call);
  })
  .on("close", () => process.exit(0));
