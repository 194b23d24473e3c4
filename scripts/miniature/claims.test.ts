import { describe, expect, it } from 'vitest';
import { CONTROLS, findings, overall, verdictOf } from './claims.ts';
import type { Arm } from './plan.ts';
import type { Miniature, MiniatureRecord } from './records.ts';

const record = (arm: Arm, seed: number, right: string): MiniatureRecord => ({
  task: 'pointer-chasing',
  arm,
  seed,
  rule: 'canonical',
  right: { '0': right, '1': '0000000000', '8': right, '32': right },
});
const miniature = (records: readonly MiniatureRecord[]): Miniature => ({
  format: 'bench-miniature/1',
  isComplete: true,
  records,
  curves: [],
});
const of = (records: readonly MiniatureRecord[], claim: string) =>
  findings(miniature(records)).find((finding) => finding.claim === claim);

describe('a claim', () => {
  it('is shown by an interval and by every seed', () => {
    const records = [0, 1, 2].flatMap((seed) => [
      record('full', seed, '1111111110'),
      record('noshift', seed, '0000000010'),
    ]);
    expect(of(records, 'The shift matters')).toMatchObject({
      verdict: 'shown',
      bySeed: [0.8, 0.8, 0.8],
      difference: { value: expect.closeTo(0.8, 12), n: 10 },
    });
    expect(of(records, 'More steps help')).toMatchObject({ verdict: 'shown' });
    expect(of(records, 'Annealing the attention matters')).toBeUndefined();
  });

  it('is not shown where a seed says otherwise, and contradicted where all do', () => {
    expect(verdictOf({ low: 0.1, high: 0.3 }, [0.4, 0.4, -0.1])).toBe('not shown');
    expect(verdictOf({ low: -0.1, high: 0.3 }, [0.4, 0.4, 0.1])).toBe('not shown');
    expect(verdictOf({ low: -0.3, high: -0.1 }, [-0.2, -0.1])).toBe('contradicted at this scale');
    const records = [record('full', 0, '0000000001'), record('ar', 0, '1111111101')];
    const found = of(records, 'Diffusion beats autoregression on planning');
    expect(found?.verdict).toBe('contradicted at this scale');
    expect(overall(found === undefined ? [] : [found])).toBe('contradicted at this scale (pointer-chasing)');
  });

  it('counts fewer nats as better', () => {
    const cloze = (arm: Arm, nats: readonly number[]): MiniatureRecord => ({
      ...record(arm, 0, '111'),
      task: 'stories-cloze',
      nats,
    });
    const records = [cloze('full', [1, 1.1, 0.9]), cloze('scratch', [2, 2.1, 2.1])];
    expect(of(records, 'Starting from an autoregressive model helps')).toMatchObject({
      unit: 'nats',
      verdict: 'shown',
    });
  });

  it('sets one sampler against the other, seed by seed', () => {
    const published = (seed: number, right: string): MiniatureRecord => ({
      ...record('full', seed, right),
      rule: 'paper',
    });
    const records = [0, 1].flatMap((seed) => [record('full', seed, '1111111100'), published(seed, '1111110000')]);
    const found = findings(miniature(records), CONTROLS);
    const bySeed = [expect.closeTo(0.2, 12), expect.closeTo(0.2, 12)];
    expect(found).toMatchObject([{ bySeed }, { bySeed }]);
    expect(found.map(({ claim }) => /T = \d+/.exec(claim)?.[0])).toEqual(['T = 8', 'T = 32']);
  });
});
