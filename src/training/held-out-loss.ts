/** How well a model does on rows it never trained on: exact NLL (autoregressive) or an estimate of the NELBO (diffusion). */
import { z } from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { stream } from '../core/numbers/random.ts';
import type { Nats, Tokens } from '../core/units.ts';
import type { HeldOutPart } from './data/training-data.ts';
import type { TrainingRow } from './data/training-row.ts';
import { causalBatch, type DiffusionRecipe, diffusionBatch, maskablePositions, type Recipe } from './recipe.ts';
import type { Trainable } from './trainable.ts';

/** JSON has no NaN, which is the mean where no token is learnt: it is written as null. */
const nats = z
  .number()
  .nullable()
  .transform((value): Nats => value ?? Number.NaN);

export const heldOutLossSchema = z.strictObject({
  source: z.string(),
  /** Mean over tokens; of the NELBO where the recipe is a diffusion one, else of the NLL. */
  natsPerToken: nats,
  /** Of that mean, over rows. */
  standardError: nats,
  rows: z.number(),
  tokens: z.number(),
});
export type HeldOutLoss = DeepReadonly<z.infer<typeof heldOutLossSchema>>;

export interface HeldOutSettings {
  /** Values of t for each row, one in each of so many equal parts of (0, 1). */
  readonly draws: number;
  /** Rows a forward pass. */
  readonly batch: number;
}

/** Masks and t depend on the row and nothing else, so steps, runs and models are compared on the same ones. */
export async function heldOutLosses(
  trainable: Trainable,
  parts: readonly HeldOutPart[],
  recipe: Recipe,
  settings: HeldOutSettings,
): Promise<readonly HeldOutLoss[]> {
  const losses: HeldOutLoss[] = [];
  for (const { source, rows } of parts) {
    const sums = new Float64Array(rows.length);
    const counts = rows.map((row) => learntTokens(row, recipe));
    for (let from = 0; from < rows.length; from += settings.batch) {
      const batch = rows.slice(from, from + settings.batch);
      const passes = recipe.kind === 'diffusion' ? settings.draws : 1;
      for (let draw = 0; draw < passes; draw++) {
        const nats = await rowSums(trainable, batch, recipe, { source, from, draw, draws: passes });
        nats.forEach((sum, b) => {
          sums[from + b] = (sums[from + b] as number) + sum / passes;
        });
      }
    }
    losses.push(summary(source, sums, counts));
  }
  return losses;
}

interface DrawPlace {
  readonly source: string;
  /** Index of the first row of the batch. */
  readonly from: number;
  readonly draw: number;
  readonly draws: number;
}

/** Weighted cross-entropies of each row, summed. */
async function rowSums(
  trainable: Trainable,
  rows: readonly TrainingRow[],
  recipe: Recipe,
  place: DrawPlace,
): Promise<readonly Nats[]> {
  const { batch, times } = recipe.kind === 'diffusion' ? noised(rows, recipe, place) : causal(rows);
  const nats = await trainable.crossEntropies(batch);
  const sums = rows.map(() => 0);
  batch.rows.forEach((row, read) => {
    const b = Math.floor(row / batch.length);
    sums[b] = (sums[b] as number) + (nats[read] as number) / (times[b] as number);
  });
  return sums;
}

function noised(rows: readonly TrainingRow[], recipe: DiffusionRecipe, { source, from, draw, draws }: DrawPlace) {
  const fixed: DiffusionRecipe = { ...recipe, loss: 'fixed' };
  const times = rows.map((_, b) => (draw + stream(0, 'held-out time', source, from + b, draw).uniform(0)) / draws);
  const masked = rows.map((row, b) => {
    const random = stream(0, 'held-out mask', source, from + b, draw);
    return maskablePositions(row, fixed).filter((position) => random.uniform(position) < (times[b] as number));
  });
  return { batch: diffusionBatch(rows, { times, masked, attention: { kind: 'full' } }, fixed), times };
}

const causal = (rows: readonly TrainingRow[]) => ({ batch: causalBatch(rows), times: rows.map(() => 1) });

function learntTokens(row: TrainingRow, recipe: Recipe): Tokens {
  if (recipe.kind === 'diffusion') return maskablePositions(row, { ...recipe, loss: 'fixed' }).length;
  return row.learnt.subarray(1).reduce((sum, each) => sum + each, 0);
}

/** The ratio of totals, and its standard error by the delta method. */
function summary(source: string, sums: Float64Array, counts: readonly Tokens[]): HeldOutLoss {
  const tokens = counts.reduce((total, count) => total + count, 0);
  const natsPerToken = sums.reduce((total, sum) => total + sum, 0) / tokens;
  const squares = counts.reduce((total, count, b) => total + ((sums[b] as number) - natsPerToken * count) ** 2, 0);
  const rows = counts.length;
  const standardError = rows < 2 ? 0 : Math.sqrt((squares * rows) / (rows - 1)) / tokens;
  return { source, natsPerToken, standardError, rows, tokens };
}
