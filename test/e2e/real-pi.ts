import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ContainerModule } from "inversify";
import { afterAll, afterEach, assert, beforeAll } from "vitest";
import { AgentSandbox, type AgentSandboxOptions } from "../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import { ScriptedModelEndpoint } from "../../src/adapters/fake/scripted-model-endpoint.js";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { createPiProvider, type ProviderContainerOptions } from "../../src/app/container.js";
import { ports } from "../../src/app/identifiers.js";
import type { Provider } from "../../src/app/provider-facade.js";
import { EventLog } from "../../src/domain/turn/event-log.js";
import type { ProviderSendTurnInput, ProviderSession, ProviderSessionStartInput } from "../../src/ports/provider.js";
import { realPis } from "../child-agent.js";
import { markedProcesses } from "../process-census.js";
import { FinishedTurn } from "./finished-turn.js";
import { ScriptedModel } from "./scripted-model.js";

export interface RealPi {
  readonly version: string;
  readonly binaryPath: string;
}

/** The real Pi of both eras; behaviour both have is tested on both. */
export const realPiVersions: readonly RealPi[] = Object.entries(realPis).map(([version, binaryPath]) => ({ version, binaryPath }));

/** Only what hangs takes this long: how fast the machine is must not decide a test. */
const patience = { requestMs: 30_000, statsMs: 30_000, acceptMs: 30_000, abortMs: 30_000 };

export interface ProviderFixtureOptions {
  /** Absent: the provider is left to find a Pi. */
  readonly pi?: RealPi;
  readonly sandbox?: Omit<AgentSandboxOptions, "endpoint">;
  readonly provider?: ProviderContainerOptions;
}

/**
 * A provider as a host makes it, with a real Pi in a sandbox and a model that says what the test tells it. Nothing of the machine's
 * own reaches the agent: no credentials, no home, no temporary folder that would outlive the test.
 *
 * Its disposal is a test in itself: no event broke a rule, no process and no folder is left.
 */
export class ProviderFixture implements AsyncDisposable {
  readonly model: ScriptedModel;
  readonly endpoint: ScriptedModelEndpoint;
  readonly sandbox: AgentSandbox;
  readonly provider: Provider;
  readonly log: EventLog;
  readonly #machine: string;

  private constructor(parts: Pick<ProviderFixture, "model" | "endpoint" | "sandbox" | "provider"> & { readonly machine: string }) {
    this.model = parts.model;
    this.endpoint = parts.endpoint;
    this.sandbox = parts.sandbox;
    this.provider = parts.provider;
    this.log = new EventLog(parts.provider.events);
    this.#machine = parts.machine;
  }

  static async open({ pi, sandbox: sandboxOptions, provider: options }: ProviderFixtureOptions): Promise<ProviderFixture> {
    const model = new ScriptedModel();
    const endpoint = await ScriptedModelEndpoint.start({ respond: model.respond });
    const sandbox = await AgentSandbox.create({ endpoint, ...sandboxOptions });
    const machine = await mkdtemp(join(await realpath(tmpdir()), "pi-machine-"));
    const provider = createPiProvider({
      binaryPath: pi?.binaryPath,
      agentDir: sandbox.agentDir,
      cwd: sandbox.projectDir,
      attachmentsFolder: machine,
      ...options,
      session: { ...patience, ...options?.session },
      modules: [hostEnvironment(await machineVariables(sandbox, machine)), ...(options?.modules ?? [])],
    });
    return new ProviderFixture({ model, endpoint, sandbox, provider, machine });
  }

  /** A folder for whatever else a test needs, and where the provider looks for attachments; gone with the fixture. */
  get spareFolder(): string {
    return this.#machine;
  }

  start(input: Partial<ProviderSessionStartInput> & Pick<ProviderSessionStartInput, "threadId">): Promise<ProviderSession> {
    return this.provider.startSession({ runtimeMode: "full-access", ...input });
  }

  /** The thread's session, which several tests may use one after another; started as told if it does not live. */
  async session(input: Partial<ProviderSessionStartInput> & Pick<ProviderSessionStartInput, "threadId">): Promise<ProviderSession> {
    return this.view(input.threadId) ?? (await this.start(input));
  }

  /** The thread's session as the host sees it listed. */
  view(threadId: string): ProviderSession | undefined {
    return this.provider.listSessions().find((session) => session.threadId === threadId);
  }

  /** What was emitted by now is in the log afterwards: nothing but promises lies between the two. */
  async delivered(): Promise<void> {
    await setImmediate();
  }

  /** One message and everything that comes of it, with these answers of the model. */
  async turn(input: ProviderSendTurnInput, ...answers: readonly ModelAnswer[]): Promise<FinishedTurn> {
    this.model.willAnswer(...answers);
    const { turnId } = await this.provider.sendTurn(input);
    return await this.finished(turnId);
  }

  async finished(turnId: string): Promise<FinishedTurn> {
    await this.log.turn(turnId);
    return new FinishedTurn({ turnId, events: this.log.events });
  }

  /** What a test has left to the next one: nothing. A turn that a failed test abandoned is ended with its session. */
  async settle(): Promise<void> {
    const { account } = this.model;
    this.model.reset();
    for (const { threadId, activeTurnId } of this.provider.listSessions()) if (activeTurnId !== undefined) await this.provider.stopSession(threadId);
    assert.deepEqual(account, { unused: 0, unforeseen: 0 }, "the model was not asked as often as the test said");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.provider[Symbol.asyncDispose]();
      // Read at once: a disposal that has resolved has left nobody.
      assert.deepEqual(markedProcesses(), [], "processes outlived their provider");
      await this.log.ended;
      assert.deepEqual(this.log.conclude(), [], "the events broke the rules");
      assert.isFalse(existsSync(join(this.#machine, "home", ".pi")), "Pi's own folder was made in the home folder");
    } finally {
      await this.endpoint[Symbol.asyncDispose]();
      await this.sandbox[Symbol.asyncDispose]();
      await rm(this.#machine, { recursive: true, force: true });
    }
    assert.deepEqual([this.sandbox.agentDir, this.sandbox.projectDir, this.#machine].filter((folder) => existsSync(folder)), [], "folders outlived their provider");
  }
}

/** A provider of this test's own. */
export async function withProvider(options: ProviderFixtureOptions, use: (fixture: ProviderFixture) => Promise<void>): Promise<void> {
  await using fixture = await ProviderFixture.open(options);
  await use(fixture);
  await fixture.settle();
}

/** One provider for all tests of the surrounding `describe`. No other may be open meanwhile: each expects to be the last one out. */
export function sharedProvider(options: ProviderFixtureOptions): () => ProviderFixture {
  let fixture: ProviderFixture | undefined;
  beforeAll(async () => {
    fixture = await ProviderFixture.open(options);
  });
  afterEach(() => fixture?.settle());
  afterAll(() => fixture?.[Symbol.asyncDispose]());
  return () => {
    if (fixture === undefined) throw new Error("The provider is there only while a test runs.");
    return fixture;
  };
}

function hostEnvironment(host: Readonly<Record<string, string>>): ContainerModule {
  return new ContainerModule(({ rebind }) => {
    rebind(ports.childEnvironment).toConstantValue(new SafeListEnvironment({ host, policy: { names: ["NODE_COMPILE_CACHE"] } }));
  });
}

async function machineVariables(sandbox: AgentSandbox, machine: string): Promise<Readonly<Record<string, string>>> {
  const [home, temporary] = [join(machine, "home"), join(machine, "tmp")];
  await mkdir(home);
  await mkdir(temporary);
  // The agent folder is the provider's to tell.
  const { PI_CODING_AGENT_DIR: _told, ...quiet } = sandbox.environment;
  // Pi's script asks for "node": the one that runs the tests.
  const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  // Hundreds of Pis are started here; each would compile the same megabytes again.
  const NODE_COMPILE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/compiled-agents", import.meta.url));
  return { ...quiet, PATH: path, HOME: home, TMPDIR: temporary, NODE_COMPILE_CACHE };
}
