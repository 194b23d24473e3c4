import { describe, expect, it } from 'vitest';
import { headlineMetric, rightShare } from './headline-metric.ts';

describe('headlineMetric', () => {
  it.each([
    ['what the task declares', ['acc', 'noAnswer'], 'noAnswer', 'noAnswer'],
    ['programs that pass before accuracy', ['acc', 'pass@1', 'pass@10'], null, 'pass@1'],
    ['accuracy before nats', ['bitsPerByte', 'nelbo', 'acc'], null, 'acc'],
    ['a declared one only where the run has it', ['bitsPerByte', 'nll'], 'acc', 'bitsPerByte'],
    ['a metric before its parts', ['brevity@2', 'brevity#0', 'recall', 'recall@2'], null, 'recall'],
    ['nothing of nothing', [], 'acc', null],
  ])('is %s', (_what, names, declared, expected) => {
    expect(headlineMetric(names, declared)).toBe(expected);
  });
});

describe('rightShare', () => {
  it.each([
    ['acc', { acc: 1 }, 1],
    ['pass@1', { 'pass@1': 0.5, acc: 1 }, 0.5],
    ['noAnswer', { noAnswer: 1, acc: 1 }, 0],
    ['noAnswer', { acc: 1 }, null],
    ['nll', { nll: 3 }, null],
    [null, {}, null],
  ])('by %s of %j is %s', (metric, values, expected) => {
    expect(rightShare(metric)(values as Record<string, number>)).toBe(expected);
  });
});
