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

describe('a score that is known of one of three items', () => {
  const records = [0, 1, 2].map((i) => {
    const exact: Readonly<Record<string, number>> = i === 0 ? { 'accLikelihood@1': 0, 'accLikelihood@8': 1 } : {};
    return scriptedRecord(i, { acc: 1, 'accNelbo@1': 0, 'accNelbo@8': i % 2, ...exact });
  });
  const view = toReportView({ runs: [run([1, 8], records, 'masked-cross-entropies/1')], unreadable: [] });

  it('is no line beside those of all items; the page says so, and its n', async () => {
    const lines: string[][] = [];
    const section = await curvesSection(view, async ({ series }, theme) => {
      if (theme === 'light') lines.push(series.map(({ label }) => label));
      return new Uint8Array();
    });
    expect(lines).toEqual([['accNelbo@T']]);
    const page = String(section?.html);
    expect(page).toContain('Not in the chart, for fewer items have a value: accLikelihood@T (n 1).');
    expect(page.match(/<small>n 1<\/small>/g)).toHaveLength(2);
  });

  it('has its n in Markdown', () => {
    const rows = reportMarkdown(view)
      .split('\n')
      .filter((line) => line.includes('accLikelihood&#64;'));
    expect(rows).toHaveLength(2);
    // Wilson's interval of one of one at 95 %: 1 / (1 + 1.96²) = 0.207 to 1.
    expect(rows[1]).toBe('| piqa (canonical) | diffugpt-m | accLikelihood&#64;8 | 100.0 [20.7, 100.0] | 1 |  |  |');
  });
});

it('names the protocol wherever Markdown names the task', () => {
  const of = (protocol: 'canonical' | 'paper', right: number) => {
    const records = [0, 1, 2, 3].map((i) => {
      const acc = Number(i < right);
      return scriptedRecord(i, { acc, 'accOfficial@1': acc, 'accOfficial@8': acc });
    });
    const asked = (openFraction: number) => ({ settings: { steps: [1, 8], protocol, openFraction }, records });
    return [0, 1].map((openFraction) => toRunColumns(scriptedStoredRun(asked(openFraction)), FACTS));
  };
  const text = reportMarkdown(toReportView({ runs: [...of('canonical', 1), ...of('paper', 2)], unreadable: [] }));
  const parts = new Map(text.split('\n## ').map((part) => [part.split('\n')[0], part]));
  expect(parts.get('Diffusion steps')).toContain('| piqa (canonical) | diffugpt-m | accOfficial&#64;8 | 25.0 ');
  expect(parts.get('Diffusion steps')).toContain('| piqa (paper) | diffugpt-m | accOfficial&#64;8 | 50.0 ');
  for (const title of ['Noise budget', 'Ablations']) {
    expect(parts.get(title)).toContain('| piqa (canonical), acc | ');
    expect(parts.get(title)).toContain('| piqa (paper), acc | ');
  }
});
