import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CompletionStream } from "./model-endpoint/completion-stream.js";
import type { ModelAnswer } from "./model-endpoint/model-answer.js";
import { readModelRequest, type ModelRequest } from "./model-endpoint/model-request.js";
import { playAnswer } from "./model-endpoint/play-answer.js";

export interface ScriptedModelEndpointOptions {
  /** The model. Called once per request, in the order of their arrival; what it throws is answered with status 400. */
  readonly respond: (request: ModelRequest) => ModelAnswer;
}

/**
 * A language model that says what a script tells it to, behind the OpenAI-compatible chat-completions API that real agents
 * speak: the whole chain from a host down to a real agent runs without network, credentials or chance.
 *
 * ```ts
 * await using endpoint = await ScriptedModelEndpoint.start({ respond: inTurn([[{ text: "Hello!" }]]) });
 * ```
 */
export class ScriptedModelEndpoint implements AsyncDisposable {
  /** What an agent is given as the provider's base URL. */
  readonly baseUrl: string;
  readonly #server: Server;
  readonly #respond: ScriptedModelEndpointOptions["respond"];
  readonly #requests: ModelRequest[] = [];

  private constructor(input: ScriptedModelEndpointOptions & { readonly server: Server; readonly port: number }) {
    this.baseUrl = `http://127.0.0.1:${input.port}/v1`;
    this.#server = input.server;
    this.#respond = input.respond;
    // What fails here has lost its client: there is nobody left to tell.
    this.#server.on("request", (request, response) => void this.#serve(request, response).catch(() => response.destroy()));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: ScriptedModelEndpointOptions): Promise<ScriptedModelEndpoint> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new ScriptedModelEndpoint({ ...options, server, port });
  }

  /** Every request so far, oldest first. */
  get requests(): readonly ModelRequest[] {
    return this.#requests;
  }

  /** Closes the port and every connection, also those that wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // A kept connection could be closed by us at the very moment at which the client uses it again.
    response.setHeader("connection", "close");
    if (incoming.method !== "POST" || incoming.url !== "/v1/chat/completions") {
      response.writeHead(404).end();
      return;
    }
    const body = await text(incoming);
    const request = readModelRequest({ index: this.#requests.length, body, authorization: incoming.headers.authorization });
    if (request === undefined) {
      response.writeHead(400).end("This is no chat-completions request.");
      return;
    }
    this.#requests.push(request);
    await playAnswer(this.#answerTo(request), new CompletionStream({ request, response }));
  }

  #answerTo(request: ModelRequest): ModelAnswer {
    if (!request.stream) return [{ httpError: { status: 400, message: "This endpoint only streams." } }];
    try {
      return this.#respond(request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [{ httpError: { status: 400, message: `The script failed: ${reason}` } }];
    }
  }
}

/** A model that gives these answers one after the other, whatever it is asked. A request beyond the last is an error. */
export function inTurn(answers: readonly ModelAnswer[]): (request: ModelRequest) => ModelAnswer {
  const left = [...answers];
  return () => {
    const next = left.shift();
    if (next === undefined) throw new Error(`it holds ${answers.length} answers and was asked for one more.`);
    return next;
  };
}
