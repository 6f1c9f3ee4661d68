import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { SafeListEnvironment } from "../../src/adapters/node/safe-list-environment.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import type { StartingPlace } from "./session-start.js";

const html = `<!doctype html><meta charset="utf-8"><title>Bare</title><div id="content"><pre id="text"></pre></div>
<script>const text = document.getElementById("text").appendChild(document.createTextNode(""));
new EventSource("/text").onmessage = ({ data }) => text.appendData(JSON.parse(data));</script>`;

interface TextRecord {
  readonly type: string;
  readonly assistantMessageEvent?: { readonly type: string; readonly delta?: string };
}

/** The least there can be between a real Pi and a page: each piece of text goes from the agent's output into a text node. */
export class BarePage implements AsyncDisposable {
  readonly #pi: ChildProcessByStdio<Writable, Readable, null>;
  readonly #server: Server;
  readonly #readers = new Set<ServerResponse>();
  #settled = Promise.withResolvers<void>();

  private constructor({ binaryPath, agentDir, projectDir }: StartingPlace) {
    const { args, environment } = piDialect.launch({ mode: "session", version: { major: 0, minor: 87, patch: 1 }, agentDir });
    const env = new SafeListEnvironment().build({ dialect: piDialect.environment, set: environment });
    this.#pi = spawn(binaryPath, args, { cwd: projectDir, env, stdio: ["pipe", "pipe", "ignore"] });
    createInterface({ input: this.#pi.stdout }).on("line", (line) => this.#read(JSON.parse(line) as TextRecord));
    this.#server = createServer(({ url }, response) => {
      if (url !== "/text") return void response.writeHead(200, { "content-type": "text/html" }).end(html);
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      this.#readers.add(response);
      response.on("close", () => this.#readers.delete(response));
    });
  }

  static async start(place: StartingPlace): Promise<BarePage> {
    const page = new BarePage(place);
    page.#server.listen(0, "127.0.0.1");
    await once(page.#server, "listening");
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Resolves when the agent has nothing more to do. */
  async say(message: string): Promise<void> {
    this.#settled = Promise.withResolvers();
    this.#pi.stdin.write(`${JSON.stringify({ type: "prompt", message })}\n`);
    await this.#settled.promise;
  }

  #read({ type, assistantMessageEvent: event }: TextRecord): void {
    if (type === "agent_settled") this.#settled.resolve();
    if (type !== "message_update" || event?.type !== "text_delta") return;
    for (const reader of this.#readers) reader.write(`data: ${JSON.stringify(event.delta)}\n\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pi.stdin.end();
    if (this.#pi.exitCode === null && this.#pi.signalCode === null) await once(this.#pi, "exit");
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
