import { describe, expect, it } from "vitest";
import type { AgentPlace } from "../../../src/domain/inventory/agent-survey.js";
import { modelSlug } from "../../../src/domain/inventory/model-slug.js";
import type { OwnChoice, OwnChoiceQuestion } from "../../../src/domain/inventory/own-choices.js";
import { ModelWishes, own, type ModelWish } from "../../../src/domain/session/model-wishes.js";
import type { WantedModel } from "../../../src/domain/session/session-state.js";
import type { AgentModelRef } from "../../../src/ports/agent-messages.js";
import { ProviderError } from "../../../src/ports/errors.js";

const ownModel: AgentModelRef = { provider: "demo", id: "own" };
const other: AgentModelRef = { provider: "demo", id: "other" };
const kept: AgentModelRef = { provider: "demo", id: "kept" };
const place: AgentPlace = { binaryPath: "/bin/demo", agentDir: "/agent-home/demo", cwd: "/project" };

/** Wishes before an agent that would use `ownModel` at "low", any other model at "medium", and lists all but `kept`. */
function bench(find?: (question: OwnChoiceQuestion) => Promise<OwnChoice>) {
  const questions: OwnChoiceQuestion[] = [];
  const wishes = new ModelWishes({
    choices: {
      find: (question) => {
        questions.push(question);
        const { model } = question;
        return find?.(question) ?? Promise.resolve(model === undefined ? { model: ownModel, level: "low" } : { model, level: "medium" });
      },
    },
    unlisted: { has: async (slug) => slug === modelSlug(kept) },
  });
  const going = (wish: ModelWish, current?: AgentModelRef) => wishes.forConversation(wish, { place, current, signal: undefined });
  return { wishes, questions, going };
}

describe("a wish for a conversation that begins", () => {
  it.each<[what: string, wish: ModelWish, wanted: WantedModel]>([
    ["for nothing", {}, {}],
    ["for the agent's own model", { model: own }, {}],
    ["for the agent's own level", { level: own }, {}],
    ["for the agent's own of both", { model: own, level: own }, {}],
    ["for a model", { model: other }, { model: other }],
    ["for a level", { level: "high" }, { level: "high" }],
    ["for a model at the agent's own level", { model: other, level: own }, { model: other }],
    ["for the agent's own model at a level", { model: own, level: "high" }, { level: "high" }],
    ["for a model that the agent does not list", { model: kept, level: "high" }, { model: kept, level: "high", unlisted: true }],
  ])("%s leaves to the agent what was not named, and asks nobody", async (_what, wish, wanted) => {
    const { wishes, questions } = bench();
    expect([await wishes.forNewConversation(wish), questions]).toEqual([wanted, []]);
  });
});

describe("a wish for a conversation that goes on", () => {
  it.each<[what: string, wish: ModelWish, wanted: WantedModel]>([
    ["nothing", {}, {}],
    ["a model", { model: other }, { model: other }],
    ["a level", { level: "high" }, { level: "high" }],
    ["both", { model: other, level: "high" }, { model: other, level: "high" }],
    ["a model that the agent does not list", { model: kept }, { model: kept, unlisted: true }],
  ])("for %s by its name asks nobody", async (_what, wish, wanted) => {
    const { going, questions } = bench();
    expect([await going(wish, ownModel), questions]).toEqual([wanted, []]);
  });

  it.each<[what: string, wish: ModelWish, asked: AgentModelRef | undefined, wanted: WantedModel]>([
    ["model takes that model's own level along, or the last one would stay", { model: own }, undefined, { model: ownModel, level: "low" }],
    ["model and level is told by their names", { model: own, level: own }, undefined, { model: ownModel, level: "low" }],
    ["model leaves a level that was chosen with it alone", { model: own, level: "high" }, undefined, { model: ownModel, level: "high" }],
    ["level is that of the model in use, which stays", { level: own }, other, { level: "medium" }],
    ["level is that of the model that is chosen with it", { model: other, level: own }, other, { model: other, level: "medium" }],
    ["level of a model that the agent does not list is asked for as well", { model: kept, level: own }, kept, { model: kept, level: "medium", unlisted: true }],
  ])("for the agent's own %s", async (_what, wish, asked, wanted) => {
    const { going, questions } = bench();
    expect(await going(wish, other)).toEqual(wanted);
    expect(questions).toEqual([{ ...place, model: asked, signal: undefined }]);
  });

  it("for the agent's own level is that of its own model where nobody knows which is in use", async () => {
    const { going } = bench();
    expect(await going({ level: own })).toEqual({ level: "low" });
  });

  it("names no level of a model that offers none", async () => {
    const { going } = bench(async ({ model = ownModel }) => ({ model }));
    expect([await going({ model: own, level: own }, other), await going({ level: own }, other)]).toEqual([{ model: ownModel }, {}]);
  });

  it("knows the agent's own model for one that it does not list, where it is", async () => {
    const { going } = bench(async () => ({ model: kept, level: "low" }));
    expect(await going({ model: own }, other)).toEqual({ model: kept, level: "low", unlisted: true });
  });

  it("is marked as not listed whatever the conversation uses, for another process may have to be started with it", async () => {
    const { going } = bench();
    expect(await going({ model: kept, level: "high" }, kept)).toEqual({ model: kept, level: "high", unlisted: true });
  });

  it("fails with the reason why the agent's own choice is not known", async () => {
    const error = new ProviderError({ kind: "process", code: "start-timeout", operation: "model discovery", detail: "No answer." });
    const { going } = bench(() => Promise.reject(error));
    await expect(going({ level: own }, other)).rejects.toBe(error);
  });

  it("hands the caller's signal on, which ends the question", async () => {
    const { wishes, questions } = bench();
    const { signal } = new AbortController();
    await wishes.forConversation({ model: own }, { place, current: other, signal });
    expect(questions).toEqual([{ ...place, model: undefined, signal }]);
  });
});
