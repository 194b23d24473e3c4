import { describe, expect, it } from 'vitest';
import { textRow } from './data/training-row.ts';
import { causalBatch, type DiffusionRecipe, diffusionBatch, maskablePositions } from './recipe.ts';
import type { TrainingBatch } from './trainable.ts';

const MASK = 99;
const RECIPE: DiffusionRecipe = {
  kind: 'diffusion',
  loss: 'paper',
  shift: false,
  maskId: MASK,
  annealSteps: 1,
  stratified: false,
};
const FULL = { kind: 'full' } as const;
const row = (...ids: readonly number[]) => textRow(Int32Array.from(ids));
/** Σ weights · CE for given cross-entropies. */
const loss = ({ weights }: TrainingBatch, entropies: readonly number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * (entropies[i] as number), 0);

describe('normalisation (T13): two rows of 4, t = 0.25 with CE {2}, t = 0.5 with CE {1, 4}', () => {
  const rows = [row(1, 2, 3, 4), row(5, 6, 7, 8)];
  const noise = { times: [0.25, 0.5], masked: [[2], [0, 3]], attention: FULL };
  const entropies = [2, 1, 4];

  it('of the paper divides by the masked tokens of the micro-batch', () => {
    expect(loss(diffusionBatch(rows, noise, RECIPE), entropies)).toBeCloseTo(6, 6);
  });

  it('of the fixed form divides each row by its length', () => {
    expect(loss(diffusionBatch(rows, noise, { ...RECIPE, loss: 'fixed' }), entropies)).toBeCloseTo(2.25, 6);
  });

  it('is shared by the micro-batches of a step', () => {
    expect(loss(diffusionBatch(rows, noise, RECIPE, 0.25), entropies)).toBeCloseTo(1.5, 6);
  });
});

describe('a token of the text that is the mask token (T16)', () => {
  const given = { ids: Int32Array.from([1, MASK, 3, 4]), learnt: Uint8Array.from([0, 0, 1, 1]) };
  const noise = { times: [0.5], masked: [[3]], attention: FULL };

  it('is trained on by the paper, also in a source', () => {
    expect([...diffusionBatch([given], noise, RECIPE).targets]).toEqual([MASK, 4]);
  });

  it('is not under the fixed form, which goes by the drawn mask', () => {
    expect([...diffusionBatch([given], noise, { ...RECIPE, loss: 'fixed' }).targets]).toEqual([4]);
  });
});

describe('the shift', () => {
  const rows = [row(7, 8, 9), row(4, 5, 6)];
  const noise = { times: [0.5, 0.5], masked: [[0, 2], [1]], attention: FULL };

  it('reads a token one row earlier, and the first token nowhere', () => {
    const batch = diffusionBatch(rows, noise, { ...RECIPE, shift: true });
    expect([...batch.rows]).toEqual([1, 3]);
    expect([...batch.targets]).toEqual([9, 5]);
    expect([...batch.ids]).toEqual([MASK, 8, MASK, 4, MASK, 6]);
  });

  it('off reads each token in its own row', () => {
    const batch = diffusionBatch(rows, noise, RECIPE);
    expect([...batch.rows]).toEqual([0, 2, 4]);
    expect([...batch.targets]).toEqual([7, 9, 5]);
  });

  it('keeps the first token visible under the fixed form', () => {
    const fixed = { ...RECIPE, loss: 'fixed', shift: true } as const;
    expect(maskablePositions(row(1, 2, 3), fixed)).toEqual([1, 2]);
    expect(maskablePositions(row(1, 2, 3), { ...fixed, loss: 'paper' })).toEqual([0, 1, 2]);
  });
});

it('gives a micro-batch without masked tokens no terms, where the published code divides by zero', () => {
  for (const form of ['paper', 'fixed'] as const) {
    const batch = diffusionBatch(
      [row(1, 2)],
      { times: [0.1], masked: [[]], attention: FULL },
      { ...RECIPE, loss: form },
    );
    expect(batch.rows).toHaveLength(0);
    expect(loss(batch, [])).toBe(0);
  }
});

it('hands the drawn attention matrix on', () => {
  const open = Uint8Array.from([1, 0, 1, 1]);
  const noise = { times: [0.5], masked: [[1]], attention: { kind: 'matrix', open } as const };
  expect(diffusionBatch([row(1, 2)], noise, RECIPE).attention).toBe(open);
});

describe('the next-token loss', () => {
  it('is the mean over learnt tokens that have one before them', () => {
    const prompted = { ids: Int32Array.from([1, 2, 3, 4]), learnt: Uint8Array.from([0, 0, 1, 1]) };
    const batch = causalBatch([row(5, 6, 7, 8), prompted]);
    expect([...batch.rows]).toEqual([0, 1, 2, 5, 6]);
    expect([...batch.targets]).toEqual([6, 7, 8, 3, 4]);
    expect(loss(batch, [1, 2, 3, 4, 5])).toBeCloseTo(3, 6);
    expect(batch.attention).toBe('causal');
  });
});
