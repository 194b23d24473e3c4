/** The denoiser's view of an answer: some tokens replaced by the mask, the rest visible, and the masked ones asked for. */
import type { OwnDiffusion } from '../../architectures/architecture.ts';
import { stream } from '../../core/numbers/random.ts';
import type { Fraction } from '../../core/units.ts';
import { type AttentionPattern, countingPositions, type Read, type Sequence } from '../forward/sequence.ts';
import { predictingRow } from '../shift.ts';

/** How a diffusion model reads its input. */
export interface Denoiser {
  readonly maskId: number;
  readonly shift: boolean;
  /** Share of future attention entries that is open: 1 = bidirectional, 0 = causal. */
  readonly openFraction: number;
  /** The diffusion that the net was made for; absent: it was adapted. */
  readonly own?: OwnDiffusion;
  /** Tokens of a block where blocks are denoised one after another, each seeing itself and those before it; absent: all at once. */
  readonly blockLength?: number;
}

/**
 * What a net that is told of noise is told where a share of what is asked for is masked: a token that is masked with probability
 * m = 1 − exp(−σ) has σ = −ln(1 − m). So the net is a function of the tokens alone, as every bound here takes it. Noise ends where
 * its schedule does.
 *
 * @returns what is to be added to an input; nothing for nets that go by the tokens alone
 */
export function noiseAtShare({ own }: Denoiser, share: Fraction): Pick<Sequence, 'sigma'> {
  return own === undefined ? {} : toldNoise(own, sigmaAtShare(own, share));
}

export const sigmaAtShare = ({ schedule }: OwnDiffusion, share: Fraction): number =>
  Math.min(-Math.log1p(-share), schedule.total(1));

export const toldNoise = ({ readsNoise }: OwnDiffusion, sigma: number): Pick<Sequence, 'sigma'> =>
  readsNoise ? { sigma } : {};

/** Who sees whom under a denoiser; the same keys draw the same entries of a share of the future. */
export function attentionOf(
  length: number,
  { openFraction, blockLength }: Denoiser,
  seed: number,
  ...keys: readonly (string | number)[]
): AttentionPattern {
  if (blockLength !== undefined) return { kind: 'blocks', length: blockLength };
  return annealedAttention(length, openFraction, seed, ...keys);
}

/**
 * @param masked    positions to replace by the mask
 * @param asked     positions whose original token is asked for; those that no row predicts are left out
 * @param attention who sees whom
 */
export function noisedInput(
  ids: Int32Array,
  masked: readonly number[],
  asked: readonly number[],
  denoiser: Denoiser,
  attention: AttentionPattern,
): Sequence {
  const noised = ids.slice();
  for (const position of masked) noised[position] = denoiser.maskId;
  const reads: Read[] = [];
  for (const position of asked) {
    const row = predictingRow(position, denoiser.shift);
    if (row !== null) reads.push({ row, target: ids[position] as number });
  }
  return { ids: noised, positions: countingPositions(ids.length), attention, reads };
}

/**
 * Numbers of the draws of one query: entry (q, k) has number q · 65536 + k, so none is used twice in contexts of up to as many
 * tokens. Another value would open other entries.
 */
const DRAWS_A_QUERY = 65536;

/**
 * Attention with a share `openFraction` of the future open: entry (q, k) is open when k ≤ q or with that probability,
 * drawn once for all layers and heads.
 *
 * @param keys name the draw; the same keys open the same entries
 * @source Gong et al. 2024, arXiv 2410.17891, section 3.3 (attention mask annealing)
 */
export function annealedAttention(
  length: number,
  openFraction: number,
  seed: number,
  ...keys: readonly (string | number)[]
): AttentionPattern {
  if (openFraction >= 1) return { kind: 'full' };
  if (openFraction <= 0) return { kind: 'causal' };
  const random = stream(seed, 'attention', ...keys);
  const open = new Uint8Array(length * length);
  for (let q = 0; q < length; q++) {
    for (let k = 0; k < length; k++)
      open[q * length + k] = k <= q || random.uniform(q * DRAWS_A_QUERY + k) < openFraction ? 1 : 0;
  }
  return { kind: 'matrix', open };
}
