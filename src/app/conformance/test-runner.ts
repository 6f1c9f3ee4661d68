/** The two functions that the suite needs of a test runner. Those of Vitest, of Jest, of Bun and of `node:test` will do. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}
