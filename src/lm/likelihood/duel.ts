/**
 * The likelihood of an answer under a sampler whose positions follow from the current state alone, and whose tokens are drawn: the
 * sampler is run with the truth. At each step the rule chooses positions by what the net predicts there, the true tokens are
 * revealed, and their log-probabilities, all of this one pass, are added up. Exact, of any length, one pass a step.
 *
 * No likelihood comes of samplers that look at the tokens they drew, put argmax tokens, or mask again what they revealed.
 *
 * @source Turok et al. 2026 (DUEL, arXiv 2603.01367); `giladturok/duel-code` at 0afae1c, but that what is masked is remembered, not
 *         read off the ids, so that an answer may hold the mask token
 */
import type { DuelOrder, DuelRule } from '../../core/duel-rule.ts';
import type { Nats } from '../../core/units.ts';
import { type Certainty, PassPool, type ReadAnswer, type Ticket } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { predictable } from '../shift.ts';
import { blocksOf } from './answer-blocks.ts';
import { type BoundPlan, requestMasked } from './bound.ts';
import type { Denoiser } from './noised-input.ts';

/** One answer under one rule. */
export interface DuelJob extends Pick<BoundPlan, 'lowered' | 'scorable'> {
  readonly rule: DuelRule;
  /** A fixed order instead of the rule's: highest first. */
  readonly priority?: (position: number) => number;
  /** Names the question. */
  readonly key: string;
  readonly pool: PassPool;
}

export interface DuelOutcome {
  /** Positions as they were revealed, within a step the first choice first. */
  readonly order: readonly number[];
  /** Log-probability of the true token at each of them, in that order. */
  readonly logprobs: readonly Nats[];
  /** Steps, each one pass. */
  readonly nfe: number;
}

/** The parts of an answer in which rules reveal it: each block by itself where a model denoises block by block. */
export function duelParts(
  { lowered, key, pool }: Pick<DuelJob, 'lowered' | 'key' | 'pool'>,
  denoiser: Denoiser,
): readonly Pick<DuelJob, 'lowered' | 'scorable' | 'key' | 'pool'>[] {
  return blocksOf(lowered, denoiser).map(({ lowered: part }) => {
    return { lowered: part, scorable: predictable(part.scored, denoiser.shift), key, pool };
  });
}

/** Outcomes of several answers and rules at once, in order; a pass that a pool holds is not run again. */
export async function duel(
  jobs: readonly DuelJob[],
  denoiser: Denoiser,
  seed: number,
  forward: Forward,
): Promise<readonly DuelOutcome[]> {
  const paths = jobs.map((job) => new Path(job));
  for (;;) {
    const open = paths.filter((path) => path.isOpen);
    if (open.length === 0) return paths.map((path) => path.outcome);
    for (const path of open) path.request(denoiser, seed);
    await PassPool.run([...new Set(open.map(({ pool }) => pool))], forward);
    for (const path of open) path.reveal();
  }
}

/** An answer on its way. `request` and `reveal` follow each other, once a step. */
class Path {
  readonly #job: DuelJob;
  /** Block of each position. */
  readonly #blocks: ReadonlyMap<number, number>;
  readonly #order: number[] = [];
  readonly #logprobs: Nats[] = [];
  #masked: readonly number[];
  #ticket: Ticket | null = null;
  #steps = 0;

  constructor(job: DuelJob) {
    this.#job = job;
    this.#masked = job.scorable;
    const length = job.rule.block ?? Number.POSITIVE_INFINITY;
    this.#blocks = new Map(job.lowered.scored.map((position, offset) => [position, Math.floor(offset / length)]));
  }

  get isOpen(): boolean {
    return this.#masked.length > 0;
  }

  get pool(): PassPool {
    return this.#job.pool;
  }

  get outcome(): DuelOutcome {
    return { order: this.#order, logprobs: this.#logprobs, nfe: this.#steps };
  }

  request(denoiser: Denoiser, seed: number): void {
    const { key, pool } = this.#job;
    this.#ticket = requestMasked(this.#job, this.#masked, denoiser, seed, key, -this.#masked.length, pool);
  }

  reveal(): void {
    const readings = this.pool.readings(this.#ticket as Ticket);
    const byPosition = new Map(this.#masked.map((position, i) => [position, readings[i] as ReadAnswer]));
    const revealed = this.#ranked(byPosition).slice(0, this.#count());
    this.#order.push(...revealed);
    this.#logprobs.push(...revealed.map((position) => (byPosition.get(position) as ReadAnswer).logprob));
    this.#masked = this.#masked.filter((position) => !revealed.includes(position));
    this.#steps += 1;
  }

  /** The masked positions of the first block that has any, first choice first. */
  #ranked(readings: ReadonlyMap<number, ReadAnswer>): readonly number[] {
    const { order } = this.#job.rule;
    const current = this.#blocks.get(this.#masked[0] as number);
    const { priority = (position: number) => surenessOf(order, readings.get(position)?.certainty) } = this.#job;
    return this.#masked
      .filter((position) => this.#blocks.get(position) === current)
      .map((position) => ({ position, rank: priority(position) }))
      .sort((a, b) => b.rank - a.rank || a.position - b.position)
      .map(({ position }) => position);
  }

  #count(): number {
    const { pace } = this.#job.rule;
    if ('perStep' in pace) return pace.perStep;
    return Math.ceil(this.#masked.length / Math.max(1, pace.steps - this.#steps));
  }
}

/** Higher comes first; equal for all where the order is that of positions. */
function surenessOf(order: DuelOrder, certainty: Certainty | undefined): number {
  if (order === 'left-to-right') return 0;
  const found = certainty?.[order];
  if (found === undefined) throw new TypeError(`the net was not opened to say its ${order}`);
  return order === 'entropy' ? -found : found;
}

/** log p of the answer under the rule, summed. */
export const duelSum = ({ logprobs }: DuelOutcome): Nats => logprobs.reduce((sum, logprob) => sum + logprob, 0);
