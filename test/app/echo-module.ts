import { ContainerModule } from "inversify";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { echoAgent } from "../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../src/adapters/fake/echo-dialect.js";
import { CountedIds } from "../../src/adapters/fake/counted-ids.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryAttachmentReader } from "../../src/adapters/fake/in-memory-attachment-reader.js";
import { InMemoryCustomModelStore } from "../../src/adapters/fake/in-memory-custom-model-store.js";
import type { InMemoryProgram } from "../../src/adapters/fake/in-memory-program.js";
import { InMemoryFileStamps } from "../../src/adapters/fake/in-memory-file-stamps.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { ports } from "../../src/app/index.js";
import type { AgentDialect } from "../../src/ports/agent-dialect.js";
import type { BinaryLookup } from "../../src/ports/binary-locator.js";
import type { CustomModelStore } from "../../src/ports/custom-model-store.js";
import type { RpcConnector, RpcConnectRequest } from "../../src/ports/rpc-transport.js";

export interface EchoInfrastructureOptions {
  readonly program?: InMemoryProgram;
  readonly dialect?: Partial<AgentDialect>;
  readonly lookup?: ConstructorParameters<typeof FixedBinaryLocator>[0];
  readonly customModels?: CustomModelStore;
  /** Environment and custom models stay what our own module makes of the options. */
  readonly leavesOptions?: boolean;
}

export const foundEcho: Extract<BinaryLookup, { type: "found" }> = {
  type: "found",
  binary: { path: "/bin/echo-agent", command: "/bin/echo-agent", leadingArgs: [], identity: "echo", packageVersion: "1.0.0" },
  searched: [],
};

/** What a host binds instead of our infrastructure and instead of Pi: another agent, in memory. */
export class EchoInfrastructure {
  readonly clock = new ManualClock();
  readonly ids = new CountedIds();
  readonly telemetry = new RecordingTelemetry();
  readonly stamps = new InMemoryFileStamps();
  readonly sessionFiles = new InMemorySessionFiles();
  readonly connections: RpcConnectRequest[] = [];
  readonly dialect: AgentDialect;
  readonly locator: FixedBinaryLocator;
  readonly spawner: InMemoryProcessSpawner;
  readonly #options: EchoInfrastructureOptions;

  constructor(options: EchoInfrastructureOptions = {}) {
    this.#options = options;
    this.dialect = { ...echoDialect, ...options.dialect };
    this.locator = new FixedBinaryLocator(options.lookup ?? foundEcho);
    this.spawner = new InMemoryProcessSpawner({ program: options.program ?? echoAgent });
  }

  get module(): ContainerModule {
    const jsonl = new JsonlRpcConnector({ clock: this.clock });
    const connector: RpcConnector = {
      connect: (request) => {
        this.connections.push(request);
        return jsonl.connect(request);
      },
    };
    const { customModels = new InMemoryCustomModelStore(), leavesOptions = false } = this.#options;
    return new ContainerModule(({ rebind }) => {
      rebind(ports.agentDialect).toConstantValue(this.dialect);
      rebind(ports.attachmentReader).toConstantValue(new InMemoryAttachmentReader({ files: { "image-1": new Uint8Array([1, 2, 3]) } }));
      rebind(ports.binaryLocator).toConstantValue(this.locator);
      rebind(ports.clock).toConstantValue(this.clock);
      rebind(ports.fileStamps).toConstantValue(this.stamps);
      rebind(ports.idGenerator).toConstantValue(this.ids);
      rebind(ports.processSpawner).toConstantValue(this.spawner);
      rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
      rebind(ports.rpcConnector).toConstantValue(connector);
      rebind(ports.sessionFiles).toConstantValue(this.sessionFiles);
      rebind(ports.telemetry).toConstantValue(this.telemetry);
      if (leavesOptions) return;
      rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment({ ECHO: "yes" }));
      rebind(ports.customModelStore).toConstantValue(customModels);
    });
  }
}
