import { describe, expect, it } from 'vitest';
import { scriptedReport } from '../../../test/scripted/scripted-report.ts';
import { toSweepDocument } from '../view/sweep.ts';
import { sweepTable } from './sweep-table.ts';

const N = 400;
/** N values of 0 and 1 with `right` ones; item i + shift takes the place of item i. */
const binary = (right: number, shift = 0) => Array.from({ length: N }, (_, i) => ((i + shift) % N < right ? 1 : 0));
const settings = { margin: 0.02, alpha: 0.05 };

const choice = scriptedReport({
  acc: binary(260),
  'accNelbo@1': binary(200),
  'accNelbo@8': binary(259),
  'accNelbo@64': binary(260),
  'accOfficial@1': binary(240),
  'accOfficial@8': binary(240, 60),
  'accOfficial@64': binary(240),
});

it('shows the T curve, what is non-inferior, and an autoregressive value', () => {
  const ar = scriptedReport({ acc: binary(250) }, { model: 'gpt2-m', family: 'autoregressive', steps: [] });
  expect(sweepTable(toSweepDocument([choice, ar], settings))).toMatchInlineSnapshot(`
    "piqa, diffugpt-m, n 400
        accNelbo                                 accOfficial
     T  at T               less that of T = 64   at T               less that of T = 64
    ───────────────────────────────────────────────────────────────────────────────────
     1  50.0 [45.1, 54.9]  -15.0 [-18.8, -11.8]  60.0 [55.1, 64.7]  0.0 [-1.0, +1.0] *
     8  64.8 [59.9, 69.3]  -0.3 [-1.4, +0.7] *   60.0 [55.1, 64.7]  0.0 [-5.4, +5.4]
    64  65.0 [60.2, 69.5]  reference             60.0 [55.1, 64.7]  reference
    By accNelbo, T = 8 is the smallest that is non-inferior to T = 64, as is every T between.
    By accOfficial, no smaller T is shown to be non-inferior to T = 64.
    All T come from one set of passes: 800 sequences in 12.3 s.
    gpt2-m, autoregressive: acc 62.5 [57.7, 67.1].

    Differences are paired by item, with 95 % intervals; those of accuracies are in points.
    * non-inferior to the largest T: the 95 % bound of the loss is below 2.0 points (one-sided, alpha
      0.05).
    Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
    diffugpt-m: diffusion, e(k) over stratified masks, T = 1,8,64, up to 32 passes an answer, seed 0,
      shift on, attention 1; 800 sequences in 12.3 s.
    gpt2-m: autoregressive, e(k) over stratified masks; 800 sequences in 12.3 s.
    Chance: piqa 50.0.
    "
  `);
});

it('puts the scores below each other where the terminal is narrow', () => {
  const text = sweepTable(toSweepDocument([choice], settings), 60);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(text.match(/^ T {2}at T/gm)).toHaveLength(2);
});

it('shows a written answer in nats with the bias of the grid, and no verdict', () => {
  const nats = (offset: number) => [3, 5, 4, 8].map((value, i) => value + offset * (1 + i / 10));
  const fill = scriptedReport(
    { nelbo: nats(0), 'nelbo@1': nats(0.4), 'nelbo@8': nats(0.05), 'nelbo@64': nats(0.01) },
    { task: 'lambada', headline: 'nelbo', chance: null },
  );
  expect(sweepTable(toSweepDocument([fill], settings))).toMatchInlineSnapshot(`
    "lambada, diffugpt-m, n 4
        nelbo
     T  at T                    less that of T = 64      NELBO_T - NELBO
    ────────────────────────────────────────────────────────────────────────────
     1  ≤ 5.460 [1.954, 8.966]  +0.449 [+0.368, +0.529]  +0.460 [+0.378, +0.542]
     8  ≤ 5.057 [1.611, 8.504]  +0.046 [+0.038, +0.054]  +0.057 [+0.047, +0.068]
    64  ≤ 5.011 [1.572, 8.451]  reference                +0.011 [+0.009, +0.014]
    All T come from one set of passes: 8 sequences in 12.3 s.

    Differences are paired by item, with 95 % intervals; those of accuracies are in points.
    Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
    diffugpt-m: diffusion, e(k) over stratified masks, T = 1,8,64, up to 32 passes an answer, seed 0,
      shift on, attention 1; 8 sequences in 12.3 s.
    ! ≤ marks an upper bound: a diffusion model gives the ELBO, not the likelihood itself
    "
  `);
});

it('says under paper that every T was drawn by itself', () => {
  const { stored, report } = choice;
  const text = sweepTable(toSweepDocument([{ stored, report: { ...report, protocol: 'paper', passes: 0 } }], settings));
  expect(text).toContain(
    'Every T was drawn by itself, so T differ by their draws too: 800 sequences in 12.3 s together.',
  );
});

it('says when there are too few items for any verdict', () => {
  const few = scriptedReport({ 'accNelbo@1': [1, 0, 1], 'accNelbo@8': [1, 0, 1], 'accNelbo@64': [1, 0, 1] });
  const document = toSweepDocument([few], settings);
  expect(document.sweeps[0]?.scores[0]?.smallest).toBe(64);
  expect(sweepTable(document)).toContain(
    'By accNelbo, no smaller T is shown to be non-inferior to T = 64: without a gain or a loss that takes\n  149 items, and here are 3.',
  );
});

it('stops at the first T that fails on the way down', () => {
  const gap = scriptedReport(
    {
      'accNelbo@1': binary(260),
      'accNelbo@8': binary(200),
      'accNelbo@32': binary(260),
      'accNelbo@64': binary(260),
    },
    { steps: [1, 8, 32, 64] },
  );
  const [score] = toSweepDocument([gap], settings).sweeps[0]?.scores ?? [];
  expect(score?.points.map((point) => point.nonInferiority?.nonInferior)).toEqual([true, false, true, undefined]);
  expect(score?.smallest).toBe(32);
});

it('counts more of what should be less as a loss', () => {
  const unanswered = scriptedReport({
    noAnswer: binary(0),
    'noAnswer@1': binary(400),
    'noAnswer@8': binary(0),
    'noAnswer@64': binary(0),
  });
  const [score] = toSweepDocument([unanswered], settings).sweeps[0]?.scores ?? [];
  expect(score?.points.map(({ nonInferiority }) => nonInferiority?.nonInferior ?? null)).toEqual([false, true, null]);
  expect(score?.points[0]?.nonInferiority?.bound).toBeLessThan(-0.9);
  expect(score?.smallest).toBe(8);
});

describe('a likelihood that is known of the first two of four answers', () => {
  // The likelihood is the bound at T = 1, and 1, 2 less at T = 64; the later answers are long.
  const fill = scriptedReport(
    {
      'nelbo@1': [3, 5, 20, 24],
      'nelbo@64': [2, 4, 15, 19],
      nelbo: [2, 4, 14, 18],
      'likelihood@1': [3, 5],
      'likelihood@64': [1, 2],
    },
    { task: 'lambada', headline: 'bitsPerByte', chance: null, steps: [1, 64] },
  );
  const ar = (nll: readonly number[]) =>
    scriptedReport(
      { nll },
      { model: 'gpt2-m', task: 'lambada', family: 'autoregressive', headline: 'nll', chance: null, steps: [] },
    );

  it('stands beside the bound and the autoregressive value over these two', () => {
    const document = toSweepDocument([fill, ar([1, 4, 9, 12])], settings);
    const [whole, exact] = document.sweeps[0]?.scores ?? [];
    expect(whole?.widest).toBeUndefined();
    expect(whole?.comparisons).toMatchObject([{ model: 'gpt2-m', metric: 'nll', value: { value: 6.5, n: 4 } }]);
    expect(exact?.points.map(({ value }) => [value.value, value.n])).toEqual([
      [4, 2],
      [1.5, 2],
    ]);
    // (3 + 5) / 2 and (2 + 4) / 2, where all four make 13 and 10; (1 + 4) / 2 where all four make 6.5.
    expect(exact?.widest).toMatchObject({
      metric: 'nelbo',
      values: [
        { value: 4, n: 2 },
        { value: 3, n: 2 },
      ],
    });
    expect(exact?.comparisons).toMatchObject([{ model: 'gpt2-m', metric: 'nll', value: { value: 2.5, n: 2 } }]);
  });

  it('says its n, and shows nothing over other items in its block', () => {
    const text = sweepTable(toSweepDocument([fill, ar([1, 4, 9, 12])], settings));
    expect(text).toMatchInlineSnapshot(`
      "lambada, diffugpt-m, n 4
          nelbo
       T  at T                       less that of T = 64      NELBO_T - NELBO
      ───────────────────────────────────────────────────────────────────────────────
       1  ≤ 13.000 [-3.790, 29.790]  +3.000 [-0.675, +6.675]  +3.500 [-1.093, +8.093]
      64  ≤ 10.000 [-3.186, 23.186]  reference                +0.500 [-0.419, +1.419]
      Where likelihood is known, on 2 of 4 items:
          likelihood                                       nelbo
       T  at T                    less that of T = 64      at T
      ─────────────────────────────────────────────────────────────────────────────
       1  4.000 [-8.706, 16.706]  +2.500 [-3.853, +8.853]  ≤ 4.000 [-8.706, 16.706]
      64  1.500 [-4.853, 7.853]   reference                ≤ 3.000 [-9.706, 15.706]
      gpt2-m, autoregressive, on the same items: nll 2.500 [-16.559, 21.559].
      All T come from one set of passes: 8 sequences in 12.3 s.
      gpt2-m, autoregressive: nll 6.500 [-1.349, 14.349].

      Differences are paired by item, with 95 % intervals; those of accuracies are in points.
      Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
      diffugpt-m: diffusion, e(k) over stratified masks, T = 1,64, up to 32 passes an answer, seed 0,
        shift on, attention 1; 8 sequences in 12.3 s.
      gpt2-m: autoregressive, e(k) over stratified masks; 8 sequences in 12.3 s.
      "
    `);
  });

  it('says of how many items an autoregressive model has a value', () => {
    const text = sweepTable(toSweepDocument([fill, ar([1, 4, 9])], settings));
    expect(text).toContain('gpt2-m, autoregressive, on 3 of the 4 items: nll 4.667 ');
    expect(text).toContain('gpt2-m, autoregressive, on the same items: nll 2.500 ');
  });

  it('leaves out an autoregressive model that has none of its items', () => {
    const other = ar([9, 12]);
    const records = other.stored.records.map((record) => ({
      ...record,
      id: record.id.replace(/\d$/, (i) => `${2 + Number(i)}`),
    }));
    const none = { ...other, stored: { records } };
    const [, exact] = toSweepDocument([fill, none], settings).sweeps[0]?.scores ?? [];
    expect(exact?.comparisons).toEqual([]);
  });
});
