import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Turnstile } from "../../../src/domain/generation/turnstile.js";

/** Work that lasts until it is told to end, and tells when it began. */
function workOf(name: string, begun: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = (): Promise<string> => {
    begun.push(name);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

const never = new AbortController().signal;

describe("a turnstile", () => {
  it("lets so many through, and the others in turn, also after a failure", async () => {
    const begun: string[] = [];
    const turnstile = new Turnstile(2);
    const works = ["a", "b", "c", "d"].map((name) => workOf(name, begun));
    const results = Promise.allSettled(works.map(({ work }) => turnstile.pass(work, never)));
    await setImmediate();
    expect(begun).toEqual(["a", "b"]);
    works[1]?.fail();
    await setImmediate();
    expect(begun).toEqual(["a", "b", "c"]);
    for (const { end } of works) end();
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(await turnstile.pass(() => Promise.resolve("again"), never)).toBe("again");
  });

  it("takes whoever gives up out of the queue, with the reason", async () => {
    const begun: string[] = [];
    const turnstile = new Turnstile(1);
    const [first, second, third] = [workOf("a", begun), workOf("b", begun), workOf("c", begun)] as const;
    const giveUp = new AbortController();
    const results = Promise.allSettled([turnstile.pass(first.work, never), turnstile.pass(second.work, giveUp.signal), turnstile.pass(third.work, never)]);
    giveUp.abort("no more");
    first.end();
    third.end();
    expect(await results).toMatchObject([{ value: "a" }, { reason: "no more" }, { value: "c" }]);
    expect(begun).toEqual(["a", "c"]);
  });

  it("keeps no place for one that was called off before it came, or as it was let in", async () => {
    const begun: string[] = [];
    const turnstile = new Turnstile(1);
    await expect(turnstile.pass(workOf("x", begun).work, AbortSignal.abort("too late"))).rejects.toBe("too late");
    const [first, second] = [workOf("a", begun), workOf("b", begun)] as const;
    const late = new AbortController();
    const results = Promise.allSettled([turnstile.pass(first.work, never), turnstile.pass(second.work, late.signal)]);
    first.end();
    await setImmediate();
    late.abort();
    second.end();
    await results;
    expect(await turnstile.pass(() => Promise.resolve("again"), never)).toBe("again");
  });
});
