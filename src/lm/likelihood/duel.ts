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
  const paths = jobs.map(pathOf);
  for (;;) {
    const open = paths.filter((path) => path.isOpen());
    if (open.length === 0) return paths.map((path) => path.outcome());
    for (const path of open) path.request(denoiser, seed);
    await PassPool.run([...new Set(open.map(({ pool }) => pool))], forward);
    for (const path of open) path.reveal();
  }
}

/** An answer on its way. `request` and `reveal` follow each other, once a step. */
function pathOf(job: DuelJob) {
  const { key, pool, rule, priority } = job;
  const length = rule.block ?? Number.POSITIVE_INFINITY;
  /** Block of each position. */
  const blocks = new Map(job.lowered.scored.map((position, offset) => [position, Math.floor(offset / length)]));
  const order: number[] = [];
  const logprobs: Nats[] = [];
  let masked = job.scorable;
  let ticket: Ticket;
  let steps = 0;
  /** The masked positions of the first block that has any, first choice first. */
  const ranked = (readings: ReadonlyMap<number, ReadAnswer>): readonly number[] => {
    const current = blocks.get(masked[0] as number);
    const rankOf = priority ?? ((position) => surenessOf(rule.order, readings.get(position)?.certainty));
    return masked
      .filter((position) => blocks.get(position) === current)
      .map((position) => ({ position, rank: rankOf(position) }))
      .sort((a, b) => b.rank - a.rank || a.position - b.position)
      .map(({ position }) => position);
  };
  const count = (): number =>
    'perStep' in rule.pace ? rule.pace.perStep : Math.ceil(masked.length / Math.max(1, rule.pace.steps - steps));
  return {
    pool,
    isOpen: () => masked.length > 0,
    outcome: (): DuelOutcome => ({ order, logprobs, nfe: steps }),
    request(denoiser: Denoiser, seed: number): void {
      ticket = requestMasked(job, masked, denoiser, seed, key, -masked.length, pool);
    },
    reveal(): void {
      const readings = pool.readings(ticket);
      const byPosition = new Map(masked.map((position, i) => [position, readings[i] as ReadAnswer]));
      const revealed = ranked(byPosition).slice(0, count());
      order.push(...revealed);
      logprobs.push(...revealed.map((position) => (byPosition.get(position) as ReadAnswer).logprob));
      masked = masked.filter((position) => !revealed.includes(position));
      steps += 1;
    },
  };
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
