import { ContainerModule } from "inversify";
import { echoAgent } from "../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../src/adapters/fake/echo-dialect.js";
import { CountedIds } from "../../src/adapters/fake/counted-ids.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryAttachmentReader } from "../../src/adapters/fake/in-memory-attachment-reader.js";
import { InMemoryCustomModelStore } from "../../src/adapters/fake/in-memory-custom-model-store.js";
import type { InMemoryProgram } from "../../src/adapters/fake/in-memory-program.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { ports } from "../../src/app/index.js";
import type { RpcConnector, RpcConnectRequest } from "../../src/ports/rpc-transport.js";

/** What a host binds instead of our infrastructure and instead of Pi: another agent, in memory. */
export class EchoInfrastructure {
  readonly clock = new ManualClock();
  readonly ids = new CountedIds();
  readonly telemetry = new RecordingTelemetry();
  readonly locator = new FixedBinaryLocator({
    type: "found",
    binary: { path: "/bin/echo-agent", command: "/bin/echo-agent", leadingArgs: [], identity: "echo", packageVersion: "1.0.0" },
    searched: [],
  });
  readonly sessionFiles = new InMemorySessionFiles();
  readonly spawner: InMemoryProcessSpawner;
  readonly connections: RpcConnectRequest[] = [];

  constructor(options: { readonly program?: InMemoryProgram } = {}) {
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
    return new ContainerModule(({ rebind }) => {
      rebind(ports.agentDialect).toConstantValue(echoDialect);
      rebind(ports.attachmentReader).toConstantValue(new InMemoryAttachmentReader({ files: { "image-1": new Uint8Array([1, 2, 3]) } }));
      rebind(ports.binaryLocator).toConstantValue(this.locator);
      rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment({ ECHO: "yes" }));
      rebind(ports.clock).toConstantValue(this.clock);
      rebind(ports.customModelStore).toConstantValue(new InMemoryCustomModelStore());
      rebind(ports.idGenerator).toConstantValue(this.ids);
      rebind(ports.processSpawner).toConstantValue(this.spawner);
      rebind(ports.rpcConnector).toConstantValue(connector);
      rebind(ports.sessionFiles).toConstantValue(this.sessionFiles);
      rebind(ports.telemetry).toConstantValue(this.telemetry);
    });
  }
}
