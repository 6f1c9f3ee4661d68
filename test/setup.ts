import { afterAll } from "vitest";

/** A warning from Node (a listener leak, a deprecation) is a bug in the code under test. */
const warnings: string[] = [];
process.on("warning", (warning) => {
  warnings.push(`${warning.name}: ${warning.message}`);
});

afterAll(() => {
  if (warnings.length > 0) throw new Error(`Node warned: ${warnings.join("; ")}`);
});
