import type { Readable } from "node:stream";
import { setImmediate, setTimeout as delay } from "node:timers/promises";

/** Long enough for whatever the system has already accepted to be handed over. */
const handOverMs = 50;

/**
 * Resolves when a flowing stream has delivered everything that was in its pipe at the time of the call. For a pipe whose writer has
 * ended but that somebody else may still hold open, and perhaps write to: such a pipe does not report an end.
 */
export async function whenEmptied(stream: Readable): Promise<void> {
  const closed = new AbortController();
  const onClose = (): void => {
    closed.abort();
  };
  stream.once("close", onClose);
  if (!stream.closed) await delay(handOverMs, undefined, { signal: closed.signal }).catch(() => undefined);
  // In a host that was blocked the timer is due before the pipe was looked at even once. Of two turns one looks, and a look reads more
  // than a pipe can hold.
  await setImmediate();
  await setImmediate();
  stream.off("close", onClose);
}
