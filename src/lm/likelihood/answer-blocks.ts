/** An answer cut into the blocks in which a model denoises. */
import type { Lowered } from '../lowering/lowered.ts';
import type { Denoiser } from './noised-input.ts';

/** The part of an answer that stands in one block, after all that comes before it; `index` is null where there are no blocks. */
export interface AnswerBlock {
  readonly index: number | null;
  readonly lowered: Lowered;
}

/** null where there are no blocks. */
export const blockOf = (position: number, { blockLength }: Pick<Denoiser, 'blockLength'>): number | null =>
  blockLength === undefined ? null : Math.floor(position / blockLength);

export function blocksOf(lowered: Lowered, denoiser: Denoiser): readonly AnswerBlock[] {
  const { blockLength, maskId } = denoiser;
  if (blockLength === undefined) return [{ index: null, lowered }];
  const indices = new Set(lowered.scored.map((position) => Math.floor(position / blockLength)));
  return [...indices].map((index) => {
    const ids = new Int32Array((index + 1) * blockLength).fill(maskId);
    ids.set(lowered.ids.subarray(0, ids.length));
    const scored = lowered.scored.filter((position) => blockOf(position, denoiser) === index);
    return { index, lowered: { ids, scored, crossing: lowered.crossing } };
  });
}
