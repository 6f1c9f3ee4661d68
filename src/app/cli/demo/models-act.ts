import { catalogText } from "../catalog-text.js";
import type { Act } from "./act.js";
import { check } from "./check.js";

/** The model that the session begins with: it thinks, and offers a choice of levels. */
export const firstChoice = { model: "demo/thinker", thinkingLevel: "low" } as const;

export const modelsAct: Act = {
  heading: "Which models does Pi offer?",
  answers: [],
  play: async (stage) => {
    stage.wait("Asking Pi");
    const catalog = await stage.provider.listModels({ signal: stage.signal });
    const levels = catalog.models.find(({ slug }) => slug === firstChoice.model)?.thinkingLevels ?? [];
    await stage.say(catalogText(catalog, stage.facts));
    check(levels.includes(firstChoice.thinkingLevel), `Pi was to offer ${firstChoice.model} with the thinking level ${firstChoice.thinkingLevel}.`);
    await stage.say(`Chosen: ${firstChoice.model}, thinking level ${firstChoice.thinkingLevel} of ${levels.join(", ")}.`);
  },
};
