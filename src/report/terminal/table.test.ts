import { expect, it } from 'vitest';
import type { Estimate } from '../../core/estimate.ts';
import type { RunFacts } from '../view/run-facts.ts';
import { toJsonDocument } from '../view/run-facts.ts';
import { metricTable, runTable } from './table.ts';

const estimate = (value: number, low: number, high: number, n = 1838): Estimate => ({
  value,
  low,
  high,
  n,
  confidence: 0.95,
  stderr: 0.011,
  unscored: 0,
  method: 'mean, Wilson',
});

const gpt2: RunFacts = {
  model: 'gpt2-m',
  family: 'autoregressive',
  task: 'piqa',
  protocol: 'canonical',
  path: 'results/runs/piqa-gpt2-m',
  status: 'completed',
  headline: 'acc',
  metrics: { acc: estimate(0.6251, 0.6028, 0.6469) },
  repeats: null,
  estimator: 'exact log-likelihood',
  steps: [32],
  passes: 32,
  seed: 0,
  openFraction: 1,
  shift: true,
  engine: 'onnx',
  dtype: 'float32',
  nfe: 3676,
  seconds: 61.24,
  items: 1838,
  unscored: 0,
  unscoredBy: {},
  undecided: 0,
  crossing: 0,
  variant: null,
  clusters: 'alone',
  usedFixtures: false,
  chance: 0.5,
  warnings: [],
};

const diffugpt: RunFacts = {
  ...gpt2,
  model: 'diffugpt-m',
  family: 'diffusion',
  path: 'results/runs/piqa-diffugpt-m',
  metrics: { acc: estimate(0.591, 0.5683, 0.6132, 1836), 'accOfficial@32': estimate(0.57, 0.55, 0.6, 1836) },
  estimator: 'e(k) stratified',
  nfe: 117632,
  seconds: 1790.5,
  unscored: 2,
  unscoredBy: { 'context-overflow': 2 },
  undecided: 41,
  crossing: 2,
};

const lambada = (run: RunFacts, value: number): RunFacts => ({
  ...run,
  task: 'lambada',
  headline: 'acc',
  metrics: { acc: estimate(0.25, 0.071, 0.591, 8), bitsPerByte: estimate(value, value - 0.1, value + 0.1, 8) },
  items: 8,
  unscored: 0,
  undecided: 0,
  crossing: 0,
  usedFixtures: true,
  chance: null,
});

it('puts models side by side, with an interval in every cell', () => {
  const runs = [gpt2, diffugpt, lambada(gpt2, 1.3), lambada(diffugpt, 2.144)];
  expect(runTable(runs)).toMatchInlineSnapshot(`
    "task           gpt2-m                diffugpt-m
    ───────────────────────────────────────────────────────────
    piqa           62.5 [60.3, 64.7]     59.1 [56.8, 61.3]
      acc            n 1,838               n 1,836 †
    lambada        25.0 [7.1, 59.1]      25.0 [7.1, 59.1]
      acc            n 8                   n 8
    lambada        1.300 [1.200, 1.400]  ≤ 2.144 [2.044, 2.244]
      bitsPerByte    n 8                   n 8

    † over fewer items than another value of its row; differences by bench compare are over the items of
      both.
    Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
    gpt2-m: autoregressive, exact log-likelihood; 7,352 sequences in 122.5 s.
    diffugpt-m: diffusion, e(k) stratified, T = 32, up to 32 passes an answer, seed 0, shift on,
      attention 1; 235,264 sequences in 3581.0 s.
    Chance: piqa 50.0.
    ! built-in example rows, not the published data: lambada (bench data list says how to get it)
    ! piqa, diffugpt-m: 2 of 1838 items unscored and left out (2 context-overflow)
    ! piqa, diffugpt-m: 41 of 1838 answers undecided within 2 Monte-Carlo standard errors
    ! piqa, diffugpt-m: in 2 of 1838 items a token holds the end of the context and the start of the
      answer
    ! ≤ marks an upper bound: a diffusion model gives the ELBO, not the likelihood itself
    "
  `);
});

it('says once a task where it is from which items belong together, unless the runs say it', () => {
  const from = (clusters: RunFacts['clusters']) =>
    runTable([gpt2, diffugpt].map((run) => ({ ...run, clusters }))).match(/! piqa: .*/g);
  expect(from('stored')).toBe(null);
  expect(from('none')).toEqual(['! piqa: items are taken as independent, as --clusters none asks']);
  expect(from('independent')).toEqual([expect.stringContaining('for nothing stored says')]);
});

it('says what is missing when a model has not run a task', () => {
  expect(runTable([gpt2, lambada(diffugpt, 2)])).toMatchInlineSnapshot(`
    "task           gpt2-m             diffugpt-m
    ────────────────────────────────────────────────────────
    piqa           62.5 [60.3, 64.7]  –
      acc            n 1,838
    lambada        –                  25.0 [7.1, 59.1]
      acc                               n 8
    lambada        –                  ≤ 2.000 [1.900, 2.100]
      bitsPerByte                       n 8

    Accuracies in percent [95 % interval]; protocol canonical; engine onnx float32.
    gpt2-m: autoregressive, exact log-likelihood; 3,676 sequences in 61.2 s.
    diffugpt-m: diffusion, e(k) stratified, T = 32, up to 32 passes an answer, seed 0, shift on,
      attention 1; 117,632 sequences in 1790.5 s.
    Chance: piqa 50.0.
    ! built-in example rows, not the published data: lambada (bench data list says how to get it)
    ! ≤ marks an upper bound: a diffusion model gives the ELBO, not the likelihood itself
    "
  `);
});

it('never exceeds 80 columns when told so, by putting models below each other', () => {
  const runs = ['a', 'b', 'c', 'd'].map((name) => ({
    ...gpt2,
    model: `/models/${name}-with-a-rather-long-folder-name`,
  }));
  const text = runTable(runs, 80);
  const tables = text.split('\n').filter((line) => line.startsWith('task'));
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(tables).toHaveLength(2);
});

it('shows the curve where several T were asked', () => {
  const metrics = { ...gpt2.metrics, 'accNelbo@1': estimate(0.5, 0.4, 0.6), 'accNelbo@8': estimate(0.55, 0.45, 0.65) };
  const text = runTable([gpt2, { ...diffugpt, steps: [1, 8], metrics }]);
  expect(text).toMatch(/piqa {2,}– {2,}50\.0 \[40\.0, 60\.0\]\n {2}accNelbo@1/);
  expect(text).toMatch(/piqa {2,}– {2,}55\.0 \[45\.0, 65\.0\]\n {2}accNelbo@8/);
  expect(text).toContain('T = 1,8');
});

it('numbers the columns of runs that differ in settings only', () => {
  const text = runTable([diffugpt, { ...diffugpt, seed: 1 }]);
  expect(text).toContain('diffugpt-m #2');
  expect(text).toContain('seed 0, 1');
});

it('says why nothing was scored, without an interval of nothing', () => {
  const text = runTable([{ ...gpt2, metrics: {}, items: 5, unscored: 5, unscoredBy: { 'context-overflow': 5 } }]);
  expect(text).toContain('piqa   unscored');
  expect(text).toContain('! piqa, gpt2-m: 5 of 5 items unscored and left out (5 context-overflow)');
  expect(text).toContain('\nProtocol canonical; engine onnx float32.\n');
});

it('calls the interval of a single value unknown', () => {
  const [low, high] = [-Number.MAX_VALUE, Number.MAX_VALUE];
  const metrics = { nll: { ...estimate(4.468, low, high, 1), stderr: high } };
  expect(metricTable({ ...gpt2, headline: 'nll', metrics })).toMatch(/^nll +4\.468 \[unknown\] +1 /m);
});

it('says that a published accuracy is decoded where only the published score is there', () => {
  const metrics = { 'official@32': estimate(4.3, 3.9, 4.7, 8) };
  const run: RunFacts = { ...diffugpt, protocol: 'paper', task: 'lambada', headline: 'official@32', metrics };
  expect(runTable([run], 200)).toContain('! lambada, diffugpt-m: no accuracy under paper: ');
  expect(runTable([{ ...run, protocol: 'canonical' }], 200)).not.toContain('no accuracy');
});

it('lists every metric of a run, the headline first', () => {
  expect(metricTable({ ...diffugpt, headline: 'accOfficial@32' })).toMatchInlineSnapshot(`
    "metric          value [interval]      n  method
    ─────────────────────────────────────────────────────
    accOfficial@32  57.0 [55.0, 60.0]  1836  mean, Wilson
    acc             59.1 [56.8, 61.3]  1836  mean, Wilson
    "
  `);
});

it('keeps fractions in the JSON document', () => {
  const document: unknown = JSON.parse(JSON.stringify(toJsonDocument([gpt2])));
  expect(document).toMatchObject({
    runs: [
      { model: 'gpt2-m', task: 'piqa', protocol: 'canonical', path: gpt2.path, steps: [32], nfe: 3676, seconds: 61.24 },
    ],
  });
  expect(document).toMatchObject({
    runs: [{ metrics: { acc: { value: 0.6251, low: 0.6028, high: 0.6469, stderr: 0.011, n: 1838, unscored: 0 } } }],
  });
});

it('says what each draw gave and how far draws lie apart', () => {
  const repeats = { metric: 'acc', values: [0.2, 0.3, 0.25], mean: 0.25, deviation: 0.05 };
  const text = runTable([{ ...diffugpt, repeats }]);
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'acc of 3 draws: 20.0, 30.0, 25.0; mean 25.0, standard deviation 5.0.',
  );
  expect(runTable([diffugpt])).not.toContain('draws:');
});

it('shows what published solutions reach beside the metric that they do not reach in full, and nowhere else', () => {
  const ceiling = { metric: 'lastStepIsAnswer', name: 'published solutions', hits: 1208, of: 1301 };
  const floors = [{ ...ceiling, source: 'gsm8k/symbolic', origin: 'counted here' }];
  const metrics = { acc: estimate(0.05, 0.04, 0.06, 1319), lastStepIsAnswer: estimate(0.9, 0.88, 0.92, 1300) };
  const run: RunFacts = {
    ...gpt2,
    ...{ task: 'gsm8k', headline: 'acc', chance: null, floors, isWholeSet: true, metrics },
  };
  const note = 'gsm8k: lastStepIsAnswer of published solutions is 1208 of 1301, 92.85 % (counted here).';
  expect(runTable([run]).split('\n').slice(2, 7)).toEqual([
    'gsm8k                       5.0 [4.0, 6.0]',
    '  acc                         n 1,319',
    'gsm8k                       90.0 [88.0, 92.0]',
    '  lastStepIsAnswer            n 1,300',
    '  published solutions 92.9',
  ]);
  expect(runTable([run])).toContain(note);
  expect(metricTable(run)).toMatch(/lastStepIsAnswer .*\n +published solutions 92\.9/);
  expect(runTable([{ ...run, metrics: { acc: metrics.acc } }])).not.toContain(note);
});

it('shows floors beside the values of a whole set, and elsewhere only under the table', () => {
  const floor = { name: 'empty completion', hits: 27, of: 1033, source: 'set/jsonl', origin: 'counted here' };
  const run: RunFacts = {
    ...gpt2,
    ...{ task: 'humaneval-infill', headline: 'pass@1', chance: null, floors: [floor], isWholeSet: true },
    metrics: { 'pass@1': estimate(0.05, 0.04, 0.06, 1033), 'pass@1@line': estimate(0.06, 0.05, 0.07, 1033) },
    failedUnanswered: { 'context-overflow': 29 },
  };
  const whole = runTable([run]);
  expect(whole.split('\n').slice(0, 8)).toEqual([
    'task                    gpt2-m',
    '──────────────────────────────────────',
    'humaneval-infill        5.0 [4.0, 6.0]',
    '  pass@1                  n 1,033',
    '  empty completion 2.6',
    'humaneval-infill        6.0 [5.0, 7.0]',
    '  pass@1@line             n 1,033',
    '  empty completion 2.6',
  ]);
  expect(whole).toContain('humaneval-infill: empty completion passes 27 of 1033, 2.61 % (counted here).');
  expect(whole).toContain('29 of 1838 items without an answer (context-overflow) count as failed');
  const part = runTable([{ ...run, isWholeSet: false }]);
  expect(part).not.toContain('empty completion 2.6');
  expect(part).toContain('empty completion passes 27 of 1033 of the full set, 2.61 % (counted here).');
});
