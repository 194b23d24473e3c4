/** What the suites need of whatever runs them: node:test, vitest, jest and mocha all have it. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => void | Promise<void>): void;
}
