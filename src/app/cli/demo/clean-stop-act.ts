import { existsSync } from "node:fs";
import type { Act } from "./act.js";

export const cleanStopAct: Act = {
  heading: "A clean stop",
  answers: [],
  play: async (stage) => {
    const { provider, threadId, log, sandbox } = stage;
    stage.wait("Stopping Pi");
    await provider[Symbol.asyncDispose]();
    await log.ended;
    const exits = log.of("session.exited").map(({ payload }) => payload.exitKind);
    stage.check(exits.join() === "graceful" && !provider.hasSession(threadId), `the session was to end gracefully and ended ${exits.join() || "never"}.`);
    log.conclude();
    stage.checkRules();
    await stage.say(`Pi has ended. ${log.events.length} events, and none of them broke a rule.`);
    await sandbox[Symbol.asyncDispose]();
    stage.check(!existsSync(sandbox.agentDir) && !existsSync(sandbox.projectDir), "the temporary folder was to be removed and is still there.");
    await stage.say("The temporary folder is gone.");
  },
};
