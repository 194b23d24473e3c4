import { describe, expect, it } from 'vitest';
import type { DiffusionRecipe } from '../recipe.ts';
import { drawBatch, drawNoise, LEAST_TIME } from './draw-batch.ts';
import { textRow } from './training-row.ts';

const RECIPE: DiffusionRecipe = {
  kind: 'diffusion',
  loss: 'fixed',
  shift: true,
  maskId: 0,
  annealSteps: 10_000,
  stratified: false,
};
const rows = Array.from({ length: 32 }, (_, b) => textRow(Int32Array.from({ length: 12 }, (_, i) => 1 + b + i)));
const place = { seed: 1, step: 5, micro: 0, micros: 1 };

describe('noise', () => {
  it('is a function of seed, step and sequence', () => {
    expect(drawBatch(rows, RECIPE, place)).toEqual(drawBatch(rows, RECIPE, place));
    expect(drawBatch(rows, RECIPE, { ...place, step: 6 })).not.toEqual(drawBatch(rows, RECIPE, place));
    expect(drawBatch(rows, RECIPE, { ...place, seed: 2 })).not.toEqual(drawBatch(rows, RECIPE, place));
  });

  it('of a sequence does not depend on its neighbours', () => {
    const all = drawNoise(rows, RECIPE, place);
    const some = drawNoise(rows.slice(0, 3), RECIPE, place);
    expect(all.times.slice(0, 3)).toEqual(some.times);
    expect(all.masked.slice(0, 3)).toEqual(some.masked);
  });

  it('goes on where the micro-batch before it ended', () => {
    const whole = drawNoise(rows, RECIPE, place);
    const second = drawNoise(rows.slice(16), RECIPE, { ...place, micro: 1, micros: 2 });
    expect(whole.times.slice(16)).toEqual(second.times);
    expect(whole.masked.slice(16)).toEqual(second.masked);
  });

  it('has t between its least value and 1', () => {
    const times = Array.from({ length: 50 }, (_, step) => drawNoise(rows, RECIPE, { ...place, step }).times).flat();
    expect(Math.min(...times)).toBeGreaterThanOrEqual(LEAST_TIME);
    expect(Math.max(...times)).toBeLessThanOrEqual(1);
    // 1,600 uniform numbers: the standard error of their mean is 0.0072.
    expect(Math.abs(times.reduce((sum, t) => sum + t, 0) / times.length - 0.5)).toBeLessThan(0.03);
  });

  it('takes one t from each part when stratified', () => {
    const { times } = drawNoise(rows, { ...RECIPE, stratified: true }, place);
    const parts = times.map((t) => Math.floor(((t - LEAST_TIME) / (1 - LEAST_TIME)) * rows.length));
    expect(parts).toEqual(rows.map((_, b) => b));
  });
});

describe('annealed attention', () => {
  const open = (step: number, annealSteps: number) =>
    drawNoise(rows, { ...RECIPE, annealSteps }, { ...place, step }).attention;

  it('opens the annealed share of future entries, the same for all rows (T14)', () => {
    const count = Array.from({ length: 200 }, (_, seed) => {
      const { attention } = drawNoise(rows, RECIPE, { ...place, seed, step: 2499 });
      return attention.kind === 'matrix' ? attention.open.reduce((sum, each) => sum + each, 0) - 78 : Number.NaN;
    }).reduce((sum, each) => sum + each, 0);
    // 200 draws of 66 entries at r = 1/4: 3,300 expected, standard deviation 50.
    expect(Math.abs(count - 3300)).toBeLessThan(200);
    expect(open(9999, 10_000)).toEqual({ kind: 'full' });
  });

  it.each([0, 1])('is full from the first step with %d steps (T15)', (annealSteps) => {
    expect(open(0, annealSteps)).toEqual({ kind: 'full' });
  });
});
