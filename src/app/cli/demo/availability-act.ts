import { healthText } from "../health-text.js";
import type { Act } from "./act.js";
import { check } from "./check.js";

export const availabilityAct: Act = {
  heading: "Is Pi there?",
  answers: [],
  play: async (stage) => {
    stage.wait("Looking for Pi");
    const report = await stage.provider.inspect({ signal: stage.signal });
    const { displayName } = stage.provider.snapshot();
    await stage.say(healthText({ report, displayName, facts: stage.facts }).trimEnd());
    check(report.verdict === "ready", `${displayName} cannot be used: ${report.verdict}.`);
  },
};
