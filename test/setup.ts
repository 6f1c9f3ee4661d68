import { afterAll, beforeAll } from "vitest";

/** A warning from Node (a listener leak, a deprecation) is a bug in the code under test. */
const warnings: string[] = [];
const note = (warning: Error): void => {
  warnings.push(`${warning.name}: ${warning.message}`);
};

// A worker runs many files, one after the other: each answers for its own warnings.
beforeAll(() => {
  process.on("warning", note);
});

afterAll(() => {
  process.off("warning", note);
  if (warnings.length > 0) throw new Error(`Node warned: ${warnings.join("; ")}`);
});
