/**
 * Monte-Carlo error of the margin between two choices: `canonical` at 16 passes a choice against `paper` at T = 32, on the
 * same items and quantity. Uses a small random net whose predictions vary with context (test/golden/data/diffugpt-tiny).
 */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Quantity } from '../../src/core/response.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import { planBound, scoreBound } from '../../src/lm/likelihood/bound.ts';
import { estimate } from '../../src/lm/likelihood/elbo.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import { planOfficial, scoreOfficial } from '../../src/lm/likelihood/official-plan.ts';
import { rank } from '../../src/lm/likelihood/ranking.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { hellaswagShaped, verdict } from './workbench.ts';

const T = 32;
const PASSES = 16;
const SEEDS = 60;
const QUANTITY: Quantity = `official@${T}`;

/** Root mean square over items of the seed-to-seed deviation of the margin between choices 0 and 1. */
export async function marginNoise(checkpoint: Checkpoint, engine: Engine): Promise<string[]> {
  const net = checkpoint.architecture;
  const forward = forwardWith(await engine.compile(logprobProgram(net), checkpoint.tensors), net);
  const denoiser: Denoiser = { maskId: checkpoint.options.maskId as number, shift: true, openFraction: 1 };
  const items = hellaswagShaped(6, net.vocabularyRows, 70, 2, 25);
  const paper = await deviations(
    items,
    (item, seed, pool) => {
      const plans = item.map((choice, c) => planOfficial(choice, `noise/${c}`, denoiser, { steps: [T], seed }, pool));
      return () => plans.map((plan) => scoreOfficial(plan, pool));
    },
    forward,
  );
  const canonical = await deviations(
    items,
    (item, seed, pool) => {
      const plans = item.map((choice) => planBound(choice, 'noise', denoiser, { passes: PASSES, seed }, pool));
      return () => plans.map((plan) => scoreBound(plan, [T], pool));
    },
    forward,
  );
  const detail =
    `${paper.deviation.toFixed(4)} with ${T} draws a choice (reported ${paper.reported.toFixed(4)}), ` +
    `${canonical.deviation.toFixed(4)} with ${PASSES} passes (reported ${canonical.reported.toFixed(4)}), nats, ${SEEDS} seeds x ${items.length} items`;
  return [
    verdict(`margin of ${QUANTITY}, deviation of paper / canonical`, paper.deviation / canonical.deviation, 1, detail),
  ];
}

type Planner = (
  item: readonly Lowered[],
  seed: number,
  pool: PassPool,
) => () => readonly ReturnType<typeof scoreBound>[];

async function deviations(
  items: readonly (readonly Lowered[])[],
  plan: Planner,
  forward: ReturnType<typeof forwardWith>,
): Promise<{ readonly deviation: number; readonly reported: number }> {
  let [variance, reported] = [0, 0];
  for (const item of items) {
    const pools = Array.from({ length: SEEDS }, () => new PassPool());
    const readers = pools.map((pool, seed) => plan(item, seed, pool));
    await PassPool.run(pools, forward);
    const margins: number[] = [];
    for (const read of readers) {
      const combinations = read().map(({ combinations: all }) => all.get(QUANTITY) ?? { exact: 0, draws: [] });
      const contenders = combinations.map((combination) => ({ combination, tokens: 25, answer: 'x' }));
      margins.push(
        estimate(combinations[0] as (typeof combinations)[number]).value -
          estimate(combinations[1] as (typeof combinations)[number]).value,
      );
      reported +=
        (rank(QUANTITY, contenders, ['sum'])[`${QUANTITY}/sum`]?.stderr as number) ** 2 / SEEDS / items.length;
    }
    const mean = margins.reduce((a, b) => a + b, 0) / SEEDS;
    variance += margins.reduce((sum, margin) => sum + (margin - mean) ** 2, 0) / (SEEDS - 1) / items.length;
  }
  return { deviation: Math.sqrt(variance), reported: Math.sqrt(reported) };
}
