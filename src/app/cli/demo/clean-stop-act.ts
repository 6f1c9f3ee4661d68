import { existsSync } from "node:fs";
import type { Act } from "./act.js";
import { check, checkRules } from "./check.js";

export const cleanStopAct: Act = {
  heading: "A clean stop",
  answers: [],
  play: async (stage) => {
    const { provider, threadId, log, sandbox } = stage;
    // Those of Pis that have crashed.
    const earlierExits = log.of("session.exited").length;
    stage.wait("Stopping Pi");
    await provider[Symbol.asyncDispose]();
    await log.ended;
    const exits = log.of("session.exited").slice(earlierExits).map(({ payload }) => payload.exitKind);
    check(exits.join() === "graceful" && !provider.hasSession(threadId), `the session was to end gracefully and ended ${exits.join() || "never"}.`);
    log.conclude();
    checkRules(log);
    await stage.say(`Pi has ended. ${log.events.length} events, and none of them broke a rule.`);
    await sandbox[Symbol.asyncDispose]();
    check(!existsSync(sandbox.agentDir) && !existsSync(sandbox.projectDir), "the temporary folder was to be removed and is still there.");
    await stage.say("The temporary folder is gone.");
  },
};
