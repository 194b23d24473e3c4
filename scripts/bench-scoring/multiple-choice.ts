/** Multiple-choice scoring against one sequence at a time with full logits, on the same engine, with equal results. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { forwardWith, packSequences } from '../../src/lm/forward/forward.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import { countingPositions, type Forward, type Sequence } from '../../src/lm/forward/sequence.ts';
import { scoreBranches } from '../../src/lm/language-model.ts';
import { officialMask, officialScore } from '../../src/lm/likelihood/official.ts';
import { planOfficial, scoreOfficial } from '../../src/lm/likelihood/official-plan.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { logitsProgram, logprobProgram } from '../../src/programs/readout.ts';
import { bestOfAlternating, hellaswagShaped, verdict } from './workbench.ts';

const TOLERANCE = 1e-4;

/** AR: shared prefixes, no padding, only read rows projected, against batch 1 with all logits. */
export async function autoregressiveRatio(checkpoint: Checkpoint, engine: Engine): Promise<string[]> {
  const items = hellaswagShaped(12, checkpoint.architecture.vocabularyRows);
  const { forward, fullLogprobs, dispose } = await bothWays(checkpoint, engine);
  const ours = async (): Promise<number[]> => {
    const branched = items.map(branch);
    const readings = await forward(branched.map(({ sequence }) => sequence));
    return items.flatMap((item, i) =>
      scoreBranches(item, branched[i] as (typeof branched)[number], readings[i] as (typeof readings)[number]).map(
        (score) => score.quantities.loglikelihood?.value as number,
      ),
    );
  };
  const oneAtATime = async (): Promise<number[]> => {
    const sums: number[] = [];
    for (const { ids, scored } of items.flat()) {
      const at = await fullLogprobs(ids, { kind: 'causal' });
      sums.push(scored.reduce((sum, position) => sum + at(position - 1, ids[position] as number), 0));
    }
    return sums;
  };
  const [a, b] = [await ours(), await oneAtATime()];
  const apart = Math.max(...a.map((sum, i) => Math.abs(sum - (b[i] as number)) / 25));
  const [fast, slow] = await bestOfAlternating(3, ours, oneAtATime);
  await dispose();
  const rates = `${(items.length / fast).toFixed(2)} against ${(items.length / slow).toFixed(2)} items/s`;
  return [
    verdict('AR, 4 endings of 25 after 70 tokens, items/s ratio', slow / fast, 2.5, rates),
    equality('AR, largest difference of a token log-probability', apart),
  ];
}

/** Diffusion under `paper` at T = 32, against batch 1 with all logits; same seeded masks. */
export async function officialRatio(checkpoint: Checkpoint, engine: Engine): Promise<string[]> {
  const T = 32;
  const items = hellaswagShaped(1, checkpoint.architecture.vocabularyRows);
  const { forward, fullLogprobs, dispose } = await bothWays(checkpoint, engine);
  const maskId = checkpoint.options.maskId as number;
  const denoiser = { maskId, shift: true, openFraction: 1 };
  const key = (item: number, choice: number) => `bench/${item}/${choice}`;
  const ours = async (): Promise<number[]> => {
    const pool = new PassPool();
    const plans = items.flatMap((item, i) =>
      item.map((choice, c) => planOfficial(choice, key(i, c), denoiser, { steps: [T], seed: 0 }, pool)),
    );
    await PassPool.run([pool], forward);
    return plans.map((plan) => scoreOfficial(plan, pool).score.quantities[`official@${T}`]?.value as number);
  };
  const oneAtATime = async (): Promise<number[]> => {
    const scores: number[] = [];
    for (const [i, item] of items.entries()) {
      for (const [c, choice] of item.entries()) scores.push(await slowOfficial(choice, key(i, c)));
    }
    return scores;
  };
  const slowOfficial = async ({ ids, scored }: Lowered, name: string): Promise<number> => {
    const steps = [];
    for (let t = T; t >= 1; t--) {
      const masked = officialMask(scored, t, T, 0, name, T);
      const noised = ids.map((id, position) => (masked.includes(position) ? maskId : id));
      const at = await fullLogprobs(noised, { kind: 'full' });
      steps.push({ sum: -masked.reduce((sum, p) => sum + at(p - 1, ids[p] as number), 0), count: masked.length });
    }
    return officialScore(steps);
  };
  const [a, b] = [await ours(), await oneAtATime()];
  const apart = Math.max(...a.map((score, i) => Math.abs(score - (b[i] as number))));
  const [fast, slow] = await bestOfAlternating(2, ours, oneAtATime);
  await dispose();
  const rates = `${(items.length / fast).toFixed(3)} against ${(items.length / slow).toFixed(3)} items/s`;
  return [
    verdict('diffusion, `paper` at T = 32, items/s ratio', slow / fast, 1.5, rates),
    equality('diffusion, largest difference of a score', apart),
  ];
}

type FullLogprobs = (
  ids: Int32Array,
  attention: Sequence['attention'],
) => Promise<(row: number, target: number) => number>;

async function bothWays(
  checkpoint: Checkpoint,
  engine: Engine,
): Promise<{ forward: Forward; fullLogprobs: FullLogprobs; dispose(): Promise<void> }> {
  const net = checkpoint.architecture;
  const scoring = await engine.compile(logprobProgram(net), checkpoint.tensors);
  const logits = await engine.compile(logitsProgram(net), checkpoint.tensors);
  const fullLogprobs: FullLogprobs = async (ids, attention) => {
    const reads = Array.from(ids, (_, row) => ({ row, target: 0 }));
    const feeds = packSequences(net, [{ ids, positions: countingPositions(ids.length), attention, reads }]);
    const { logits: all } = await logits.run(feeds);
    return (row, target) =>
      logprobOf(all.data.subarray(row * net.vocabularyRows, (row + 1) * net.vocabularyRows), target);
  };
  return {
    forward: forwardWith(scoring, net),
    fullLogprobs,
    dispose: async () => {
      await Promise.all([scoring.dispose(), logits.dispose()]);
    },
  };
}

function logprobOf(logits: Float32Array | Int32Array, target: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > max) max = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - max);
  return (logits[target] as number) - max - Math.log(sum);
}

function equality(what: string, apart: number): string {
  return `${apart < TOLERANCE ? 'ok  ' : 'MISS'} ${what}: ${apart.toExponential(1)} nats (limit ${TOLERANCE})`;
}
