import type { AgentIo } from "./agent-io.js";

/** This very process as the one in which a fake agent's program runs. */
export function processIo(options: { readonly args: readonly string[] }): AgentIo {
  return {
    args: options.args,
    input: process.stdin,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(error);
        });
      }),
    writeError: (text) => {
      process.stderr.write(text);
    },
    onTerminate: (listener) => {
      process.on("SIGTERM", listener);
    },
    exit: (code) => {
      process.exit(code);
    },
    crash: (signal) => {
      process.kill(process.pid, signal);
    },
  };
}
