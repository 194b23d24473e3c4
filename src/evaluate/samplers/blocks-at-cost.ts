/** What is to be known of samplers in blocks before they run, in a sentence. */
import { samplersOf } from '../../options/sampler-spec.ts';
import type { ModelFiles } from '../run-parts.ts';

/**
 * Blocks that were asked for save nothing where a token sees the whole canvas: what is finished is computed again at every step, as what
 * stands there depends on what is still masked. Empty where there are none.
 */
export function blocksAtCost(
  models: readonly ModelFiles[],
  { sampler }: { readonly sampler: readonly string[] | null },
): readonly string[] {
  if (!samplersOf(sampler).some((choice) => choice?.block !== undefined)) return [];
  const names = models
    .filter(({ checkpoint: { options } }) => options.family === 'diffusion' && options.blockLength === undefined)
    .map(({ checkpoint }) => checkpoint.name);
  if (names.length === 0) return [];
  const who = [...new Set(names)].join(', ');
  return [
    `--sampler: no keys and values of finished blocks are reused with ${who}, where every token sees the whole canvas; each step computes all of it`,
  ];
}
