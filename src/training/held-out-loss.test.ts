import { expect, it } from 'vitest';
import { bigramState, bigramTrainable } from '../../test/training/bigram-trainable.ts';
import { textRow } from './data/training-row.ts';
import { heldOutLosses } from './held-out-loss.ts';
import type { DiffusionRecipe } from './recipe.ts';

const OPTIMIZER = { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clip: null } as const;
const RECIPE: DiffusionRecipe = {
  kind: 'diffusion',
  loss: 'paper',
  shift: true,
  maskId: 7,
  annealSteps: 1,
  stratified: false,
};
const parts = [
  {
    source: 'x',
    rows: Array.from({ length: 40 }, (_, b) => textRow(Int32Array.from({ length: 20 }, (_, i) => (b + i) % 7))),
  },
];

it('is ln V a token for a model that knows nothing', async () => {
  const trainable = bigramTrainable(8, OPTIMIZER);
  await trainable.restore(bigramState(8));
  const [causal] = await heldOutLosses(trainable, parts, { kind: 'autoregressive' }, { draws: 4, batch: 16 });
  expect(causal?.natsPerToken).toBeCloseTo(Math.log(8), 5);
  expect(causal).toMatchObject({ rows: 40, tokens: 40 * 19 });
  const [bound] = await heldOutLosses(trainable, parts, RECIPE, { draws: 64, batch: 16 });
  expect(Math.abs((bound?.natsPerToken ?? 0) - Math.log(8))).toBeLessThan(4 * (bound?.standardError ?? 0));
  expect(bound?.standardError).toBeLessThan(0.05);
});

it('does not depend on how rows are batched', async () => {
  const trainable = bigramTrainable(8, OPTIMIZER);
  await trainable.restore(bigramState(8, (i) => Math.sin(i)));
  const [a] = await heldOutLosses(trainable, parts, RECIPE, { draws: 4, batch: 40 });
  const [b] = await heldOutLosses(trainable, parts, RECIPE, { draws: 4, batch: 7 });
  expect(a?.natsPerToken).toBeCloseTo(b?.natsPerToken ?? 0, 10);
});
