import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { ConnectionRate } from "./connection-rate.js";
import { StartError } from "./start-error.js";

export type Answer = (request: Request) => Response | Promise<Response>;

export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** Until then nobody gets an answer of value. */
  serve(answer: Answer): void;
}

/** More than a browser opens, and few enough that nobody can exhaust the host. */
const maxConnections = 64;

const refusals: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "is used by another program"],
  ["EACCES", "takes more rights than you have"],
]);

/** On this machine's loopback and nowhere else. Port 0 takes a free one. */
export async function listen({ port }: { readonly port: number }): Promise<Listening> {
  let answer = notYet;
  const server = createAdaptorServer({ fetch: (request) => answer(request), serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 } }) as Server;
  server.maxConnections = maxConnections;
  const rate = new ConnectionRate();
  server.on("connection", (socket) => {
    if (!rate.allows(performance.now())) socket.destroy();
  });
  server.listen({ port, host: "127.0.0.1", exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? refusals.get(error.code) : undefined;
    if (reason === undefined) throw error;
    throw new StartError(`Port ${port} of 127.0.0.1 ${reason}. Choose another one with --port.`, { cause: error });
  }
  return {
    port: (server.address() as AddressInfo).port,
    serve: (next) => {
      answer = next;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

const notYet: Answer = () => new Response(null, { status: 503 });

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
