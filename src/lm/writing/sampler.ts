/** How a masked-diffusion model writes: which positions are revealed when, and how their tokens are chosen. */
import { HarnessError } from '../../core/errors.ts';
import { isOwn, type SamplerName, THRESHOLDS } from '../../core/samplers/choice.ts';
import type { Fraction, Tokens } from '../../core/units.ts';

/**
 * `paper`: the published procedure with its quirks; `canonical`: an exact number of positions a step, chosen among the masked
 * ones, no forward that changes nothing, and the mask is never written. `lm/writing/reveal-order.ts` has the orders of both.
 */
export type SamplerForm = 'paper' | 'canonical';

export interface Sampler {
  readonly order: SamplerName;
  readonly form: SamplerForm;
  /** Denoising steps K. */
  readonly steps: number;
  /** Divides the logits before anything else. */
  readonly temperature: number;
  /** `argmax`: the most likely token; `drawn`: a token at random from the distribution. */
  readonly tokens: 'argmax' | 'drawn';
  /** Share of the distribution that is drawn from; 1 = all. Plays no part in `argmax`. */
  readonly topP: Fraction;
  /** Tokens of the distribution that are drawn from, before top-p; null = all. Plays no part in `argmax`. */
  readonly topK: number | null;
  /** Maskable positions of a block; blocks are revealed left to right, K steps over all of them. null: all in one. */
  readonly block: Tokens | null;
  /** Probability above which a prediction is revealed; null: none. */
  readonly threshold: Fraction | null;
  readonly seed: number;
}

/** Temperature 0 is `argmax` at temperature 1. */
export interface SamplerOptions extends Partial<Sampler> {
  readonly steps: number;
  readonly threshold?: Fraction;
}

/**
 * Defaults: canonical, by confidence, argmax (or drawn, where a temperature is given), temperature 1, no top-p, no top-k, no blocks,
 * the published threshold, seed 0. Networks' own samplers always draw.
 *
 * @throws HarnessError 'bad-request' for numbers out of range, and for what plays no part
 */
export function resolveSampler(options: SamplerOptions): Sampler {
  const { order = 'confidence', form = 'canonical', steps, temperature = 0, seed = 0 } = options;
  const { topP = 1, topK = null, block = null, threshold = THRESHOLDS[order] ?? null } = options;
  const tokens = options.tokens ?? (temperature === 0 && !isOwn(order) ? 'argmax' : 'drawn');
  if (!isCount(steps)) refuse(`steps must be a whole number from 1, not ${steps}`);
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY)) refuse(`temperature ${temperature} is negative`);
  if (isOwn(order) && tokens === 'argmax') refuse(`tokens are drawn under ${order}, not argmax`);
  if (tokens === 'drawn' && temperature === 0 && !isOwn(order)) refuse('tokens cannot be drawn at temperature 0');
  requireNucleus(tokens, topP, topK);
  requireReveal(order, block, threshold);
  const drawn = { tokens, temperature: temperature === 0 ? 1 : temperature, topP, topK };
  return { order, form, steps, ...drawn, block, threshold, seed };
}

function requireNucleus(tokens: Sampler['tokens'], topP: Fraction, topK: number | null): void {
  if (!(topP > 0 && topP <= 1)) refuse(`top-p must lie in (0, 1], not ${topP}`);
  if (topK !== null && !isCount(topK)) refuse(`top-k must be a whole number from 1, not ${topK}`);
  if (tokens === 'argmax' && topP < 1) refuse('top-p needs drawn tokens: give a temperature above 0');
  if (tokens === 'argmax' && topK !== null) refuse('top-k needs drawn tokens: give a temperature above 0');
}

function requireReveal(order: SamplerName, block: Tokens | null, threshold: Fraction | null): void {
  if (block !== null && !isCount(block)) refuse(`block must be a whole number from 1, not ${block}`);
  if (block !== null && isOwn(order)) refuse(`${order} has no blocks but those of its network`);
  if (block === null && order === 'block') refuse('block needs the tokens of a block, such as block=32');
  if (threshold === null) return;
  if (THRESHOLDS[order] === undefined)
    refuse(`${order} goes by no threshold; ${Object.keys(THRESHOLDS).join(' and ')} do`);
  if (!(threshold > 0 && threshold < 1)) refuse(`threshold must lie between 0 and 1, not ${threshold}`);
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function refuse(message: string): never {
  throw new HarnessError('bad-request', message);
}

/** A row of tokens, some positions of which are to be written. */
export interface Canvas {
  /** Names the canvas in the random streams: the same key, draw and seed give the same text in any company. */
  readonly key: string;
  /** Number of the repetition. */
  readonly draw: number;
  /** What stands at a maskable position plays no part, except at position 0 under the shift, which keeps its token. */
  readonly ids: Int32Array;
  /** Positions to be written, ascending: anywhere in the row. */
  readonly maskable: readonly number[];
}

/** @throws HarnessError 'bad-request' for positions outside the row or out of order, 'context-overflow' for a row too long */
export function checkCanvas({ key, ids, maskable }: Canvas, contextLength: Tokens): void {
  if (ids.length > contextLength) {
    throw new HarnessError('context-overflow', `${key}: ${ids.length} tokens; the model reads ${contextLength}`);
  }
  maskable.forEach((position, i) => {
    const isInside = Number.isInteger(position) && position >= 0 && position < ids.length;
    if (isInside && (i === 0 || position > (maskable[i - 1] as number))) return;
    throw new HarnessError('bad-request', `${key}: maskable position ${position} is outside the row or out of order`);
  });
}

/** The random numbers of one canvas, each a function of what it is for. */
export interface Draws {
  /** Decides when `position` is revealed; `remaining` as in `reveal-order.ts`. */
  reveal(remaining: number, position: number): number;
  /** Decides the token of `position`. */
  token(remaining: number, position: number): number;
}
