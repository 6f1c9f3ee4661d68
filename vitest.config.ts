import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./test/closing-line-reporter.ts";
import { SlowestFirst } from "./test/slowest-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The transform cache ignores changes of tsconfig.json.
    fsModuleCache: false,
    // A test that hangs is a bug; real agents need a second or two to start on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The slow tests wait for real agents half of the time: more of them at a time than the two cores that a machine may have.
    maxWorkers: 3,
    // No file keeps state in a module, and to begin a worker for each would cost a fifth of the whole time.
    isolate: false,
    sequence: { sequencer: SlowestFirst },
    setupFiles: ["test/setup.ts"],
    dangerouslyIgnoreUnhandledErrors: false,
    reporters: ["default", new ClosingLineReporter()],
  },
});
