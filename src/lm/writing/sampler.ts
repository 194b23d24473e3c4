/** How a masked-diffusion model writes: which positions are revealed when, and how their tokens are chosen. */
import { HarnessError } from '../../core/errors.ts';
import { OWN_SAMPLERS, type OwnSampler } from '../../core/names.ts';
import { type RandomStream, stream } from '../../core/numbers/random.ts';
import type { Fraction, Tokens } from '../../core/units.ts';

export const REVEAL_ORDERS = ['confidence', 'random-keep'] as const;
/** `confidence`: the surest predictions first. `random-keep`: positions chosen at random. */
export type RevealOrder = (typeof REVEAL_ORDERS)[number];

/** Those of any denoiser, and those of networks that were published with their own (`own-sampler.ts`). */
export const SAMPLERS = [...REVEAL_ORDERS, ...OWN_SAMPLERS] as const;

export function isOwn(order: RevealOrder | OwnSampler): order is OwnSampler {
  return OWN_SAMPLERS.some((own) => own === order);
}

/**
 * `paper`: the published procedure with its quirks; `canonical`: an exact number of positions a step, chosen among the masked
 * ones, no forward that changes nothing, and the mask is never written. `lm/writing/reveal-order.ts` has the orders of both.
 */
export type SamplerForm = 'paper' | 'canonical';

export interface SamplerOptions {
  readonly order?: RevealOrder | OwnSampler;
  readonly form?: SamplerForm;
  /** Denoising steps K. */
  readonly steps: number;
  /** Divides the logits before anything else; 0 is `argmax` at temperature 1. */
  readonly temperature?: number;
  readonly tokens?: 'argmax' | 'drawn';
  readonly topP?: Fraction;
  readonly seed?: number;
}

export interface Sampler {
  readonly order: RevealOrder | OwnSampler;
  readonly form: SamplerForm;
  readonly steps: number;
  readonly temperature: number;
  /** `argmax`: the most likely token; `drawn`: a token at random from the distribution. */
  readonly tokens: 'argmax' | 'drawn';
  /** Share of the distribution that is drawn from; 1 = all. Plays no part in `argmax`. */
  readonly topP: Fraction;
  readonly seed: number;
}

/**
 * Defaults: canonical, by confidence, argmax (or drawn, where a temperature is given), temperature 1, no top-p, seed 0. Networks'
 * own samplers always draw.
 *
 * @throws HarnessError 'bad-request' for numbers out of range, and for top-p with argmax
 */
export function resolveSampler(options: SamplerOptions): Sampler {
  const { order = 'confidence', form = 'canonical', steps, temperature = 0, topP = 1, seed = 0 } = options;
  const tokens = options.tokens ?? (temperature === 0 && !isOwn(order) ? 'argmax' : 'drawn');
  if (!(Number.isInteger(steps) && steps >= 1)) refuse(`steps must be a whole number from 1, not ${steps}`);
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY)) refuse(`temperature ${temperature} is negative`);
  if (isOwn(order) && tokens === 'argmax') refuse(`tokens are drawn under ${order}, not argmax`);
  if (tokens === 'drawn' && temperature === 0 && !isOwn(order)) refuse('tokens cannot be drawn at temperature 0');
  if (!(topP > 0 && topP <= 1)) refuse(`top-p must lie in (0, 1], not ${topP}`);
  if (tokens === 'argmax' && topP < 1) refuse('top-p needs drawn tokens: give a temperature above 0');
  return { order, form, steps, tokens, temperature: temperature === 0 ? 1 : temperature, topP, seed };
}

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

export function seededDraws(seed: number, key: string, draw: number): Draws {
  const drawn = (purpose: string) => {
    const streams = new Map<number, RandomStream>();
    return (remaining: number, position: number): number => {
      const known = streams.get(remaining) ?? stream(seed, purpose, key, draw, remaining);
      streams.set(remaining, known);
      return known.uniform(position);
    };
  };
  return { reveal: drawn('reveal'), token: drawn('token') };
}
