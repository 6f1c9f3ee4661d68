import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import type { ConformanceSubject } from "../../../src/app/conformance/conformance-subject.js";
import type { Provider } from "../../../src/app/index.js";
import type { AgentDialect, SettlementStrategy } from "../../../src/ports/agent-dialect.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { echoSubject } from "./echo-subject.js";
import { failuresOf } from "./failing-runner.js";
import { inMemoryStage } from "./in-memory-stage.js";

interface Flaw {
  readonly dialect?: Partial<AgentDialect>;
  readonly program?: InMemoryProgram;
  /** Events that the provider adds when a turn has ended. */
  readonly afterTurn?: (end: ProviderRuntimeEvent) => readonly ProviderRuntimeEvent[];
  readonly subject?: Partial<ConformanceSubject>;
}

function echoWith({ dialect, program, afterTurn, subject }: Flaw): ConformanceSubject {
  return {
    ...echoSubject,
    ...subject,
    open: () => {
      const stage = inMemoryStage({ ...(dialect === undefined ? {} : { dialect }), ...(program === undefined ? {} : { program }) });
      return Promise.resolve(afterTurn === undefined ? stage : { ...stage, provider: retold(stage.provider, afterTurn) });
    },
  };
}

/** The same provider, which tells more than it should. */
function retold(provider: Provider, afterTurn: NonNullable<Flaw["afterTurn"]>): Provider {
  const events = (async function* () {
    for await (const event of provider.events) {
      yield event;
      if (event.type === "turn.completed") yield* afterTurn(event);
    }
  })();
  return new Proxy(provider, {
    get: (target, key) => {
      if (key === "events") return events;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

let eventCount = 0;

/** An event that the provider did not tell, in the place of this one. */
function forged(event: ProviderRuntimeEvent, draft: object): ProviderRuntimeEvent {
  eventCount += 1;
  return { ...event, ...draft, eventId: `ffffffff-0000-4000-8000-${String(eventCount).padStart(12, "0")}` };
}

/** The echo agent, which holds back a run that it begins by itself until it was asked how it is and what it cost. */
const thoughtfulEcho: InMemoryProgram = (io) => {
  let [wasAsked, isTold] = [Promise.withResolvers<void>(), true];
  return echoAgent({
    ...io,
    write: async (bytes) => {
      const line = Buffer.from(bytes).toString();
      if (line.includes('"went":')) isTold = true;
      if (line.includes('"now":"done"')) [wasAsked, isTold] = [Promise.withResolvers(), false];
      if (line.includes('"now":"begin"') && !isTold) await wasAsked.promise;
      await io.write(bytes);
      if (line.startsWith('{"re":') && line.includes('"spent":')) wasAsked.resolve();
    },
  });
};

/** The echo agent, which swallows a letter. */
const garbledEcho: InMemoryProgram = (io) => echoAgent({ ...io, write: (bytes) => io.write(Buffer.from(bytes).toString().replace(/"(speech|text)":"hello"/, '"$1":"hell"')) });

const answering = "a turn is started, shows what the agent says, and is completed, one after another";

describe("the suite", () => {
  it("finds nothing wrong with the echo agent as it is", async () => {
    expect(await failuresOf(echoWith({}))).toEqual(new Map());
  });

  it("reports a turn that ends twice", async () => {
    const failures = await failuresOf(echoWith({ afterTurn: (end) => [forged(end, {})] }), answering);
    expect(failures.get(answering)).toContain("rule 1: turn.completed for");
  });

  it("reports text after the end", async () => {
    const failures = await failuresOf(echoWith({ afterTurn: (end) => [forged(end, { type: "content.delta", itemId: "late", payload: { streamKind: "assistant_text", delta: "By the way" } })] }), answering);
    expect(failures.get(answering)).toMatch(/rule 2: content\.delta names turn \S+, which is not on/);
  });

  it("reports a turn that is never settled", async () => {
    const { settlement } = echoDialect;
    const deaf: SettlementStrategy = { ...settlement, reads: (event) => (event.type === "run-ended" ? "nothing" : settlement.reads(event)) };
    const failures = await failuresOf(echoWith({ dialect: { settlement: deaf } }), answering);
    expect(failures.get(answering)).toMatch(/^Expected turn \S+ to end, in vain\.$/);
  });

  it("reports an agent that is taken for idle too early", async () => {
    expect(await failuresOf(echoWith({ program: thoughtfulEcho }))).toEqual(new Map());
    const failures = await failuresOf(echoWith({ program: thoughtfulEcho, dialect: { settlement: { ...echoDialect.settlement, isIdle: () => true } } }));
    expect([...failures]).toEqual([
      ["a turn lasts until the agent is really done", expect.stringContaining("to be [ 'completed', [ 'again', 'Something else came to my mind.' ] ], not [ 'completed', [ 'again' ] ]")],
    ]);
  });

  it("reports a turn that nobody asked for", async () => {
    const failures = await failuresOf(
      echoWith({
        afterTurn: (end) => {
          const turnId = `unasked-${eventCount}`;
          return [forged(end, { type: "turn.started", turnId, payload: {} }), forged(end, { turnId })];
        },
      }),
      answering,
    );
    expect(failures.get(answering)).toContain("Expected the turns that were started, beside those that were asked for, to be");
  });

  it("reports a level that is listed and changed without a word", async () => {
    const dialect: Partial<AgentDialect> = {
      decodeReply: (type, record, version) => echoDialect.decodeReply(type, withAnotherLevel(record), version),
    };
    const choosing = "a choice of model and level takes effect as it was listed";
    const failures = await failuresOf(echoWith({ dialect }), choosing);
    expect(failures.get(choosing)).toContain("not [ 'echo/deep', 'brief' ]");
  });

  it("reports an agent that cannot do what its provider claims", async () => {
    const acts = { ...echoSubject.acts, asks: { lacks: "asks nobody" } };
    expect([...(await failuresOf(echoWith({ subject: { acts } })))]).toEqual([
      ["a capability is claimed if and only if the agent shows it", "Expected the capability userInput (the agent asks nobody) to be false, not true."],
    ]);
  });

  it("reports an answer in JSON that is another", async () => {
    const acts = { ...echoSubject.acts, generates: { prompt: '{"title":"Fix it"}', json: { title: "Break it" } } };
    const generating = "an answer in JSON comes from a process of its own, of which no thread hears";
    expect((await failuresOf(echoWith({ subject: { acts } }), generating)).get(generating)).toBe("Expected the answer to be { title: 'Break it' }, not { title: 'Fix it' }.");
  });

  it("reports an agent that can do what it is said to lack", async () => {
    const failures = await failuresOf(echoWith({ subject: { lacks: { ...echoSubject.lacks, readThread: "keeps no record" } } }));
    expect([...failures]).toEqual([["a capability refuses readThread: the agent keeps no record", "Expected readThread to be refused."]]);
  });

  it("reports a process that is left", async () => {
    const subject: ConformanceSubject = { ...echoSubject, open: async (script) => ({ ...(await echoSubject.open(script)), processes: () => 1 }) };
    expect((await failuresOf(subject, answering)).get(answering)).toBe("Expected the number of processes after the disposal to be 0, not 1.");
  });

  it("reports an agent that says something else", async () => {
    const failures = await failuresOf(echoWith({ program: garbledEcho }), answering);
    expect(failures.get(answering)).toContain("to be [ 'completed', [ 'hello' ] ], not [ 'completed', [ 'hell' ] ]");
  });
});

/** An answer with one more level than its agent has, wherever it tells any. */
function withAnotherLevel(record: RpcRecord): RpcRecord {
  return JSON.parse(JSON.stringify(record).replace('"thorough"]', '"thorough","deepest"]')) as RpcRecord;
}
