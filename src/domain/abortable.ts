import { callAborted } from "./call-errors.js";

/** Waits for work that others wait for too: the signal ends only this waiting, never the work. */
export async function abortable<T>(work: Promise<T>, call: { readonly signal: AbortSignal | undefined; readonly operation: string; readonly threadId?: string }): Promise<T> {
  const { signal, ...rest } = call;
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = (): void => aborted.reject(callAborted(rest));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
