import "./styles/index.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./components/shell/app.js";
import { MissingSecret } from "./components/shell/missing-secret.js";
import { FrameBatch, nextFrame } from "./state/frame-batch.js";
import { HostApi } from "./state/host-api.js";
import { JournalConnection } from "./state/journal-connection.js";
import { Playground } from "./state/playground.js";
import { readSecret } from "./state/secret.js";
import type { JournalEntry } from "../shared/protocol.js";

/** A frame has room for so many entries, and for a click. */
const entriesPerFrame = 1_500;

/** Where a tab remembers which thread is open in it. */
const openThread = "playground-thread";

const secret = readSecret({ hash: location.hash, storage: sessionStorage });
const root = document.getElementById("root");
if (root !== null) {
  if (secret === undefined) render(<MissingSecret />, root);
  else start(secret, root);
}
// Another secret in the address bar is another run of the host.
addEventListener("hashchange", () => location.reload());

function start(secret: string, root: HTMLElement): void {
  const request = fetch.bind(globalThis);
  const api = new HostApi({ fetch: request, secret });
  const playground = new Playground({ command: (command) => api.command(command), threadId: sessionStorage.getItem(openThread) ?? undefined });
  effect(() => {
    const threadId = playground.threadId.value;
    if (threadId === undefined) sessionStorage.removeItem(openThread);
    else sessionStorage.setItem(openThread, threadId);
  });
  const entries = new FrameBatch<JournalEntry>({ apply: (due) => playground.take(due), schedule: nextFrame, limit: entriesPerFrame });
  const connection = new JournalConnection({
    fetch: request,
    secret,
    position: () => playground.position,
    onEntries: (arrived) => entries.push(arrived),
    onState: (state) => (playground.connection.value = state),
    now: () => Date.now(),
    pause,
  });
  addEventListener("online", () => connection.retryNow());
  void connection.run();
  render(<App playground={playground} />, root);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
