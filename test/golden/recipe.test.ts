/** The losses of the golden files from the recipe that training uses: rows, noise and weights to weighted cross-entropies. */
import { beforeAll, describe, expect, it } from 'vitest';
import { referenceEngine } from '../../src/engines/reference.ts';
import { textRow } from '../../src/training/data/training-row.ts';
import { readParameters } from '../../src/training/initial-parameters.ts';
import { openTrainable } from '../../src/training/open-trainable.ts';
import { causalBatch, diffusionBatch } from '../../src/training/recipe.ts';
import type { Trainable, TrainingBatch } from '../../src/training/trainable.ts';
import { openGolden, readGolden } from './golden-checkpoint.ts';

/** float64 in the engine; the golden losses are float32, up to 40 nats. */
const TOLERANCE = 5e-5;
const OPTIMIZER = { betas: [0.9, 0.95], epsilon: 1e-8, weightDecay: 0, clip: null } as const;

describe.each(['gpt2-tiny-ar', 'llama-tiny-ar', 'diffugpt-tiny', 'diffullama-tiny'] as const)(
  'recipe on %s',
  (name) => {
    const { train, mask_token_id: maskId = -1 } = readGolden(name);
    let trainable: Trainable;

    beforeAll(async () => {
      const { architecture, tensors } = await openGolden(name);
      trainable = await openTrainable(architecture, referenceEngine(), {
        optimizer: OPTIMIZER,
        initial: await readParameters(tensors),
      });
    });

    const lossOf = async (batch: TrainingBatch) => {
      const nats = await trainable.crossEntropies(batch);
      return nats.reduce((sum, each, i) => sum + each * (batch.weights[i] as number), 0);
    };

    it.for('loss' in train ? [train] : [])('mean cross-entropy of the next token', async ({ input_ids, loss }) => {
      const batch = causalBatch(input_ids.map((ids) => textRow(Int32Array.from(ids))));
      expect(Math.abs((await lossOf(batch)) - loss)).toBeLessThan(TOLERANCE);
    });

    it.for('loss' in train ? [] : train)(
      '$name',
      async ({ input_ids, t, mask, allowed, shift, loss, scored_tokens }) => {
        const rows = input_ids.map((ids) => textRow(Int32Array.from(ids)));
        const masked = mask.map((bits) => [...bits].flatMap((bit, position) => (bit === '1' ? [position] : [])));
        const open = Uint8Array.from(allowed.join(''), Number);
        const recipe = { kind: 'diffusion', loss: 'paper', shift, maskId, annealSteps: 1, stratified: false } as const;
        const batch = diffusionBatch(rows, { times: t, masked, attention: { kind: 'matrix', open } }, recipe);
        expect(batch.rows).toHaveLength(scored_tokens);
        expect(Math.abs((await lossOf(batch)) - loss)).toBeLessThan(TOLERANCE);
      },
    );
  },
);
