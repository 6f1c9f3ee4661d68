import { delimiter, dirname, join } from "node:path";
import { mkdir } from "node:fs/promises";
import { Effect } from "effect";
import { ContainerModule } from "inversify";
import { afterAll, expect, it } from "vitest";
import { AgentSandbox } from "../../src/adapters/fake/agent-sandbox.js";
import { inTurn, ScriptedModelEndpoint } from "../../src/adapters/fake/scripted-model-endpoint.js";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { ports } from "../../src/app/index.js";
import { realPis } from "../child-agent.js";
import { expectNoLeftoverProcesses, markedProcesses } from "../process-census.js";
import { temporaryFolder } from "../temporary-folder.js";
import { T3Server, thread } from "./embedded-pi.js";
import * as T3 from "./t3-contracts.js";

afterAll(() => expectNoLeftoverProcesses());

it("lives through turns of a real Pi, from the model picker to the closed scope", async () => {
  const machine = await temporaryFolder();
  await mkdir(join(machine, "home"));
  await using endpoint = await ScriptedModelEndpoint.start({
    respond: inTurn([
      [{ text: "Let me look." }, { toolCall: { name: "bash", arguments: { command: "cat notes.txt" } } }],
      [{ text: "Three lines." }],
      [{ text: "And so on" }, { waitFor: Promise.withResolvers().promise }],
    ]),
  });
  await using sandbox = await AgentSandbox.create({ endpoint });
  const { PI_CODING_AGENT_DIR: _told, ...quiet } = sandbox.environment;
  const host = { ...quiet, PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter), HOME: join(machine, "home"), TMPDIR: machine };
  const modules = [new ContainerModule(({ rebind }) => void rebind(ports.childEnvironment).toConstantValue(new SafeListEnvironment({ host })))];
  const records: unknown[] = [];
  const nativeEventLogger: T3.EventNdjsonLogger = { write: (event) => Effect.sync(() => void records.push(event)) };
  await using server = await T3Server.open({
    cwd: sandbox.projectDir,
    stateDir: machine,
    options: { binaryPath: realPis["0.87.1"], agentDir: sandbox.agentDir, nativeEventLogger, modules, coalesceMs: 50, session: {} },
  });

  const { pi } = await server.run(Effect.flatMap(T3.ProviderModelCatalog, ({ getCatalog }) => getCatalog({ provider: "pi" })));
  const session = await server.run(server.start({ model: pi?.defaultModel ?? undefined }));
  expect(session).toMatchObject({ model: pi?.defaultModel, cwd: sandbox.projectDir });

  const { turnId } = await server.run(server.send("How long are the notes?"));
  expect((await server.log.turn(turnId)).payload.state).toBe("completed");
  expect(server.log.texts(turnId)).toEqual(["Let me look.", "Three lines."]);
  expect(server.log.of("item.completed").filter(({ payload }) => payload.itemType === "command_execution")).toHaveLength(1);

  const endless = await server.run(server.send("Go on."));
  await server.log.first("content.delta", (event) => event.turnId === endless.turnId);
  await server.run(server.adapter.interruptTurn(thread("thread-1")));
  expect((await server.log.turn(endless.turnId)).payload.state).toBe("interrupted");

  await server[Symbol.asyncDispose]();
  expect(markedProcesses()).toEqual([]);
  expect(server.log.of("session.exited")).toHaveLength(1);
  expect(records.length).toBeGreaterThan(0);
}, 60_000);
