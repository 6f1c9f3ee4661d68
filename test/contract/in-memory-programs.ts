import type { InMemoryProgram } from "../../src/adapters/fake/in-memory-program.js";
import type { ContractProgram } from "./process-spawner.js";

const forever = (): Promise<never> => new Promise(() => undefined);

/** The programs of the spawner's contract as functions; test/fixtures/children holds the same as real programs. */
export const inMemoryPrograms: Readonly<Record<ContractProgram, InMemoryProgram>> = {
  echo: async (io) => {
    for await (const chunk of io.input) await io.write(chunk);
  },
  "last-words": async (io) => {
    const [bytes, code] = io.args.map(Number);
    await io.write("x".repeat(bytes ?? 0));
    return code;
  },
  killed: (io) => {
    io.crash("SIGKILL");
  },
  stubborn: async (io) => {
    io.onTerminate(() => undefined);
    await io.write("ready\n");
    await forever();
  },
  polite: async (io) => {
    io.onTerminate(() => {
      io.exit(5);
    });
    await io.write("ready\n");
    await forever();
  },
  tidy: async (io) => {
    io.onTerminate(() => {
      io.exit(1);
    });
    await io.write("ready\n");
    for await (const chunk of io.input) void chunk;
    await new Promise((resolve) => setTimeout(resolve, 100));
  },
  flood: async (io) => {
    const chunks = Number(io.args[0]);
    for (let taken = 1; taken <= chunks; taken += 1) {
      await io.write(new Uint8Array(64 * 1024));
      io.writeError(`${taken}\n`);
    }
  },
  complain: (io) => {
    io.writeError(`${"ä".repeat(20_000)}END`);
    return 3;
  },
};
