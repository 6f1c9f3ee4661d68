import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen, type Listening } from "../../../playground/host/listen.js";
import { StartError } from "../../../playground/host/start-error.js";

async function opened(): Promise<Listening> {
  const listening = await listen({ port: 0 });
  onTestFinished(() => listening[Symbol.asyncDispose]());
  return listening;
}

/** Resolves once the connection stands, or is known not to. */
async function socketTo({ host = "127.0.0.1", port }: { readonly host?: string; readonly port: number }): Promise<Socket> {
  const socket = connect({ host, port });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

describe("the host's port", () => {
  it("is open on this machine's loopback only, and answers once there is something to say", async () => {
    const listening = await opened();
    const { port } = listening;
    const address = `http://127.0.0.1:${port}/`;
    expect((await fetch(address)).status).toBe(503);
    listening.serve(() => new Response("Hello"));
    expect(await (await fetch(address)).text()).toBe("Hello");
  });

  it.runIf(process.platform === "linux")("is closed on every other address of this machine", async () => {
    const { port } = await opened();
    await expect(socketTo({ host: "127.0.0.2", port })).rejects.toThrow("ECONNREFUSED");
    await expect(socketTo({ host: "::1", port })).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
  });

  it("that is taken is an error in one line", async () => {
    const { port } = await opened();
    await expect(listen({ port })).rejects.toThrow(new StartError(`Port ${port} of 127.0.0.1 is used by another program. Choose another one with --port.`));
  });

  it("takes so many connections and no more, and others again when they are gone", async () => {
    const listening = await opened();
    const { port } = listening;
    listening.serve(() => new Response("Hello"));
    const sockets: Socket[] = [];
    for (let index = 0; index < 64; index += 1) sockets.push(await socketTo({ port }));
    const tooMany = await socketTo({ port });
    tooMany.resume();
    await once(tooMany, "close");
    const [first] = sockets;
    first?.resume().end("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    if (first !== undefined) await once(first, "close");
    const next = await socketTo({ port });
    next.write("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    const [answer] = (await once(next, "data")) as [Buffer];
    expect(answer.toString()).toContain("200 OK");
  });

  it("is free again when the host has gone, whoever was still there", async () => {
    const listening = await listen({ port: 0 });
    listening.serve(() => new Response(new ReadableStream()));
    const response = await fetch(`http://127.0.0.1:${listening.port}/`);
    const ended = response.text().then(() => "complete", () => "cut off");
    await listening[Symbol.asyncDispose]();
    expect(await ended).toBe("cut off");
    await using again = await listen({ port: listening.port });
    expect(again.port).toBe(listening.port);
  });
});
