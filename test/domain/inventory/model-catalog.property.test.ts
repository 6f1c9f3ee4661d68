import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogAnswer } from "../../../src/domain/inventory/model-catalog.js";
import { agentDir, changingWorld, settingsFile, type ChangingWorld, type Traffic } from "./changing-agent.js";

const runs = Number(process.env["PROPERTY_RUNS"] ?? 300);

type Change = "touch" | "replace" | "fail" | "recover" | "vanish" | "return";
type Step = { readonly type: "ask"; readonly refresh: boolean } | { readonly type: "change"; readonly change: Change } | { readonly type: "pass"; readonly ms: number };

/** What breaks is mended soon, or little else would be seen. */
const change = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Change[]>("touch", "replace") },
  { weight: 2, arbitrary: fc.constantFrom<Change[]>("fail", "vanish") },
  { weight: 5, arbitrary: fc.constantFrom<Change[]>("recover", "return") },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("ask" as const), refresh: fc.constantFrom(false, false, false, true) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("change" as const), change }) },
  // About the bounds: a look, another try, an old answer; and a clock that is set back.
  { weight: 5, arbitrary: fc.record({ type: fc.constant("pass" as const), ms: fc.constantFrom(1, 999, 1_000, 1_000, 1_000, 9_000, 10_000, 29 * 60_000, 30 * 60_000, -5_000) }) },
);

interface Asked {
  readonly refresh: boolean;
  readonly now: number;
  readonly before: Traffic;
  readonly after: Traffic;
}

/** What must be true of the catalog. The agent's models are named for the state of the world in which they were read. */
class CatalogModel {
  /** Counts the changes that an answer depends on. */
  state = 0;
  isFailing = false;
  isGone = false;
  /** The rules that were broken. */
  readonly broken = new Set<string>();
  /** The state of the world at the last look, and when that was. */
  #seen: { readonly state: number; readonly at: number } | undefined;
  /** The same of the last good answer, and whether it has been in doubt since. */
  #known: { readonly state: number; readonly at: number; readonly inDoubt: boolean } | undefined;
  /** The same of the last time that the agent was asked in vain. */
  #failed: { readonly state: number; readonly at: number } | undefined;

  told(answer: CatalogAnswer, { refresh, now, before, after }: Asked): void {
    const { failure, stale } = answer.knowledge;
    const states = statesIn(answer);
    const hasLooked = after.located > before.located;
    const mayRest = !refresh && this.#seen !== undefined && isWithin(1_000, { since: this.#seen.at, now });
    const fails = this.isFailing || this.isGone;
    this.#rule("within the bound nothing is looked at, started or scheduled; after it, or for a wish, there is a look", mayRest ? sameTraffic(before, after) : hasLooked);
    if (hasLooked) this.#seen = { state: this.state, at: now };
    const isGood = this.#known?.state === this.state && !this.#known.inDoubt && isWithin(30 * 60_000, { since: this.#known.at, now });
    this.#rule("nothing is started for what is known, unchanged and young", refresh || !isGood || after.spawned === before.spawned);
    this.#rule("who wants a new answer has the agent asked", !refresh || answer.live);
    const mayFailAgain = this.#failed?.state === this.state && isWithin(10_000, { since: this.#failed.at, now });
    this.#rule("a failure that is over is told again only for a while, and only while nothing changes", failure === undefined || !hasLooked || fails || (mayFailAgain && !answer.live));
    this.#rule("a failure is told as one", !hasLooked || !answer.live || !fails || failure !== undefined);
    this.#rule("a failure is no empty catalog", states === undefined ? failure !== undefined : states.length === 1);
    this.#rule("what was known is not taken away", this.#known === undefined || states !== undefined);
    this.#rule("no good answer is older than the last change before the last look", failure !== undefined || states?.[0] === this.#seen?.state);
    this.#rule("only what is unchanged is told while it is old", stale !== true || states?.[0] === this.state);
    this.#learn(answer, now);
  }

  /** What was asked for in the background has come. */
  renewed(answer: CatalogAnswer, now: number): void {
    this.#seen = { state: this.state, at: now };
    this.#learn(answer, now);
  }

  #learn(answer: CatalogAnswer, now: number): void {
    if (answer.knowledge.failure !== undefined && answer.live && !this.isGone) this.#failed = { state: this.state, at: now };
    if (answer.knowledge.failure !== undefined) this.#known = this.#known && { ...this.#known, inDoubt: true };
    else if (answer.live) this.#known = { state: this.state, at: now, inDoubt: false };
    else this.#known = this.#known && { ...this.#known, inDoubt: false };
  }

  #rule(words: string, holds: boolean): void {
    if (!holds) this.broken.add(words);
  }
}

/** The states of the world that the listed models are named for. */
function statesIn({ knowledge }: CatalogAnswer): readonly number[] | undefined {
  return knowledge.answer?.discovery.models.models.map(({ id }) => Number(id.slice("state-".length)));
}

function isWithin(ms: number, { since, now }: { readonly since: number; readonly now: number }): boolean {
  return now >= since && now - since < ms;
}

function sameTraffic(left: Traffic, right: Traffic): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function make(change: Change, { agent, parts, model }: Pick<ChangingWorld, "agent" | "parts"> & { readonly model: CatalogModel }): void {
  if (change === "touch" || change === "replace") model.state += 1;
  if (change === "touch") parts.stamps.touch(settingsFile);
  if (change === "replace") agent.identity = `file-${model.state}`;
  if (change === "fail" || change === "recover") agent.health = change === "fail" ? "fails" : "answers";
  if (change === "vanish" || change === "return") agent.isGone = change === "vanish";
  [model.isGone, model.isFailing] = [agent.isGone, agent.health === "fails"];
  agent.models = [`echo/state-${model.state}`];
}

describe("any life of a catalog", () => {
  it("gives no answer that is older than it may be, no empty one for a failure, and starts nothing without need", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        const { agent, parts, traffic } = changingWorld();
        const { catalog, clock } = parts;
        const model = new CatalogModel();
        let renewal = Promise.withResolvers<CatalogAnswer>();
        catalog.watch((_place, answer) => renewal.resolve(answer));
        make("touch", { agent, parts, model });
        for (const taken of steps) {
          if (taken.type === "pass") await clock.advance(taken.ms);
          if (taken.type === "change") make(taken.change, { agent, parts, model });
          if (taken.type !== "ask") continue;
          const { refresh } = taken;
          const before = traffic();
          const answer = await catalog.ask({ binaryPath: undefined, agentDir, refresh });
          // Of an old answer only what is told counts: the agent is being asked again already.
          const isOld = answer.knowledge.stale === true;
          const now = clock.now();
          model.told(answer, { refresh, now, before, after: isOld ? { ...before, located: before.located + 1 } : traffic() });
          if (!isOld) continue;
          model.renewed(await renewal.promise, now);
          renewal = Promise.withResolvers<CatalogAnswer>();
          // It is told while it is still under way, and a question that comes then would share it.
          await setImmediate();
        }
        await catalog.dispose();
        expect([...model.broken]).toEqual([]);
        expect(agent.mostAtOnce).toBeLessThanOrEqual(1);
        expect([parts.spawner.running, clock.pendingTimers]).toEqual([0, 0]);
      }),
      { numRuns: runs },
    );
  });
});

const overlapping = fc.constantFrom("ask", "ask", "ask", "ask anew", "ask anew", "touch", "hold", "let go", "pass");

describe("any questions that overlap", () => {
  it("are answered by one process at a time, by none that goes back behind another, and by the present one at the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(overlapping, { maxLength: 30, size: "max" }), async (steps) => {
        const { agent, parts } = changingWorld();
        const { catalog, clock } = parts;
        const model = new CatalogModel();
        const told: number[] = [];
        const asking: Promise<void>[] = [];
        const held: (() => void)[] = [];
        const ask = async (refresh: boolean): Promise<void> => {
          told.push(...(statesIn(await catalog.ask({ binaryPath: undefined, agentDir, refresh })) ?? []));
        };
        const letGo = (): void => held.splice(0).forEach((release) => release());
        make("touch", { agent, parts, model });
        for (const taken of steps) {
          if (taken === "ask" || taken === "ask anew") asking.push(ask(taken === "ask anew"));
          if (taken === "pass") await clock.advance(1_000);
          if (taken === "touch") make("touch", { agent, parts, model });
          if (taken === "hold") held.push(agent.hold("rpc"));
          if (taken === "let go") letGo();
          await setImmediate();
        }
        letGo();
        await Promise.all(asking);
        await clock.advance(1_000);
        await ask(false);
        expect(told).toHaveLength(asking.length + 1);
        expect(told).toEqual(told.toSorted((one, other) => one - other));
        expect(told.at(-1)).toBe(model.state);
        expect([agent.mostAtOnce, parts.spawner.running, clock.pendingTimers]).toEqual([1, 0, 0]);
      }),
      { numRuns: runs },
    );
  });
});
