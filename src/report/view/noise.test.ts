import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { Ranking } from '../../core/response.ts';
import { noiseOf } from '../../gate/compare/noise-of.ts';
import { toMeasured } from '../../gate/measured/to-measured.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

/** The Monte-Carlo error of a headline, as a report and as `compare` say it. */
function monteCarlo(metric: string, ranking: 'sum' | null, records: readonly ItemRecord[]): readonly unknown[] {
  const stored = scriptedStoredRun({ records });
  const headline = { ranking, metric };
  const { noise } = toReportView({ runs: [toRunColumns(stored, { chance: null, ...headline })], unreadable: [] });
  return [noise[0]?.budget.monteCarlo, noiseOf(toMeasured(stored, headline), metric)?.budget.monteCarlo];
}

const answered = (index: number, value: number, stderr: number): ItemRecord =>
  scriptedRecord(index, { 'official@2': value }, { 'official@2': { value, stderr } });

it('has the error of published scores, which masks move too', () => {
  const records = [answered(0, 4, 0.3), answered(1, 5, 0.4)];
  // √(0.3² + 0.4²) / 2
  for (const found of monteCarlo('official@2', null, records)) expect(found).toBeCloseTo(0.25, 12);
});

it('counts an answer that may change where the right one is among the first two', () => {
  const chosen = (index: number, { best, runnerUp }: Pick<Ranking, 'best' | 'runnerUp'>): ItemRecord => ({
    ...scriptedRecord(index, { acc: best === 0 ? 1 : 0 }),
    score: { kind: 'scored', values: { acc: best === 0 ? 1 : 0 }, answer: best, gold: 0, undecided: true },
    response: {
      kind: 'answered',
      nfe: 1,
      views: {
        default: { alternatives: [], rankings: { 'nelbo/sum': { best, runnerUp, margin: 0.5, stderr: 0.4 } } },
      },
    },
  });
  const records = [chosen(0, { best: 0, runnerUp: 2 }), chosen(1, { best: 1, runnerUp: 2 })];
  // Φ(−1.25) = 0.105650, of the first alone.
  for (const found of monteCarlo('acc', 'sum', records)) {
    expect(found).toBeCloseTo(Math.sqrt(0.10565 * 0.89435) / 2, 5);
  }
});
