import { describe, expect, it } from 'vitest';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, Ranking, ViewResponse } from '../../core/response.ts';
import { NO_SESSIONS } from '../../store/environment.ts';
import { comparedPart } from '../../store/records/kept-part.ts';
import { summarise } from '../../store/summarise.ts';
import { noiseOf } from '../compare/noise-of.ts';
import { derivedValues } from './derived-values.ts';
import { toMeasured } from './to-measured.ts';

const { manifest } = scriptedMeasured({ values: { acc: [1] } });

const view = (costs: readonly number[], stderr: number, sum: Ranking, mean: Ranking): ViewResponse => ({
  alternatives: costs.map((value) => ({
    tokens: 2,
    crossing: false,
    quantities: { nelbo: { value, stderr } },
    maskedCrossEntropy: [1, 2],
    exact: false,
    greedy: null,
  })),
  rankings: { 'nelbo/sum': sum, 'nelbo/mean': mean },
});

const record = (index: number, acc: number, answer: number, own: ViewResponse): ItemRecord => ({
  id: `piqa/${index}`,
  index,
  score: { kind: 'scored', values: { acc }, answer, gold: 0, undecided: index === 1 },
  response: { kind: 'answered', views: { default: own }, nfe: 3 },
});

const ranking = (best: number, margin: number, stderr: number): Ranking => ({
  best,
  runnerUp: 1 - best,
  margin,
  stderr,
});
const records = [
  record(0, 1, 0, view([4, 9], 0.3, ranking(0, 5, 0.4), ranking(1, 1, 0.4))),
  record(1, 0, 1, view([5, 4.5], 0.3, ranking(1, 0.5, 0.4), ranking(1, 1, 0.4))),
];

const measuredOf = (stored: readonly ItemRecord[]) =>
  toMeasured(
    {
      folder: 'runs/m',
      runId: 'r',
      manifest,
      records: stored,
      clusters: 'independent',
      summary: summarise(manifest, stored),
      environment: NO_SESSIONS,
      warnings: [],
    },
    { ranking: 'sum', metric: null },
  );

describe('a stored run as gates read it', () => {
  it('has what the right answer costs and by how much it leads', () => {
    expect(measuredOf(records).items.map(({ values }) => values)).toEqual([
      { acc: 1, goldNats: 4, goldMargin: 5 },
      { acc: 0, goldNats: 5, goldMargin: -0.5 },
    ]);
  });

  it('knows by which ranking its answers were chosen', () => {
    // nelbo/mean would have chosen answer 1 of the first item.
    expect(measuredOf(records).items.map(({ noise }) => noise?.lead?.margin)).toEqual([5, 0.5]);
  });

  it('is the same without what is stored for each token', () => {
    expect(JSON.stringify(records.map(comparedPart))).not.toContain('maskedCrossEntropy');
    expect(measuredOf(records.map(comparedPart))).toEqual(measuredOf(records));
  });

  it('has items without a score', () => {
    const failed: ItemRecord = {
      id: 'piqa/2',
      index: 2,
      score: { kind: 'unscored', code: 'context-overflow', reason: 'too long' },
      response: { kind: 'unanswered', code: 'context-overflow', reason: 'too long' },
    };
    expect(measuredOf([...records, failed]).items.at(-1)).toEqual({ id: 'piqa/2', values: null, noise: null });
  });

  it('has a noise budget: the chance that each answer flips', () => {
    const noise = noiseOf(measuredOf(records), 'acc');
    // Φ(−0.5 / 0.4) = Φ(−1.25) = 0.105650 (scipy 1.17.1), Φ(−1.25 / √2) = 0.188380; the other lead is 12.5 standard errors.
    expect(noise?.undecided).toEqual({ count: 1, expectedFlips: expect.closeTo(0.18838, 5), level: 2 });
    expect(noise?.budget.monteCarlo).toBeCloseTo(Math.sqrt(0.10565 * 0.89435) / 2, 5);
    const nats = noiseOf(measuredOf(records), 'goldNats');
    expect(nats?.budget.monteCarlo).toBeCloseTo(Math.sqrt(2 * 0.3 ** 2) / 2, 12);
  });

  it('compares seeds', () => {
    const seeds = [0.4, 0.6].map((value) => {
      const run = measuredOf(records);
      const acc = { ...run.summary.metrics.acc, value } as NonNullable<(typeof run.summary.metrics)['acc']>;
      return { ...run, summary: { ...run.summary, metrics: { acc } } };
    });
    const [first, second] = seeds as [(typeof seeds)[0], (typeof seeds)[0]];
    expect(noiseOf(first, 'acc', [second])?.budget.seed).not.toBe(null);
  });
});

it('derives log-likelihoods and published scores too', () => {
  const of = (quantities: AlternativeScore['quantities']) => ({
    tokens: 1,
    crossing: false,
    quantities,
    exact: true,
    greedy: null,
  });
  const causal = [-2, -3].map((value) => of({ loglikelihood: { value, stderr: 0 } }));
  expect(derivedValues({ alternatives: causal, rankings: {} }, 1)).toEqual({
    values: { goldNats: 3, goldMargin: -1 },
    errors: {},
  });
  const published = [1, 2].map((value) =>
    of({ 'official@8': { value: 9, stderr: 0 }, 'official@32': { value, stderr: 0.1 } }),
  );
  expect(derivedValues({ alternatives: published, rankings: {} }, 0)?.values).toEqual({ goldNats: 1, goldMargin: 1 });
  expect(derivedValues({ alternatives: [of({})], rankings: {} }, 0)).toBe(null);
});
