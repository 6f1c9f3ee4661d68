import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AgentSandbox } from "../../src/adapters/fake/agent-sandbox.js";
import { ScriptedModelEndpoint } from "../../src/adapters/fake/scripted-model-endpoint.js";
import { realPis } from "../child-agent.js";
import { missingBrowser } from "../playground/browser/chromium.js";
import { dependencies, importing } from "./cold-import.js";
import { compareFirstPaint } from "./first-paint.js";
import { interleave } from "./interleave.js";
import { answeringLargeCatalog, parsingLargeRecord } from "./large-catalog.js";
import { readBare, readWithProvider, readWithRpcClient, readWithTransport, reading } from "./readers.js";
import { recordLongAnswer, recordRun, type RecordedRun } from "./recorded-run.js";
import { allMet, factsOf, machineFacts, reportText, type Report } from "./report.js";
import { startingAfterDiscovery, startingBare, startingSession } from "./session-start.js";
import { compareSlowConsumer } from "./slow-consumer.js";
import { judge, type Bound, type Verdict } from "./verdict.js";

/**
 * How this library's path from the agent's bytes to a host's events, its way to a ready session, and the import of what is built of it
 * compare with the least that can be done, and with Pi's own client. Prints a table (or JSON with `--json`) and fails when a bound is
 * missed.
 */

const mib = 2 ** 20;
const records = 200_000;
/** How often each is measured; what is short and depends on more than one process, more often. */
const rounds = { streams: 7, longRecords: 15, starts: 11, catalogs: 25, imports: 25 };

async function compareStreams(run: RecordedRun, era: { readonly name: string; readonly bound: Bound }): Promise<readonly Verdict[]> {
  const times = await interleave({ ours: reading(readWithProvider, run), bare: reading(readBare, run), client: reading(readWithRpcClient, run) }, { rounds: rounds.streams });
  // The rate of ours divided by the other's, and so the other's time divided by ours.
  return [
    judge({ title: `${era.name}: our rate / bare lines and JSON`, pairs: times.map(({ ours, bare }) => ({ dividend: bare, divisor: ours })), bound: era.bound }),
    judge({ title: `${era.name}: our rate / Pi's RpcClient`, pairs: times.map(({ ours, client }) => ({ dividend: client, divisor: ours })), bound: era.bound }),
  ];
}

async function compareLengths(short: RecordedRun, long: RecordedRun): Promise<Verdict> {
  const times = await interleave({ short: reading(readWithTransport, short), long: reading(readWithTransport, long) }, { rounds: rounds.longRecords });
  return judge({
    title: "one record: time for 64 MiB / for 16 MiB",
    pairs: times.map(({ short, long }) => ({ dividend: long, divisor: short })),
    bound: { kind: "at most", value: 4.6 },
  });
}

async function compareLongRecords(run: RecordedRun): Promise<Verdict> {
  const times = await interleave({ ours: reading(readWithTransport, run), client: reading(readWithRpcClient, run) }, { rounds: rounds.streams });
  return judge({
    title: "one record of 16 MiB: our rate / Pi's RpcClient",
    pairs: times.map(({ ours, client }) => ({ dividend: client, divisor: ours })),
    bound: { kind: "more than", value: 1 },
  });
}

async function compareCatalogs(): Promise<Verdict> {
  const times = await interleave({ ours: answeringLargeCatalog, bare: parsingLargeRecord }, { rounds: rounds.catalogs });
  return judge({
    title: "5,000 models: question until catalog / parsing the record",
    pairs: times.map(({ ours, bare }) => ({ dividend: ours, divisor: bare })),
    bound: { kind: "at most", value: 2 },
  });
}

async function compareStarts(): Promise<readonly Verdict[]> {
  await using endpoint = await ScriptedModelEndpoint.start({ respond: () => [] });
  await using box = await AgentSandbox.create({ endpoint });
  const place = { binaryPath: realPis["0.87.1"], agentDir: box.agentDir, projectDir: box.projectDir };
  const times = await interleave({ ours: startingSession(place), bare: startingBare(place), warm: startingAfterDiscovery(place) }, { rounds: rounds.starts });
  return [
    judge({
      title: "session start until ready / bare spawn and first answer",
      pairs: times.map(({ ours, bare }) => ({ dividend: ours, divisor: bare })),
      bound: { kind: "at most", value: 1.1 },
      ownWork: false,
    }),
    judge({
      title: "session start after a discovery there / session start",
      pairs: times.map(({ warm, ours }) => ({ dividend: warm, divisor: ours })),
      bound: { kind: "at most", value: 0.15 },
      ownWork: false,
    }),
  ];
}

async function compareImports(): Promise<Verdict> {
  const times = await interleave({ ours: importing(["t3-pi-provider"]), bare: importing(dependencies) }, { rounds: rounds.imports });
  return judge({
    title: "cold import of the package / of its dependencies alone",
    pairs: times.map(({ ours, bare }) => ({ dividend: ours, divisor: bare })),
    bound: { kind: "at most", value: 1.25 },
  });
}

async function measure(folder: string): Promise<Report> {
  const machine = machineFacts();
  const before = performance.now();
  const runs = {
    "delta era": await recordRun({ versions: ["0.84.4", "1.5.2"], records, file: join(folder, "delta.jsonl") }),
    "cumulative era": await recordRun({ versions: ["0.80.10"], records, file: join(folder, "cumulative.jsonl") }),
    "16 MiB": await recordLongAnswer({ version: "1.5.2", bytes: 16 * mib, file: join(folder, "16.jsonl") }),
    "64 MiB": await recordLongAnswer({ version: "1.5.2", bytes: 64 * mib, file: join(folder, "64.jsonl") }),
  };
  const verdicts = [
    // First, while the heap is small: a long record makes the collector look at all of it, and Pi's client brings all of Pi along.
    await compareLengths(runs["16 MiB"], runs["64 MiB"]),
    ...(await compareStreams(runs["delta era"], { name: "delta era", bound: { kind: "at least", value: 0.5 } })),
    ...(await compareStreams(runs["cumulative era"], { name: "cumulative era", bound: { kind: "more than", value: 1 } })),
    await compareLongRecords(runs["16 MiB"]),
    await compareCatalogs(),
    ...(await compareStarts()),
    await compareImports(),
    await compareSlowConsumer(),
    ...(missingBrowser === undefined ? [await compareFirstPaint()] : []),
  ];
  const facts = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, factsOf(run)]));
  return { machine, runs: facts, verdicts, seconds: (performance.now() - before) / 1000 };
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const folder = await mkdtemp(join(await realpath(tmpdir()), "t3-pi-provider-bench-"));
try {
  const report = await measure(folder);
  if (missingBrowser !== undefined) console.error(`First paint is not measured. ${missingBrowser}`);
  console.log(values.json ? JSON.stringify(report, undefined, 2) : reportText(report));
  process.exitCode = allMet(report) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
