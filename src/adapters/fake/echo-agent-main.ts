/** The echo agent as a process of its own: `node echo-agent-main.js [flags]`. */
import { echoAgent } from "./echo-agent.js";
import { processIo } from "./process-io.js";

void echoAgent(processIo({ args: process.argv.slice(2) }));
