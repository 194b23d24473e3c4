/**
 * Likelihoods under deterministic samplers against those of the fixed passes, and what exact values cost beside the passes that they
 * are read off, each within one run.
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { ScoringSettings } from '../../src/core/model.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { planBlocks, scoreBlocks } from '../../src/lm/likelihood/block-bound.ts';
import { planBound, scoreBound } from '../../src/lm/likelihood/bound.ts';
import { duelQuantities } from '../../src/lm/likelihood/duel-quantities.ts';
import { exactLikelihoods } from '../../src/lm/likelihood/exact-likelihood.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { median } from '../median.ts';
import { hellaswagShaped, secondsOf, verdict } from './workbench.ts';

const DUEL_TARGET = 0.9;

export interface DuelLoad {
  readonly items: number;
  readonly context: number;
  readonly endings: number;
  readonly length: number;
}

interface Rate {
  passes: number;
  tokens: number;
  seconds: number;
}

/** Tokens a second of both, every item under every order, all items together. */
export async function duelRate(
  checkpoint: Checkpoint,
  engine: Engine,
  { rounds: count, ...load }: DuelLoad & { readonly rounds: number },
): Promise<string[]> {
  const [plain, sure] = [
    await openNet(checkpoint, engine),
    await openNet(checkpoint, engine, { measures: ['confidence'] }),
  ];
  const { maskId, shift } = checkpoint.options;
  const denoiser = { maskId: maskId as number, shift, openFraction: 1 };
  const answers = answersOf(checkpoint, load);
  const passes = 2 * Math.ceil(load.length / 2);
  const scoring = (net: OpenNet) => async (): Promise<Rate> => {
    const pools = answers.map(({ key, lowered }) => {
      const pool = new PassPool();
      return { pool, plan: planBound(lowered, key, denoiser, { seed: 0, passes }, pool) };
    });
    return counted(net.forward, async (forward) => {
      await PassPool.run(
        pools.map(({ pool }) => pool),
        forward,
      );
      for (const { pool, plan } of pools) scoreBound(plan, [8], pool);
    });
  };
  const dueling = (): Promise<Rate> => {
    const settings = { duel: ['duel:confidence'], steps: [], seed: 0 } satisfies Pick<
      ScoringSettings,
      'duel' | 'steps' | 'seed'
    >;
    return counted(sure.forward, async (forward) => {
      await duelQuantities(
        answers.map((answer) => ({ ...answer, pool: new PassPool() })),
        settings,
        denoiser,
        forward,
      );
    });
  };
  const jobs = [scoring(plain), dueling, scoring(sure)] as const;
  for (const job of jobs) await job(); // warm
  const rounds = await inRounds(jobs, count);
  await Promise.all([plain.dispose(), sure.dispose()]);
  const size = `${load.items} x ${load.endings} answers of ${load.length} after ${load.context} tokens`;
  return ['duel:confidence', 'the fixed passes with confidences'].map((name, i) => {
    const pairs = rounds.map((rates) => [rates[i + 1], rates[0]] as readonly [Rate, Rate]);
    const ratios = pairs.map(([rate, bound]) => rateOf(rate) / rateOf(bound));
    const what = `${name}, ${size}: tokens/s / those of the fixed passes, median of ${count} rounds`;
    return verdict(what, median(ratios), DUEL_TARGET, detailOf(ratios, ...(pairs[0] as readonly [Rate, Rate])));
  });
}

const rateOf = ({ tokens, seconds }: Rate): number => tokens / seconds;
const detailOf = (ratios: readonly number[], rate: Rate, bound: Rate): string =>
  `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; first ${rateOf(rate).toFixed(0)} against ${rateOf(bound).toFixed(0)} tokens/s; ${rate.passes} and ${bound.passes} passes`;

function answersOf(checkpoint: Checkpoint, { items, context, endings, length }: DuelLoad) {
  const rows = checkpoint.architecture.vocabularyRows;
  return hellaswagShaped(items, rows, context, endings, length).flatMap((item, i) =>
    item.map((lowered: Lowered, e) => ({ lowered, key: `bench/${i}/${e}` })),
  );
}

/** Passes and tokens that go through the network, and the time of all. */
async function counted(forward: Forward, work: (forward: Forward) => Promise<void>): Promise<Rate> {
  let [passes, tokens] = [0, 0];
  const seconds = await secondsOf(() =>
    work((sequences) => {
      passes += sequences.length;
      for (const { ids } of sequences) tokens += ids.length;
      return forward(sequences);
    }),
  );
  return { passes, tokens, seconds };
}

/** The rates of each round, in the order of the jobs: what slows the machine down slows neighbours down alike. */
async function inRounds(jobs: readonly (() => Promise<Rate>)[], count: number): Promise<readonly (readonly Rate[])[]> {
  const rounds: Rate[][] = [];
  for (let round = 0; round < count; round++) {
    const rates: Rate[] = [];
    for (const job of jobs) rates.push(await job());
    rounds.push(rates);
  }
  return rounds;
}

const MOST_SHARE = 0.03;

/** Of answers short enough for all masks: the share of the wall time that goes into values that are no bounds. */
export async function exactShare(checkpoint: Checkpoint, engine: Engine, load: DuelLoad): Promise<string> {
  const net = await openNet(checkpoint, engine);
  const { maskId, shift } = checkpoint.options;
  const denoiser = { maskId: maskId as number, shift, openFraction: 1 };
  const answers = answersOf(checkpoint, load);
  const steps = [1, 2, 4, 8, 16, 32];
  const plans = answers.map(({ key, lowered }) => {
    const pool = new PassPool();
    return { pool, blocks: planBlocks(lowered, key, denoiser, { passes: 2 ** load.length - 1, seed: 0 }, pool) };
  });
  const run = await counted(net.forward, async (forward) => {
    await PassPool.run(
      plans.map(({ pool }) => pool),
      forward,
    );
    for (const { pool, blocks } of plans) scoreBlocks(blocks, steps, pool);
  });
  const tables = plans.flatMap(({ pool, blocks }) =>
    blocks.map(({ bound }) => bound.tickets.map((ticket) => pool.readings(ticket).map(({ logprob }) => logprob))),
  );
  const seconds = await secondsOf(async () => {
    for (const table of tables) {
      const exact = exactLikelihoods((masked) => table[masked - 1] as readonly number[], load.length);
      for (const T of steps) exact.ofSteps(T);
    }
  });
  await net.dispose();
  const share = seconds / run.seconds;
  const what = `marginal and likelihood@T at ${steps.length} T, ${answers.length} answers of ${load.length} tokens: share of wall time`;
  const detail = `${(1000 * seconds).toFixed(1)} ms of ${run.seconds.toFixed(2)} s, ${run.passes} passes of ${answers.length} x (2^${load.length} - 1) masks, none further`;
  return `${share <= MOST_SHARE && run.passes <= answers.length * (2 ** load.length - 1) ? 'ok  ' : 'MISS'} ${what}: ${(100 * share).toFixed(2)} % (limit 3 %); ${detail}`;
}
