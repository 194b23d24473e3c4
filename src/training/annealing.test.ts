import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { annealedOpenFraction } from './annealing.ts';

// Vectors T14 and T15 of the project's protocol notes. The attention that a share opens: noised-input.test.ts.
it('T14: of 10,000 annealing steps the first opens 1e-4, the last everything', () => {
  expect(annealedOpenFraction(0, 10000)).toBe(1e-4);
  expect(annealedOpenFraction(9999, 10000)).toBe(1);
  expect(annealedOpenFraction(20000, 10000)).toBe(1);
});

it('T15: one annealing step opens everything at once, none is refused', () => {
  expect(annealedOpenFraction(0, 1)).toBe(1);
  expect(() => annealedOpenFraction(0, 0)).toThrow(
    new RangeError('annealing takes at least 1 step, not 0; 1 opens all attention from the first step'),
  );
  expect(() => annealedOpenFraction(0, Number.NaN)).toThrow(RangeError);
});

// Made with the published trainer (test/golden/data/README.md, `annealed_ratio`).
it.each(['diffugpt-tiny', 'diffullama-tiny'])('gives the ratios of the published trainer (%s)', (name) => {
  const file = new URL(`../../test/golden/data/${name}/golden.json`, import.meta.url);
  const golden: readonly { global_step: number; anneal_steps: number; ratio: number }[] = JSON.parse(
    readFileSync(file, 'utf8'),
  ).units.annealed_ratio;
  expect(golden.length).toBeGreaterThan(0);
  for (const { global_step, anneal_steps, ratio } of golden) {
    expect(annealedOpenFraction(global_step, anneal_steps)).toBe(ratio);
  }
});
