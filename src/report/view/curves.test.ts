/** Curves over T of texts: each T is written by itself, whatever version of the sampler wrote them. */
import { describe, expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { ItemRecord } from '../../core/record.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { curvesSection } from '../html/curves-section.ts';
import { noiseSection } from '../html/noise-section.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

const FACTS = { chance: null, ranking: null, metric: null };

function written(index: number, steps: readonly number[], values: Readonly<Record<string, number>>): ItemRecord {
  const views = { default: steps.map((T) => ({ steps: T, draw: 0, text: 'a', tokens: 4, nfe: T })) };
  return { ...scriptedRecord(index, values), response: { kind: 'written', views, nfe: 9 } };
}
const run = (steps: readonly number[], records: readonly ItemRecord[], estimator = 'denoising/2') =>
  toRunColumns(scriptedStoredRun({ settings: { steps: [...steps], estimator }, records }), FACTS);

const sweep = run(
  [1, 2],
  [0, 1].map((i) => written(i, [1, 2], { acc: i, 'acc@1': 0, 'acc@2': i })),
);
const alone = run(
  [8],
  [0, 1].map((i) => written(i, [8], { acc: 1 })),
);

describe('a curve', () => {
  it('has the headline of a run of one T as the point of that T', () => {
    const [curve] = toReportView({ runs: [sweep, alone], unreadable: [] }).curves;
    expect(curve?.accuracies).toHaveLength(1);
    expect(curve?.accuracies[0]?.points.map(({ steps, value }) => [steps, value.value])).toEqual([
      [1, 0],
      [2, 0.5],
      [8, 1],
    ]);
  });

  it.each(['denoising/1', 'denoising/2'])(
    'of texts by %s is of separate draws, also where nothing could be written',
    async (estimator) => {
      const refused = [0, 1].map((i): ItemRecord => {
        const values = { 'pass@1': 0, 'pass@1@2': 0, 'pass@1@8': 0 };
        return {
          ...scriptedRecord(i, values),
          response: { kind: 'unanswered', code: 'not-supported', reason: 'too long' },
        };
      });
      const view = toReportView({ runs: [run([2, 8], refused, estimator)], unreadable: [] });
      expect(view.curves[0]?.passes).toBe('separate');
      const page = String((await curvesSection(view, async () => new Uint8Array()))?.html);
      expect(page).toContain('Every T was drawn by itself');
    },
  );

  it('of an earlier version of the bound still shares its passes', () => {
    const records = [0, 1].map((i) => scriptedRecord(i, { acc: 1, 'accNelbo@1': 0, 'accNelbo@8': 1 }));
    const old = run([1, 8], records, 'masked-cross-entropies/1');
    expect(old.facts.stepsFrom).toBe('shared');
    expect(toReportView({ runs: [old], unreadable: [] }).headline[0]?.cells[0]?.steps).toBeNull();
  });
});

it('a noise budget without spread claims no error of 0', () => {
  const view = toReportView({ runs: [alone], unreadable: [] });
  expect(String(noiseSection(view)?.html)).toContain('–<small>all items alike</small>');
  expect(reportMarkdown(view)).toContain('| – (all alike) | 0.0 | – | – | – |');
});
