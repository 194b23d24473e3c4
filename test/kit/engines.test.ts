/** The suite itself: an exact engine passes, and one that is a little off fails every case with numbers. */
import { expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import type { HostTensor } from '../../src/tensor/ops.ts';
import { testEngine } from './index.ts';

async function failures(engine: Engine): Promise<{ readonly all: number; readonly failed: readonly string[] }> {
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = [];
  const runner = {
    describe: (_name: string, body: () => void) => body(),
    it: (name: string, body: () => void | Promise<void>) => tests.push({ name, body }),
  };
  testEngine({ name: engine.name, make: async () => engine, tolerance: 1.2e-7 }, runner);
  const failed: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return { all: tests.length, failed };
}

const exact = referenceEngine();
const off: Engine = {
  ...exact,
  async compile(...given) {
    const executable = await exact.compile(...given);
    const run = async (...fed: Parameters<typeof executable.run>) => {
      const outputs = await executable.run(...fed);
      const moved = ([name, { dims, data }]: [string, HostTensor]) => [name, { dims, data: data.map((x) => x + 1e-3) }];
      return Object.fromEntries(Object.entries<HostTensor>(outputs).map(moved)) as typeof outputs;
    };
    return { ...executable, run: run as typeof executable.run };
  },
};

it('passes an exact engine', async () => {
  expect((await failures(exact)).failed).toEqual([]);
});

it('fails one that is a thousandth off', async () => {
  const { all, failed } = await failures(off);
  // Whole numbers stay whole, and the list of kernels has no numbers.
  expect(failed.length).toBeGreaterThan(0.9 * all);
});
