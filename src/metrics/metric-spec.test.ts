import { describe, expect, it } from 'vitest';
import { parseMetric, registerMetrics } from './metric-name.ts';
import { areShares, directionOf, isBounded, metricSpec } from './metric-spec.ts';

const RECALL = { description: 'share of the capitals that are named', unit: 'fraction', higherIsBetter: true } as const;
registerMetrics({
  'recall@5': RECALL,
  edits: { description: 'letters to change', unit: 'number', higherIsBetter: false },
});

describe('parseMetric', () => {
  const parts = { steps: null, draw: null, view: null };
  it.each([
    ['acc', { ...parts, base: 'acc' }],
    ['acc@8', { ...parts, base: 'acc', steps: 8 }],
    ['acc#1', { ...parts, base: 'acc', draw: 1 }],
    ['accNelbo@4@option-only', { ...parts, base: 'accNelbo', steps: 4, view: 'option-only' }],
    ['pass@1', { ...parts, base: 'pass@1' }],
    ['pass@10@2', { ...parts, base: 'pass@10', steps: 2 }],
    ['pass@1@instruct', { ...parts, base: 'pass@1', view: 'instruct' }],
    ['pass@1@2@fixed-length', { ...parts, base: 'pass@1', steps: 2, view: 'fixed-length' }],
    ['recall@5', { ...parts, base: 'recall@5' }],
    ['recall@5@8', { ...parts, base: 'recall@5', steps: 8 }],
    ['recall@6', { ...parts, base: 'recall', steps: 6 }],
    ['edits@8#2', { ...parts, base: 'edits', steps: 8, draw: 2 }],
    ['a metric!', { ...parts, base: 'a metric!' }],
    ['@8', { ...parts, base: '@8' }],
  ])('%s', (name, expected) => {
    expect(parseMetric(name)).toEqual(expected);
  });
});

describe('direction and range of a metric', () => {
  it.each([
    ['acc', 1, true],
    ['pass@1@2', 1, true],
    ['noAnswer@4', -1, true],
    ['invalidSteps', -1, true],
    ['nll', -1, false],
    ['nelbo@8', -1, false],
    ['bitsPerByte', -1, false],
    ['goldNats', -1, false],
    ['goldMargin', 1, false],
    ['recall@5@8', 1, true],
    ['edits@8', -1, false],
    ['unheard-of', 1, false],
  ])('%s', (name, direction, bounded) => {
    expect([directionOf(name), isBounded(name)]).toEqual([direction, bounded]);
  });

  it('describes declared metrics at their T, draw and view', () => {
    expect(metricSpec('recall@5@8')?.description).toBe(`${RECALL.description}, written with 8 denoising steps`);
    expect(metricSpec('edits')).toMatchObject({ unit: 'number', higherIsBetter: false, interval: 't' });
    expect(metricSpec('recall')).toBeNull();
  });

  it('takes a name once: a second meaning is refused', () => {
    registerMetrics({ 'recall@5': { ...RECALL } });
    expect(() => registerMetrics({ 'recall@5': { ...RECALL, higherIsBetter: false } })).toThrow(
      'a second metric recall@5, which says share of the capitals that are named',
    );
  });
});

it('goes by what the metric is, and of strange ones by their values', () => {
  expect(['acc', 'pass@2', 'noAnswer', 'accNelbo@32', 'invalidSteps'].map((name) => areShares(name, [0.5]))).toEqual(
    Array(5).fill(true),
  );
  expect(['nll', 'bitsPerByte', 'nelbo@8', 'goldMargin'].map((name) => areShares(name, [0.5]))).toEqual(
    Array(4).fill(false),
  );
  expect([areShares('exact', [0, 1, 1]), areShares('bleu', [0, 31.5])]).toEqual([true, false]);
});
