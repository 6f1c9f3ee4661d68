import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { fileURLToPath } from "node:url";
import { ExecaProcessSpawner } from "../../src/adapters/node/execa-process-spawner.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { SystemClock } from "../../src/adapters/node/system-clock.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import { createPiProvider } from "../../src/app/container.js";
import type { Provider } from "../../src/app/provider-facade.js";
import type { Contender } from "./interleave.js";
import type { RecordedRun } from "./recorded-run.js";
import { startStopwatch } from "./stopwatch.js";

/**
 * Ways to read a recorded run, all from the same program through the same sort of pipe. Each has started the program and had an answer
 * from it before the time begins; it ends when the run's last record has been dealt with.
 */
export type Reader = (run: RecordedRun, read: (prompt: () => Promise<void>) => Promise<void>) => Promise<void>;

/** Measures from the prompt to the end of the run. */
export function reading(reader: Reader, run: RecordedRun): Contender {
  return async () => {
    const samples: Awaited<ReturnType<Contender>>[] = [];
    await reader(run, async (prompt) => {
      const stop = startStopwatch();
      await prompt();
      samples.push(stop());
    });
    const [sample] = samples;
    if (sample === undefined) throw new Error("The reader read nothing.");
    return sample;
  };
}

const recordedAgent = fileURLToPath(new URL("recorded-agent.ts", import.meta.url));

/** What every reader is compared with: nothing but line feeds found and JSON parsed, by the fastest plain means there are. */
export const readBare: Reader = async (run, read) => {
  const agent = spawn(process.execPath, [recordedAgent, "--run", run.file], { stdio: ["pipe", "pipe", "inherit"] });
  const decoder = new StringDecoder("utf8");
  let unfinished = "";
  let seen = 0;
  let wanted = { records: Number.POSITIVE_INFINITY, reached: () => {} };
  agent.stdout.on("data", (chunk: Buffer) => {
    const lines = (unfinished + decoder.write(chunk)).split("\n");
    unfinished = lines.pop() ?? "";
    for (const line of lines) JSON.parse(line);
    seen += lines.length;
    if (seen >= wanted.records) wanted.reached();
  });
  const ask = (type: string, records: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    wanted = { records: seen + records, reached: resolve };
    agent.stdin.write(`${JSON.stringify({ type })}\n`);
    return promise;
  };
  await ask("get_state", 1);
  await read(() => ask("prompt", 1 + run.records));
  agent.stdin.end();
  await once(agent, "exit");
};

/** Pi's own client, which reads lines, parses them and hands them to a listener. */
export const readWithRpcClient: Reader = async (run, read) => {
  // Loaded when it is first needed, so that what is measured before does not carry all of Pi in its heap.
  const { RpcClient } = await import("@earendil-works/pi-coding-agent");
  // It starts the `node` of the PATH.
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
  const client = new RpcClient({ cliPath: recordedAgent, args: ["--run", run.file], env: { PATH } });
  await client.start();
  await client.getState();
  await read(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let events = 0;
    client.onEvent(() => {
      events += 1;
      if (events === run.records) resolve();
    });
    await client.prompt("go");
    await promise;
  });
  await client.stop();
};

/**
 * Ours, all of it, as a host uses it: process, transport, dialect, session, turn, and a host that takes the events. Ends with the turn's
 * completion, which the session makes sure of with two more requests.
 */
export const readWithProvider: Reader = async (run, read) => {
  const binaryPath = await installed(run);
  await using provider = createPiProvider({ binaryPath, agentDir: dirname(run.file), cwd: dirname(run.file) });
  await provider.startSession({ threadId: "bench", runtimeMode: "full-access" });
  const host = showing(provider.events);
  await read(async () => {
    await provider.sendTurn({ threadId: "bench", input: "go" });
    const shown = await host;
    if (shown !== run.streamed) throw new Error(`Of ${run.streamed} characters ${shown} were shown.`);
  });
};

/** How many characters are shown until a turn is completed. */
async function showing(events: Provider["events"]): Promise<number> {
  let shown = 0;
  for await (const event of events) {
    if (event.type === "content.delta") shown += event.payload.delta.length;
    if (event.type === "turn.completed") break;
  }
  return shown;
}

/** Ours up to the decoded event: process, transport and dialect. */
export const readWithTransport: Reader = async (run, read) => {
  const process = await new ExecaProcessSpawner().spawn({ command: await installed(run), args: [], environment: {} });
  const version = { major: 0, minor: 87, patch: 1 };
  const ended = Promise.withResolvers<void>();
  let events = 0;
  const transport = new JsonlRpcConnector({ clock: new SystemClock() }).connect({
    process,
    framing: piDialect.framing,
    listener: {
      onRecord: (record) => {
        if (piDialect.decodeEvent(record, version).type === "unrecognised") throw new Error("A record was not recognised.");
        events += 1;
        if (events === run.records) ended.resolve();
      },
      onDropped: () => {},
      onClose: () => {},
    },
  });
  const ask = (type: string): Promise<void> =>
    new Promise((resolve) => {
      transport.send({ id: type, record: { type }, deadlineMs: 60_000, settle: () => resolve() });
    });
  await ask("get_state");
  await read(async () => {
    await ask("prompt");
    await ended.promise;
  });
  transport.detach();
  await process.stop({ graceMs: 1_000 });
};

/** A program of its own that plays this run, as a spawner or a locator wants it. Removed with the run's folder. */
async function installed(run: RecordedRun): Promise<string> {
  const program = `${run.file}.agent`;
  const command = [process.execPath, recordedAgent, "--run", run.file, "--reports", run.version];
  await writeFile(program, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}
