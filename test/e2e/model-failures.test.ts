import { describe, expect, it } from "vitest";
import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import { providerFailureOf } from "../../src/app/index.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

/** As providers of models repeat one; put together here, so that nobody takes it for a real one. */
const repeatedKey = `sk-proj-${"aB3".repeat(10)}`;
const unauthorised: ModelAnswer = [{ httpError: { status: 401, message: `Incorrect API key provided: ${repeatedKey}.` } }];
const broken: ModelAnswer = [{ httpError: { status: 500, message: "The server had an error." } }];
const cutAfter = (text: string): ModelAnswer => [{ text }, { cut: true }];

describe.each(realPiVersions)("a failing model and Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "failures";

  it("ends the turn in the agent's own words, and the next turn works", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const failed = await fixture.turn({ threadId, input: "Hello?" }, unauthorised);

    expect(failed.types).toEqual(["turn.started", "runtime.error", "turn.completed"]);
    expect(failed.end).toMatchObject({ state: "failed", stopReason: "error", errorMessage: expect.stringContaining("Incorrect API key provided") });
    expect(failed.of("runtime.error")).toMatchObject([{ payload: { message: failed.end.errorMessage, class: "provider_error" } }]);
    expect(fixture.view(threadId)).toMatchObject({ status: "ready", lastError: failed.end.errorMessage });
    const records = failed.of("runtime.error").map(({ payload }) => providerFailureOf(payload));
    expect(records).toEqual([{ class: "provider_error", message: expect.stringContaining("Incorrect API key provided") as unknown, code: null, retryable: null }]);
    expect(records[0]?.message).not.toContain(repeatedKey);

    const next = await fixture.turn({ threadId, input: "And now?" }, [{ text: "Now it works." }]);
    expect(next.end.state).toBe("completed");
    expect(fixture.log.texts(next.turnId)).toEqual(["Now it works."]);
    expect(fixture.view(threadId)).not.toHaveProperty("lastError");
  });

  it("forgets a failure that a retry has mended", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "Try." }, broken, broken, [{ text: "At the third attempt." }]);

    expect(turn.of("runtime.warning").map((event) => event.payload.message)).toEqual([
      expect.stringMatching(/^Retrying \(1\/3\) in 1 s: .*The server had an error\./),
      expect.stringMatching(/^Retrying \(2\/3\) in 1 s: .*The server had an error\./),
    ]);
    expect(turn.of("runtime.error")).toEqual([]);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop" });
    expect(turn.end).not.toHaveProperty("errorMessage");
    expect(fixture.log.texts(turn.turnId)).toEqual(["At the third attempt."]);
  });

  it("fails when no retry helps, and the next turn works", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const failed = await fixture.turn({ threadId, input: "Try again." }, broken, broken, broken, broken);

    expect(failed.of("runtime.warning")).toHaveLength(3);
    expect(failed.events.slice(-2)).toMatchObject([
      { type: "runtime.error", payload: { message: failed.end.errorMessage, class: "provider_error" } },
      { type: "turn.completed", payload: { state: "failed", errorMessage: expect.stringContaining("The server had an error.") } },
    ]);

    const next = await fixture.turn({ threadId, input: "Once more." }, [{ text: "Here I am." }]);
    expect(next.end.state).toBe("completed");
  });

  it("keeps what was said before the connection broke, and goes on after it", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "Count to four." }, [{ text: "One, two", chunks: 2 }, { cut: true }], [{ text: "One, two, three, four." }]);

    expect(fixture.log.texts(turn.turnId)).toEqual(["One, two", "One, two, three, four."]);
    expect(turn.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringMatching(/^Retrying \(1\/3\)/) } }]);
    expect(turn.of("runtime.error")).toEqual([]);
    expect(turn.end.state).toBe("completed");
  });

  it("fails with what was said when the connection breaks every time", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const failed = await fixture.turn({ threadId, input: "Count again." }, cutAfter("One"), cutAfter("Two"), cutAfter("Three"), cutAfter("Four"));

    expect(fixture.log.texts(failed.turnId)).toEqual(["One", "Two", "Three", "Four"]);
    expect(failed.events.slice(-2)).toMatchObject([
      { type: "runtime.error", payload: { message: failed.end.errorMessage, class: "provider_error" } },
      { type: "turn.completed", payload: { state: "failed" } },
    ]);

    const next = await fixture.turn({ threadId, input: "Still there?" }, [{ text: "Still here." }]);
    expect(fixture.log.texts(next.turnId)).toEqual(["Still here."]);
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).toContain("Hello?");
  });
});
