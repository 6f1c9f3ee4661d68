import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy on the way to the host that can tear connections: what the page reads ends anywhere, even within a character. */
export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  #cuts: number[] = [];
  /** How many streams it has torn. */
  torn = 0;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  }

  static async start(): Promise<CuttingProxy> {
    const proxy = new CuttingProxy();
    const { promise, resolve } = Promise.withResolvers<void>();
    proxy.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next journals break off, each after so many bytes. */
  cutNext(afterBytes: readonly number[]): void {
    this.#cuts.push(...afterBytes);
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { url = "/", method, headers } = incoming;
    const onward = request(url, { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      const cut = url.includes("/api/journal") ? this.#cuts.shift() : undefined;
      if (cut === undefined) return void answer.pipe(outgoing);
      let left = cut;
      answer.on("data", (piece: Buffer) => {
        if (left <= 0) return;
        const isLast = piece.length >= left;
        outgoing.write(piece.subarray(0, left), () => isLast && outgoing.destroy());
        left -= piece.length;
        if (isLast) this.torn += 1;
      });
      answer.on("end", () => outgoing.end());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}
