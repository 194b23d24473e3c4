/**
 * The sampled bound against enumeration, on the cross-entropies of a real network: every number it reports is unbiased, and
 * so is the square of every error it reports. Only the network is replaced, by a table of all its answers.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Quantity } from '../../src/core/response.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Forward, Read, Sequence } from '../../src/lm/forward/sequence.ts';
import { planBound, type ScoredAlternative, scoreBound } from '../../src/lm/likelihood/bound.ts';
import { rank } from '../../src/lm/likelihood/ranking.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { boundOf, officialOf, scriptedForward } from './scripted-forward.ts';

const SEEDS = 10_000;
/** Ten thousand estimates of three answers take seconds, more on a busy machine. */
const DRAWING_MS = 60_000;
/** A seeded test either passes always or never; a fair estimator misses by this much once in 16,000 numbers. */
const STANDARD_ERRORS = 4;
const STEPS = [1, 2, 8, 32];
/** The full mask and three strata; 2^5 − 1 and more would be needed to enumerate. */
const PASSES = 7;
const DENOISER = { maskId: 384, shift: true, openFraction: 1 };
const CONTEXT = [260, 17, 93, 141];

/** Two answers of equal length and a longer one. */
const ANSWERS: readonly Lowered[] = [
  [55, 301, 9, 188, 322],
  [64, 5, 77, 301, 12],
  [131, 7, 90, 242, 3, 18],
].map((answer) => ({
  ids: Int32Array.of(...CONTEXT, ...answer),
  scored: answer.map((_, i) => CONTEXT.length + i),
  crossing: false,
}));

let table: Forward;
let exact: readonly ScoredAlternative[];

beforeAll(async () => {
  const { forward, dispose } = await openNet(await openGolden('diffugpt-tiny'), await onnxEngine({ threads: 1 }));
  const known = new Map<string, number>();
  const keyOf = ({ ids }: Sequence, { row, target }: Read) => `${ids.join()}|${row}|${target}`;
  const recording: Forward = async (sequences) => {
    const readings = await forward(sequences);
    sequences.forEach((sequence, i) => {
      sequence.reads.forEach((read, r) => {
        known.set(keyOf(sequence, read), -(readings[i]?.logprobs[r] as number));
      });
    });
    return readings;
  };
  exact = await Promise.all(
    ANSWERS.map((answer) => boundOf(answer, DENOISER, { steps: STEPS, passes: 63, seed: 0 }, recording)),
  );
  await dispose();
  table = scriptedForward((sequence, read) => known.get(keyOf(sequence, read)) as number);
});

describe('the sampled bound', () => {
  let drawn: readonly (readonly ScoredAlternative[])[];
  beforeAll(async () => {
    drawn = await Promise.all(
      Array.from({ length: SEEDS }, async (_, seed) => {
        const pool = new PassPool();
        const bounds = ANSWERS.map((answer) => planBound(answer, 'item', DENOISER, { passes: PASSES, seed }, pool));
        await PassPool.run([pool], table);
        return bounds.map((bound) => scoreBound(bound, STEPS, pool));
      }),
    );
  }, DRAWING_MS);

  const quantities: readonly Quantity[] = [
    'nelbo',
    ...STEPS.flatMap((T): Quantity[] => [`nelbo@${T}`, `official@${T}`]),
  ];

  it.each(quantities)('%s: its mean over seeds is the enumerated value, its error the one reported', (quantity) => {
    ANSWERS.forEach((_, answer) => {
      const truth = exact[answer]?.score.quantities[quantity]?.value as number;
      const found = drawn.map((scored) => scored[answer]?.score.quantities[quantity]);
      expectZeroMean(found.map((monteCarlo) => (monteCarlo?.value as number) - truth));
      expectZeroMean(found.map(({ value, stderr } = { value: 0, stderr: 0 }) => stderr ** 2 - (value - truth) ** 2));
    });
  });

  it.each([
    ['of equal length', 0, 1],
    ['of different length', 0, 2],
  ])('the margin between answers %s is unbiased, and so is the square of its error', (_, first, second) => {
    const compare = (scored: readonly ScoredAlternative[]) => {
      const contenders = [first, second].map((answer) => ({
        combination: scored[answer]?.combinations.get('nelbo') ?? { exact: 0, draws: [] },
        tokens: scored[answer]?.score.tokens as number,
        answer: '',
      }));
      const ranking = rank('nelbo', contenders, ['mean'])['nelbo/mean'];
      if (ranking === undefined) throw new TypeError('nelbo/mean was asked for');
      return { signed: ranking.best === 0 ? ranking.margin : -ranking.margin, stderr: ranking.stderr };
    };
    const truth = compare(exact).signed;
    const found = drawn.map(compare);
    expectZeroMean(found.map(({ signed }) => signed - truth));
    expectZeroMean(found.map(({ signed, stderr }) => stderr ** 2 - (signed - truth) ** 2));
  });
});

it('the official procedure scores, on average over 5,000 seeds, what e(k) says it does', async () => {
  const steps = [1, 2, 8];
  const found = await Promise.all(
    Array.from({ length: 5000 }, (_, seed) =>
      officialOf(ANSWERS[0] as Lowered, DENOISER, { steps, passes: 3, seed }, table),
    ),
  );
  for (const T of steps) {
    const truth = exact[0]?.score.quantities[`official@${T}`]?.value as number;
    const errors = found.map(({ score }) => (score.quantities[`official@${T}`]?.value as number) - truth);
    if (T === 1)
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-6); // all masked: nothing is drawn
    else expectZeroMean(errors);
  }
});

function expectZeroMean(values: readonly number[]): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  // Float32 log-probabilities and the order of summation leave 1e-9 where nothing is drawn.
  expect(Math.abs(mean)).toBeLessThan(STANDARD_ERRORS * Math.sqrt(variance / values.length) + 1e-9);
}
