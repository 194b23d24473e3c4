/**
 * Requests in token ids, answered without a task: what `bench score` serves, so that any other program can be checked
 * against us. Each answer depends on its own request alone.
 */
import { HarnessError } from '../../core/errors.ts';
import type { MonteCarlo, Quantity } from '../../core/response.ts';
import type { Nats } from '../../core/units.ts';
import { PassPool, type Ticket } from '../forward/pass-pool.ts';
import type { AttentionPattern, Forward, Sequence } from '../forward/sequence.ts';
import { branch, scoreBranches } from '../likelihood/autoregressive.ts';
import { type BoundPlan, planBound, scoreBound } from '../likelihood/bound.ts';
import { annealedAttention, type Denoiser, noisedInput } from '../likelihood/noised-input.ts';
import type { Lowered } from '../lowering/lowered.ts';
import { predictingRow } from '../shift.ts';

export type DirectRequest =
  /** Σ log p of the scored ids, left to right. */
  | { readonly kind: 'loglikelihood'; readonly lowered: Lowered }
  /** One forward with exactly these positions masked. */
  | {
      readonly kind: 'masked';
      readonly ids: Int32Array;
      readonly mask: readonly number[];
      readonly attention: number | Uint8Array;
      readonly key: string;
    }
  /** The likelihood bound of the scored positions given the others. */
  | { readonly kind: 'denoising'; readonly lowered: Lowered; readonly steps: readonly number[]; readonly key: string };

export type DirectAnswer =
  | { readonly sum: Nats; readonly tokens: readonly Nats[]; readonly greedy: boolean }
  /** Log-probability of the original token at each masked position; null where no row predicts it. */
  | { readonly tokens: Readonly<Record<string, Nats | null>> }
  | {
      readonly nelbo: Nats;
      readonly stderr: Nats;
      readonly nelbo_T: Readonly<Record<string, Nats>>;
      readonly official_T: Readonly<Record<string, Nats>>;
      readonly nelbo_T_stderr: Readonly<Record<string, Nats>>;
      readonly official_T_stderr: Readonly<Record<string, Nats>>;
      /** e(k), k = 1 … L; null where no draw had that k. */
      readonly e: readonly (Nats | null)[];
      readonly exact: boolean;
      readonly nfe: number;
    };

export interface DirectModel {
  readonly forward: Forward;
  /** null for autoregressive models. */
  readonly denoiser: Denoiser | null;
  readonly passes: number;
  readonly seed: number;
}

/** Answers in order; the sequences of all requests share batches. */
export async function answerDirectly(
  requests: readonly DirectRequest[],
  model: DirectModel,
): Promise<readonly DirectAnswer[]> {
  const jobs = requests.map((request) => plan(request, model));
  const pools = jobs.map((job) => job.pool);
  await PassPool.run(pools, model.forward);
  return jobs.map((job) => job.answer());
}

interface Job {
  readonly pool: PassPool;
  answer(): DirectAnswer;
}

function plan(request: DirectRequest, model: DirectModel): Job {
  switch (request.kind) {
    case 'loglikelihood':
      return planLoglikelihood(request.lowered);
    case 'masked':
      return planMasked(request, requireDenoiser(model), model.seed);
    case 'denoising':
      return planDenoising(request, requireDenoiser(model), model);
    default:
      return request satisfies never;
  }
}

function planLoglikelihood(lowered: Lowered): Job {
  const pool = new PassPool();
  const branched = branch([lowered]);
  const ticket = pool.request(branched.sequence, 'branches');
  return {
    pool,
    answer: () => {
      const [score] = scoreBranches([lowered], branched, pool.raw(ticket));
      const tokens = score?.tokenLogprobs ?? [];
      return { sum: score?.quantities.loglikelihood?.value ?? 0, tokens, greedy: score?.greedy === true };
    },
  };
}

function planMasked(
  { ids, mask, attention, key }: Extract<DirectRequest, { kind: 'masked' }>,
  denoiser: Denoiser,
  seed: number,
): Job {
  const pool = new PassPool();
  const pattern: AttentionPattern =
    typeof attention === 'number'
      ? annealedAttention(ids.length, attention, seed, key)
      : { kind: 'matrix', open: attention };
  const predicted = mask.filter((position) => predictingRow(position, denoiser.shift) !== null);
  const sequence: Sequence = noisedInput(ids, mask, predicted, denoiser, pattern);
  const ticket: Ticket | null = predicted.length === 0 ? null : pool.request(sequence, 'given');
  return {
    pool,
    answer: () => {
      const readings = ticket === null ? [] : pool.readings(ticket);
      const found = new Map(predicted.map((position, i) => [position, readings[i]?.logprob ?? null]));
      return { tokens: Object.fromEntries(mask.map((position) => [position, found.get(position) ?? null])) };
    },
  };
}

function planDenoising(
  { lowered, steps, key }: Extract<DirectRequest, { kind: 'denoising' }>,
  denoiser: Denoiser,
  { passes, seed }: DirectModel,
): Job {
  const pool = new PassPool();
  const bound: BoundPlan = planBound(lowered, key, denoiser, { passes, seed }, pool);
  return {
    pool,
    answer: () => {
      const { score } = scoreBound(bound, steps, pool);
      const of = (quantity: Quantity): MonteCarlo => score.quantities[quantity] as MonteCarlo;
      const byStep = (name: 'nelbo' | 'official', field: keyof MonteCarlo) =>
        Object.fromEntries(steps.map((T) => [T, of(`${name}@${T}`)[field]]));
      return {
        nelbo: of('nelbo').value,
        stderr: of('nelbo').stderr,
        nelbo_T: byStep('nelbo', 'value'),
        official_T: byStep('official', 'value'),
        nelbo_T_stderr: byStep('nelbo', 'stderr'),
        official_T_stderr: byStep('official', 'stderr'),
        e: score.maskedCrossEntropy ?? [],
        exact: score.exact,
        nfe: pool.size,
      };
    },
  };
}

function requireDenoiser({ denoiser }: DirectModel): Denoiser {
  if (denoiser !== null) return denoiser;
  throw new HarnessError('bad-request', 'this kind of request needs a diffusion model, the model is autoregressive', {
    hint: 'for a diffusion checkpoint without bench.json add --family diffusion --mask-id N',
  });
}
