import { describe, expect, it } from 'vitest';
import { COMPARE_SETTINGS } from '../../../test/scripted/compare-settings.ts';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { toCsv } from '../../datasets/csv.ts';
import { matchRuns } from '../measured/match-runs.ts';
import type { Measured } from '../measured/measured.ts';
import { type CompareSettings, compareRuns } from './compare-runs.ts';
import { COMPARISON_COLUMNS, comparisonMarkdown, comparisonRows } from './comparison-outputs.ts';
import { comparisonText } from './comparison-text.ts';

const bits = (n: number, isRight: (i: number) => boolean) => Array.from({ length: n }, (_, i) => Number(isRight(i)));
const run = (model: string, acc: readonly (number | null)[], more = {}) =>
  scriptedMeasured({ model, values: { acc }, ...more });
const compared = (a: ReturnType<typeof run>, b: ReturnType<typeof run>, settings: Partial<CompareSettings> = {}) =>
  compareRuns(matchRuns([a], [b]), { ...COMPARE_SETTINGS, ...settings });
const half = bits(200, (i) => i < 100);

describe('a comparison', () => {
  it('holds what can be counted by hand', () => {
    const document = compared(
      run('a', half),
      run(
        'b',
        bits(200, (i) => (i < 100 ? i >= 4 : i < 116)),
      ),
    );
    const [row] = document.rows;
    expect(row).toMatchObject({
      task: 'piqa',
      metric: 'acc',
      rose: 16,
      fell: 4,
      verdict: 'better',
      test: 'McNemar, exact',
    });
    expect(row?.difference.value).toBeCloseTo(12 / 200, 12);
    // scipy 1.17.1: scipy.stats.binomtest(4, 20).pvalue
    expect(row?.p).toBeCloseTo(0.01181793212890625, 10);
    expect(document.flips).toHaveLength(20);
    expect(document.flips[0]).toEqual({ task: 'piqa', metric: 'acc', id: 'piqa/0', change: 'lost' });
  });

  it('changes sign and verdict with the sides', () => {
    const better = run(
      'b',
      bits(200, (i) => i < 130),
    );
    expect(compared(run('a', half), better).rows[0]?.verdict).toBe('better');
    expect(compared(better, run('a', half)).rows[0]?.verdict).toBe('worse');
  });

  it('tells no difference from no evidence', () => {
    const many = bits(2000, (i) => i % 2 === 0);
    expect(compared(run('a', many), run('b', many)).rows[0]?.verdict).toBe('no difference shown');
    const few = half.slice(80, 120);
    expect(compared(run('a', few), run('b', few)).rows[0]).toMatchObject({ verdict: 'cannot tell', detectable: null });
  });

  it('counts what it leaves out', () => {
    const document = compared(run('a', [1, 0, null, 1]), run('b', [1, 1, 1], { firstId: 1 }));
    expect(document.rows[0]).toMatchObject({ unscored: 1, onlyReference: 1, onlyCandidate: 0, difference: { n: 2 } });
    expect(comparisonText(document, 0)).toContain('1 without a score, 1 in the reference only');
  });
});

describe('the interval', () => {
  const better = run(
    'b',
    bits(200, (i) => i < 110),
  );

  it.each([
    ['auto', 'Tango'],
    ['t', 'Student t'],
    ['percentile', 'percentile bootstrap'],
    ['bca', 'BCa bootstrap'],
  ] as const)('%s is named in the table, in Markdown and in CSV', (interval, name) => {
    const document = compared(run('a', half), better, { interval });
    expect(comparisonText(document, 0, 200)).toContain(`95 % interval (${name});`);
    expect(comparisonMarkdown(document)).toContain(`95 % intervals: ${name}\n`);
    expect(comparisonRows(document)[0]).toMatchObject({ interval: `paired difference, ${name}`, clusters: null });
  });

  it('takes items that belong together as one, in interval, p and detectable difference', () => {
    // piqa/0 … 9, then tens
    const clusters = half.map((_, i) => (i < 10 ? `${i}` : `${i}`.slice(0, -1)));
    const apart = compared(run('a', half), better).rows[0];
    const document = compared(run('a', half, { clusters }), better);
    const [row] = document.rows;
    expect(row).toMatchObject({ clusters: 20, test: 'score test over clusters', difference: { n: 200, clusters: 20 } });
    expect(row?.difference.method).toBe('paired difference, Wilson over 20 clusters');
    // Ten items of one cluster changed: one witness of 20, so nothing is shown.
    expect(row?.p).toBeGreaterThan(0.3);
    expect(apart?.p).toBeCloseTo(2 * 0.5 ** 10, 12);
    expect(row?.detectable).toBeGreaterThan(2 * (apart?.detectable ?? 0));
    expect(row?.reference.estimate.method).toBe('mean, Wilson over 20 clusters');
    expect(comparisonText(document, 0)).toContain('n 200 in 20 ');
    expect(comparisonMarkdown(document)).toContain('| 200 in 20 |');
    expect(() => compared(run('a', half, { clusters }), better, { test: 'mcnemar' })).toThrow(
      '--test: piqa has items in 20 clusters, and mcnemar is for independent ones',
    );
  });
});

describe('runs that differ in more than the model', () => {
  it.each([
    ['version', { version: 2 }, 'task version 1 against 2'],
    ['data', { data: 'e' }, 'rows d against e'],
    ['seed', { seed: 1 }, 'seed 0 against 1'],
  ] as const)('are refused: %s, unless it is allowed, and then labelled', (name, more, text) => {
    const sides = [run('a', half), run('b', half, more)] as const;
    expect(() => compared(...sides)).toThrow(`expected runs that differ in the model only, found ${text}`);
    const document = compared(...sides, { allowed: [name] });
    expect(document.rows[0]?.differs).toEqual([text]);
    expect(comparisonText(document, 0)).toContain(`! piqa: compared although ${text}`);
  });

  it('may differ in every setting where settings are allowed', () => {
    expect(compared(run('a', half), run('b', half, { seed: 1 }), { allowed: ['settings'] }).rows).toHaveLength(1);
    expect(() => compared(run('a', half), run('b', half, { data: 'e' }), { allowed: ['settings'] })).toThrow('rows');
  });

  it('may be of different families, whose settings have no counterpart', () => {
    const causal = { family: 'autoregressive', seed: 5 };
    expect(compared(run('a', half, causal), run('b', half)).notes).toEqual([]);
    const values = { bitsPerByte: half };
    expect(compared(run('a', half, { ...causal, values }), run('b', half, { values })).notes).toContain(
      'likelihoods of diffusion models are bounds; those of autoregressive models are exact',
    );
  });

  it('compare likelihoods themselves like with like, where a bound against an exact value shows nothing', () => {
    const bound = bits(40, (i) => i % 2 === 0).map((each) => 3 + each);
    const causal = scriptedMeasured({
      ...{ task: 'lambada', model: 'ar', family: 'autoregressive' },
      values: { bitsPerByte: bound.map((each) => each - 1) },
    });
    const exactBitsPerByte = bound.map((each) => each - 0.5);
    const known = exactBitsPerByte.map((each, i) => (i < 30 ? each : null));
    const diffusion = scriptedMeasured({
      ...{ task: 'lambada', model: 'dd' },
      values: { bitsPerByte: bound, exactBitsPerByte: known },
    });
    const [first, second] = compared(causal, diffusion).rows;
    expect(first).toMatchObject({ metric: 'bitsPerByte', mixesBound: true, verdict: 'cannot tell' });
    expect(second).toMatchObject({
      ...{ metric: 'exactBitsPerByte', mixesBound: false, verdict: 'worse', unscored: 10 },
      difference: { value: expect.closeTo(0.5), n: 30 },
    });
    const alone = compared(causal, diffusion, { metrics: ['exactBitsPerByte'] });
    expect(alone.rows).toHaveLength(1);
    expect(alone.notes.join()).not.toContain('bounds');
  });

  it('say better, worse or open by both bounds together where a bracket was asked for', () => {
    const nll = bits(40, (i) => i % 2 === 0).map((each) => 3 + each);
    const causal = scriptedMeasured({ task: 'lambada', model: 'ar', family: 'autoregressive', values: { nll } });
    const between = (low: number, high: number, known: number | null = null) => {
      const plain = scriptedMeasured({
        ...{ task: 'lambada', model: 'dd' },
        values: {
          tube: nll.map((each) => each + low),
          nelbo: nll.map((each) => each + high),
          ...(known === null ? {} : { marginal: nll.map((each) => each + known) }),
        },
      });
      const settings = { ...plain.manifest.settings, bracket: 8 };
      return { ...plain, manifest: { ...plain.manifest, settings } };
    };
    const verdictOf = (a: Measured, b: Measured) => compareRuns(matchRuns([a], [b]), COMPARE_SETTINGS).brackets[0];
    expect(verdictOf(causal, between(0.5, 1))).toMatchObject({
      ...{ task: 'lambada', reference: 'ar', candidate: 'dd', verdict: 'worse' },
      low: { value: expect.closeTo(0.5), n: 40 },
      high: { value: expect.closeTo(1), n: 40 },
    });
    expect(verdictOf(between(0.5, 1), causal)).toMatchObject({
      ...{ verdict: 'better', low: { value: expect.closeTo(-1) }, high: { value: expect.closeTo(-0.5) } },
    });
    expect(verdictOf(causal, between(-0.5, 1))?.verdict).toBe('open');
    expect(verdictOf(causal, between(-2, -1))?.verdict).toBe('better');
    expect(verdictOf(causal, between(-2, 2, 1.5))).toMatchObject({
      verdict: 'worse',
      low: { value: expect.closeTo(1.5) },
    });
    const without = { ...between(0.5, 1), manifest: causal.manifest };
    expect(compareRuns(matchRuns([causal], [without]), COMPARE_SETTINGS).brackets).toEqual([]);
    const document = compareRuns(matchRuns([causal], [between(0.5, 1)]), COMPARE_SETTINGS);
    expect(comparisonMarkdown(document)).toContain('−log p of dd less that of ar lies between +0.500');
  });

  it('are refused without a common item', () => {
    expect(() => compared(run('a', half), run('b', half, { firstId: 1000 }))).toThrow(
      'found none (a starts with piqa/0',
    );
  });
});

describe('runs are matched', () => {
  const refusal = (references: readonly Measured[], candidates: readonly Measured[]) => {
    try {
      return matchRuns(references, candidates) && null;
    } catch (error) {
      return error;
    }
  };

  it('by task, and by model where there are several', () => {
    const sides = ['a', 'b'].flatMap((model) => ['piqa', 'siqa'].map((task) => run(model, half, { task })));
    const { pairs } = matchRuns(sides, sides.toReversed());
    expect(pairs.every(({ reference, candidate }) => reference === candidate)).toBe(true);
    expect(pairs).toHaveLength(4);
  });

  it('by settings where a model has several runs of a task', () => {
    const seeds = [0, 1].map((seed) => run('a', half, { seed }));
    expect(matchRuns(seeds, seeds.toReversed()).pairs.map(({ candidate }) => candidate)).toEqual(seeds);
  });

  it('or not at all where a model has several runs with other settings: their folders tell them apart', () => {
    const seeds = [0, 1].map((seed) => run('b', half, { seed }));
    const words = {
      message: 'piqa: expected one run of b a side, found 2 that could be meant',
      hint: 'name a folder:\n  seed 0  runs/b\n  seed 1  runs/b',
    };
    const other = run('a', half, { seed: 2 });
    expect(refusal([other], seeds)).toMatchObject(words);
    expect(refusal(seeds, [other])).toMatchObject(words);
  });

  it('or not at all where both sides are of one folder: flags would choose the same run for both', () => {
    const inDtype = (dtype: string): Measured => {
      const plain = run('b', half);
      const manifest = { ...plain.manifest, model: { ...plain.manifest.model, dtype } };
      return { ...plain, manifest, source: `runs/b-${dtype}` };
    };
    const dtypes = [inDtype('float32'), inDtype('int8')];
    const message = 'piqa: expected one run of b a side, found 2 that could be meant';
    const listed = 'float32  runs/b-float32\n  int8     runs/b-int8';
    expect(refusal(dtypes, dtypes)).toMatchObject({
      message,
      hint: `name two of these folders, the reference first:\n  ${listed}`,
    });
    expect(refusal([{ ...inDtype('int4'), source: 'old/b' }], dtypes)).toMatchObject({
      message,
      hint: `choose with --dtype, or name a folder:\n  ${listed}`,
    });
  });

  it('or not at all where several could be meant', () => {
    expect(() => matchRuns([run('a', half)], [run('b', half), run('c', half)])).toThrow('found 2 (b, c)');
    expect(() => matchRuns([run('a', half), run('b', half)], [run('c', half)])).toThrow(
      'expected one run to compare with c, found 2 (a, b)',
    );
  });
});

it('is safe in a spreadsheet and in Markdown', () => {
  const document = compared(run('=HYPERLINK("x")', half), run('<img src=x>|@all', half));
  const csv = toCsv([...COMPARISON_COLUMNS], comparisonRows(document));
  expect(csv.split('\n')[0]).toBe(COMPARISON_COLUMNS.join());
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
  expect(csv).toContain(',0,');
  const negative = compared(
    run('a', half),
    run(
      'b',
      bits(200, (i) => i < 90),
    ),
  );
  expect(toCsv([...COMPARISON_COLUMNS], comparisonRows(negative))).toContain(',-0.05,');
  const markdown = comparisonMarkdown(document);
  expect(markdown).not.toContain('<img');
  expect(markdown.split('\n')[2]?.split('|')).toHaveLength(12);
});
