import { describe, expect, it } from "vitest";
import { JournalConnection, type ConnectionState } from "../../../playground/page/state/journal-connection.js";

type Answer = Response | Error;

const stream = (...pieces: readonly string[]): Response => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return new Response(body);
};

const entry = (seq: number): string => `id: ${seq}\ndata: ${JSON.stringify({ seq, at: 0, type: "scenario", scenario: "x" })}\n\n`;

/** A connection that gets these answers one after the other and is closed when none is left. */
async function run(answers: readonly Answer[]) {
  const asked: string[] = [];
  const states: ConnectionState[] = [];
  const pauses: number[] = [];
  let seq: number | undefined;
  const rest = [...answers];
  const connection: JournalConnection = new JournalConnection({
    fetch: (url) => {
      asked.push(url instanceof Request ? url.url : url.toString());
      const answer = rest.shift();
      if (answer === undefined) connection.close();
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new TypeError("closed"));
    },
    secret: "secret",
    position: () => (seq === undefined ? undefined : { hostId: "a b", seq }),
    onEntries: (entries) => (seq = entries.at(-1)?.seq),
    onState: (state) => states.push(state),
    now: () => 0,
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  await connection.run();
  return { asked, states, pauses, seq };
}

describe("the connection", () => {
  it("goes on behind the last entry that came, and names the host it knows", async () => {
    const { asked, seq } = await run([stream(entry(1), entry(2).slice(0, 9), entry(2).slice(9)), stream(entry(3)), stream()]);
    expect(asked).toEqual(["/api/journal", "/api/journal?after=2&host=a%20b", "/api/journal?after=3&host=a%20b", "/api/journal?after=3&host=a%20b"]);
    expect(seq).toBe(3);
  });

  it("waits longer after each try that brought nothing, up to a bound, and begins anew after one that did", async () => {
    const failed = new TypeError("refused");
    const { pauses } = await run([failed, new Response("", { status: 503 }), failed, failed, failed, failed, stream(entry(1)), failed]);
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 250, 500]);
  });

  it("says what it does", async () => {
    const { states } = await run([stream(entry(1)), new TypeError("refused")]);
    expect(states).toEqual([{ status: "open" }, { status: "waiting", attempt: 1, retryAt: 250 }, { status: "waiting", attempt: 2, retryAt: 500 }]);
  });

  it("gives up where its secret is not taken", async () => {
    const { asked, states } = await run([new Response("", { status: 401 }), stream(entry(1))]);
    expect(asked).toHaveLength(1);
    expect(states).toEqual([{ status: "refused" }]);
  });

  it("survives an entry that is torn", async () => {
    const { asked, seq } = await run([stream(entry(1), "data: {torn\n\n"), stream(entry(2))]);
    expect(asked).toHaveLength(3);
    expect(seq).toBe(2);
  });
});
