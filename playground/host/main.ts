/** The playground's host: `npm start`. */
import { readOptions, usage } from "./host-options.js";
import { runHost } from "./run-host.js";
import { StartError } from "./start-error.js";

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // Whoever asks a second time does not want to wait; the agents go with the process.
    if (end.signal.aborted) process.exit(1);
    end.abort();
  });
}

try {
  const options = readOptions({ args: process.argv.slice(2), cwd: process.cwd() });
  if (options === undefined) console.log(usage);
  else await runHost(options, { cwd: process.cwd(), environment: process.env, print: console.log, printError: console.error, ended: end.signal });
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StartError ? error.message : error);
}
