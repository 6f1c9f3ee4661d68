import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SharedWork, type Waiter } from "../../src/domain/shared-work.js";
import { ProviderError } from "../../src/ports/errors.js";

/** Work that ends when a test says so; called off, it ends only when the test lets it. */
class Works {
  readonly started: { readonly signal: AbortSignal; readonly end: PromiseWithResolvers<string> }[] = [];

  readonly start = (signal: AbortSignal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    this.started.push({ signal, end });
    return end.promise;
  };

  at(index: number): { readonly signal: AbortSignal; readonly end: PromiseWithResolvers<string> } {
    const work = this.started[index];
    if (work === undefined) throw new Error(`Only ${this.started.length} were started.`);
    return work;
  }
}

const patient: Waiter = { signal: undefined, operation: "test" };

function impatient(): { readonly waiter: Waiter; readonly callOff: () => void } {
  const abort = new AbortController();
  return { waiter: { signal: abort.signal, operation: "test" }, callOff: () => abort.abort() };
}

function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}

/** What a promise has come to by now. */
async function soFar(promise: Promise<unknown>): Promise<unknown> {
  return await Promise.race([promise, setImmediate("waiting")]);
}

describe("work that several ask for", () => {
  it("is done once for those who ask while it is under way, and again for who asks later", async () => {
    const [works, shared] = [new Works(), new SharedWork<string>()];
    const asking = Array.from({ length: 100 }, () => shared.join("key", works.start, patient));
    works.at(0).end.resolve("done");
    expect(new Set(await Promise.all(asking))).toEqual(new Set(["done"]));
    expect(works.started).toHaveLength(1);
    const later = shared.join("key", works.start, patient);
    works.at(1).end.resolve("done again");
    expect(await later).toBe("done again");
  });

  it("is done for each key by itself, and for each that shares it by itself", async () => {
    const [works, shared] = [new Works(), new SharedWork<string>()];
    const asking = [shared.join("one", works.start, patient), shared.join("other", works.start, patient), new SharedWork<string>().join("one", works.start, patient)];
    works.started.forEach(({ end }, index) => end.resolve(String(index)));
    expect(await Promise.all(asking)).toEqual(["0", "1", "2"]);
  });

  it("fails for all who wait, and is begun anew for who asks later", async () => {
    const [works, shared] = [new Works(), new SharedWork<string>()];
    const asking = [shared.join("key", works.start, patient), shared.join("key", works.start, patient)];
    works.at(0).end.reject("broken");
    expect(await Promise.all(asking.map((join) => join.catch(codeOf)))).toEqual(["broken", "broken"]);
    void shared.join("key", works.start, patient);
    expect(works.started).toHaveLength(2);
  });
});

describe("shared work that is called off", () => {
  it("by one of several goes on for the others, and the one is let go at once", async () => {
    const [works, shared, first] = [new Works(), new SharedWork<string>(), impatient()];
    const [calledOff, other] = [shared.join("key", works.start, first.waiter), shared.join("key", works.start, patient)];
    first.callOff();
    await expect(calledOff).rejects.toMatchObject({ kind: "session-closed", code: "aborted", operation: "test" });
    expect(works.at(0).signal.aborted).toBe(false);
    works.at(0).end.resolve("done");
    expect(await other).toBe("done");
  });

  it.each([
    ["one after the other", true],
    ["at the same moment", false],
  ])("by all (%s) is called off itself, and the last of them waits for its end", async (_how, apart) => {
    const [works, shared, waiters] = [new Works(), new SharedWork<string>(), [impatient(), impatient()]];
    const asking = waiters.map(({ waiter }) => shared.join("key", works.start, waiter).catch(codeOf));
    for (const { callOff } of waiters) {
      callOff();
      if (apart) await setImmediate();
    }
    expect(await Promise.all(asking.map(soFar))).toEqual(["aborted", "waiting"]);
    expect(works.at(0).signal.aborted).toBe(true);
    works.at(0).end.resolve("too late");
    expect(await Promise.all(asking)).toEqual(["aborted", "aborted"]);
  });

  it("is joined by nobody any more, and its end does not make forgotten what was begun in its place", async () => {
    const [works, shared, first] = [new Works(), new SharedWork<string>(), impatient()];
    const calledOff = shared.join("key", works.start, first.waiter).catch(codeOf);
    first.callOff();
    await setImmediate();
    const second = shared.join("key", works.start, patient);
    works.at(0).end.resolve("of the first");
    await calledOff;
    const third = shared.join("key", works.start, patient);
    works.at(1).end.resolve("of the second");
    expect([await calledOff, await second, await third, works.started.length]).toEqual(["aborted", "of the second", "of the second", 2]);
  });

  it("before it was asked for is not begun", async () => {
    const [works, shared] = [new Works(), new SharedWork<string>()];
    const asking = shared.join("key", works.start, { signal: AbortSignal.abort(), operation: "test" }).catch(codeOf);
    for (const { end } of works.started) end.reject("ended");
    expect([await asking, works.started.length]).toEqual(["aborted", 0]);
  });
});

describe("the end of all shared work", () => {
  it("calls everything off and waits for it, for what was called off before as well", async () => {
    const [works, shared, first] = [new Works(), new SharedWork<string>(), impatient()];
    const asking = [shared.join("one", works.start, first.waiter), shared.join("other", works.start, patient)].map((join) => join.catch(codeOf));
    first.callOff();
    await setImmediate();
    const disposal = shared.dispose().then(() => "disposed");
    expect([await soFar(disposal), works.at(1).signal.aborted]).toEqual(["waiting", true]);
    works.at(1).end.reject("ended");
    expect(await soFar(disposal)).toBe("waiting");
    works.at(0).end.reject("ended");
    expect([await disposal, ...(await Promise.all(asking))]).toEqual(["disposed", "aborted", "ended"]);
  });

  it("lets nothing begin any more", async () => {
    const [works, shared] = [new Works(), new SharedWork<string>()];
    await shared.dispose();
    await expect(shared.join("key", works.start, patient)).rejects.toMatchObject({ kind: "session-closed", code: "disposed", operation: "test" });
    expect(works.started).toEqual([]);
  });
});
