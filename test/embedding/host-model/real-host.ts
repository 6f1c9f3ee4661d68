import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ContainerModule } from "inversify";
import { AgentSandbox } from "../../../src/adapters/fake/agent-sandbox.js";
import { T3HostModel } from "../../../src/adapters/fake/host-model/t3-host-model.js";
import { ScriptedModelEndpoint } from "../../../src/adapters/fake/scripted-model-endpoint.js";
import { SafeListEnvironment } from "../../../src/adapters/node/safe-list-environment.js";
import { SystemClock } from "../../../src/adapters/node/system-clock.js";
import { createPiProvider } from "../../../src/app/container.js";
import { ports } from "../../../src/app/identifiers.js";
import type { Provider } from "../../../src/app/provider-facade.js";
import { EventStreamRules } from "../../../src/domain/turn/event-stream-rules.js";
import { realPis } from "../../child-agent.js";
import { ScriptedModel } from "../../e2e/scripted-model.js";
import { markedProcesses } from "../../process-census.js";

/** A real Pi in T3's hands, in a sandbox, with a model that says what the test tells it. Its disposal leaves nothing. */
export class RealHost implements AsyncDisposable {
  readonly model: ScriptedModel;
  readonly host: T3HostModel;
  readonly threadId: string;
  readonly createProvider: () => Provider;
  readonly #endpoint: ScriptedModelEndpoint;
  readonly #sandbox: AgentSandbox;
  readonly #machine: string;
  readonly #rules = new EventStreamRules();

  private constructor({ model, endpoint, sandbox, machine }: { readonly model: ScriptedModel; readonly endpoint: ScriptedModelEndpoint; readonly sandbox: AgentSandbox; readonly machine: string }) {
    this.model = model;
    this.#endpoint = endpoint;
    this.#sandbox = sandbox;
    this.#machine = machine;
    // The agent folder is the provider's to tell.
    const { PI_CODING_AGENT_DIR: _told, ...quiet } = sandbox.environment;
    const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
    const environment = new SafeListEnvironment({ host: { ...quiet, PATH: path, HOME: machine, TMPDIR: join(machine, "tmp") } });
    this.createProvider = () =>
      createPiProvider({
        binaryPath: realPis["0.87.1"],
        agentDir: sandbox.agentDir,
        modules: [new ContainerModule(({ rebind }) => void rebind(ports.childEnvironment).toConstantValue(environment))],
      });
    this.host = new T3HostModel({ provider: this.createProvider(), clock: new SystemClock(), onEvent: (event) => this.#rules.check(event) });
    this.threadId = this.host.openThread({ project: { folder: sandbox.projectDir } });
  }

  static async open(): Promise<RealHost> {
    const model = new ScriptedModel();
    const endpoint = await ScriptedModelEndpoint.start({ respond: model.respond });
    const sandbox = await AgentSandbox.create({ endpoint });
    const machine = await mkdtemp(join(await realpath(tmpdir()), "pi-host-"));
    await mkdir(join(machine, "tmp"));
    return new RealHost({ model, endpoint, sandbox, machine });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.host[Symbol.asyncDispose]();
      assert.deepEqual(markedProcesses(), [], "processes outlived their host");
      assert.deepEqual(this.#rules.conclude(), [], "the events broke the rules");
    } finally {
      await this.#endpoint[Symbol.asyncDispose]();
      await this.#sandbox[Symbol.asyncDispose]();
      await rm(this.#machine, { recursive: true, force: true });
    }
  }
}
