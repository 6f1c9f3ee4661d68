import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { DurableFolder } from "./durable-folder.js";
import { openEmbedded } from "./embedded.js";
import type { HostOptions } from "./host-options.js";
import { lockFolder } from "./folder-lock.js";
import { listen } from "./listen.js";
import { openOwn } from "./own.js";
import { Playground } from "./playground.js";
import { createServer } from "./server.js";

export interface HostSurroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** Aborted when the host is to end. */
  readonly ended: AbortSignal;
}

/** A host from its start to its end: resolves when everything it started is gone. */
export async function runHost(options: HostOptions, { cwd, environment, print, printError, ended }: HostSurroundings): Promise<void> {
  const { own, stateFolder, pageFolder, paceMs } = options;
  const onDefect = (error: unknown): void => printError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const secret = randomBytes(32).toString("base64url");
  await using _folder = await lockFolder(stateFolder);
  // Before anything is started or written: a port that another program has is the likeliest thing to go wrong.
  await using listening = await listen({ port: options.port });
  const hosts = [`127.0.0.1:${listening.port}`, `localhost:${listening.port}`];
  await using setup = own ? openOwn({ stateFolder, cwd }) : await openEmbedded({ stateFolder, environment, paceMs });
  await using playground = await Playground.open({ setup, folder: new DurableFolder(join(stateFolder, "threads")), now: Date.now, newId: randomUUID, onDefect });
  listening.serve(createServer({ playground, pageFolder, hosts, secret, onDefect }).fetch);
  if (ended.aborted) return;
  print(own ? `The playground, with your own Pi in ${cwd}. What you let it do there, it does.` : "The playground: real agents, a scripted model, no network.");
  print(`Open http://127.0.0.1:${listening.port}/#key=${secret}`);
  print("Ctrl-C ends it.");
  await new Promise<void>((resolve) => {
    ended.addEventListener("abort", () => resolve(), { once: true });
  });
}
