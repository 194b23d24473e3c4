import { describe, expect, it } from 'vitest';
import { COMPARE_SETTINGS } from '../../../test/scripted/compare-settings.ts';
import { type Scripted, scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { resolveGateRules } from '../judge/gate-schema.ts';
import { judge } from '../judge/judge.ts';
import { matchRuns } from '../measured/match-runs.ts';
import { compareRuns } from './compare-runs.ts';
import { comparisonText } from './comparison-text.ts';

const compared = (...[before, now]: readonly [Scripted, Scripted]) => {
  const runs = [scriptedMeasured({ model: 'a', ...before }), scriptedMeasured({ model: 'b', ...now })] as const;
  return compareRuns(matchRuns([runs[0]], [runs[1]]), COMPARE_SETTINGS);
};

describe('flipped items', () => {
  const listed = (name: string, before: readonly number[], now: readonly number[], headline?: string) => {
    const of = (values: readonly number[]) => ({
      task: 'humaneval',
      values: { [name]: values },
      ...(headline && { headline }),
    });
    const document = compared(of(before), of(now));
    return [
      document.flips.map(({ id, metric, change }) => `${metric} ${id} ${change}`),
      comparisonText(document, 9),
    ] as const;
  };

  it('are of pass@1 where programs are run', () => {
    const [flips, text] = listed('pass@1', [1, 0, 0, 1], [0, 1, 1, 1]);
    expect(flips).toEqual(['pass@1 humaneval/0 lost', 'pass@1 humaneval/1 gained', 'pass@1 humaneval/2 gained']);
    expect(text).toContain('Flipped items by pass@1: 3 (2 now right, 1 now wrong)');
    expect(text).toMatch(/\+ humaneval\/1\n/);
  });

  it('are better where a metric falls that should be low', () => {
    const [flips, text] = listed('noAnswer', [1, 0, 1], [0, 1, 0], 'noAnswer');
    expect(flips).toEqual(['noAnswer humaneval/0 gained', 'noAnswer humaneval/1 lost', 'noAnswer humaneval/2 gained']);
    expect(text).toContain('Flipped items by noAnswer: 3 (2 now better, 1 now worse)');
  });

  it('are none of nats', () => {
    expect(listed('nll', [1, 2], [2, 1])).toEqual([[], expect.not.stringContaining('Flipped')]);
  });
});

it('labels a metric that no loaded task explains', () => {
  const document = compared({ values: { recall: [1, 0] } }, { values: { recall: [1, 1] } });
  expect(document.notes).toContain('recall: no loaded task says what it is; higher is taken as better');
});

it('is refused by the gate: its direction would be a guess', () => {
  const side = (model: string) => [scriptedMeasured({ model, values: { recall: [1, 0] } })];
  expect(() => judge(side('a'), side('b'), resolveGateRules({ gate: {} }))).toThrow(
    'gate of piqa: expected a metric whose direction is known, found recall',
  );
});
