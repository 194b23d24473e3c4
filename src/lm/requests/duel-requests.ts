/** Answers in token ids, weighed under deterministic samplers: a part of what `bench score` serves. */
import type { DuelRule } from '../../core/duel-rule.ts';
import type { Nats } from '../../core/units.ts';
import { PassPool } from '../forward/pass-pool.ts';
import type { Forward } from '../forward/sequence.ts';
import { type DuelJob, duel, duelParts, duelSum } from '../likelihood/duel.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import type { Lowered } from '../lowering/lowered.ts';

export interface DuelRequest {
  readonly kind: 'duel';
  readonly lowered: Lowered;
  readonly rule: DuelRule;
}

export interface DuelAnswer {
  /** Positions as they were revealed. */
  readonly order: readonly number[];
  /** Log-probability of the true token by position; only of those that a row predicts. */
  readonly tokens: Readonly<Record<string, Nats>>;
  readonly sum: Nats;
  readonly nfe: number;
}

export interface DuelModel {
  /** Of a net that was opened with its certainties. */
  readonly forward: Forward;
  readonly denoiser: Denoiser;
}

/** Answers in order; the passes of all share batches. Where a model denoises block by block, each block is revealed by the rule. */
export async function answerDuels(
  requests: readonly DuelRequest[],
  { forward, denoiser }: DuelModel,
): Promise<readonly DuelAnswer[]> {
  const parts = requests.map(({ lowered, rule }) =>
    duelParts({ lowered, key: '', pool: new PassPool() }, denoiser).map((part): DuelJob => ({ ...part, rule })),
  );
  const outcomes = await duel(parts.flat(), denoiser, 0, forward);
  let from = 0;
  return parts.map(({ length }) => {
    const own = outcomes.slice(from, from + length);
    from += length;
    const order = own.flatMap((outcome) => outcome.order);
    const logprobs = own.flatMap((outcome) => outcome.logprobs);
    return {
      order,
      tokens: Object.fromEntries(order.map((position, i) => [position, logprobs[i] as Nats])),
      sum: own.reduce((sum, outcome) => sum + duelSum(outcome), 0),
      nfe: own.reduce((passes, { nfe }) => passes + nfe, 0),
    };
  });
}
