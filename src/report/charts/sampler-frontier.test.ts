import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { SamplerChoice } from '../../core/samplers/choice.ts';
import { reportLines } from '../documents/report-lines.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { frontierSection } from '../html/frontier-section.ts';
import { frontierTable } from '../terminal/frontier-table.ts';
import { toReportView } from '../view/report-view.ts';
import { toRunColumns } from '../view/to-run-columns.ts';
import { lineOf } from './sampler-frontier.ts';

/** @param acc of each item by T, each text taking T passes for four tokens, or by itself with as many passes as said */
function written(acc: Readonly<Record<number, readonly number[]>>, sampler?: SamplerChoice, passes?: number) {
  const steps = passes === undefined ? Object.keys(acc).map(Number) : [];
  const count = Object.values(acc)[0]?.length ?? 0;
  const records = Array.from({ length: count }, (_, i) => {
    const values = Object.fromEntries(steps.map((T) => [`acc@${T}`, acc[T]?.[i] as number]));
    const last = Object.values(acc).at(-1)?.[i] as number;
    const texts = (passes === undefined ? steps : [null]).map((T) => {
      return { steps: T, draw: 0, text: 'x', tokens: 4, nfe: T ?? (passes as number) };
    });
    const response = { kind: 'written', views: { default: texts }, nfe: 1 } as const;
    return { ...scriptedRecord(i, { acc: last, ...values }), response };
  });
  const by = sampler === undefined ? {} : { sampler };
  return scriptedStoredRun({ records, settings: { steps, estimator: 'denoising/2', passes: 0, ...by } });
}
const viewOf = (...runs: readonly ReturnType<typeof written>[]) =>
  toReportView({
    runs: runs.map((run) => toRunColumns(run, { chance: null, ranking: null, metric: null })),
    unreadable: [],
  });

const line = written({ 2: [0, 0, 1, 0], 4: [1, 0, 1, 0], 8: [1, 1, 1, 0] });
const sure = written({ 0: [1, 1, 1, 0] }, { order: 'threshold', threshold: 0.9 }, 3);

it('holds samplers against the default at equal cost, item by item, and says which points no other beats', () => {
  const view = viewOf(line, sure);
  const [found] = view.frontiers;
  expect(found?.reference).toBe('default');
  expect(
    found?.points.map(({ sampler, steps, passes, tokensPerPass, value, isOnFront }) => {
      return [sampler, steps, passes, tokensPerPass, value.value, isOnFront];
    }),
  ).toEqual([
    ['default', 2, 2, 2, 0.25, true],
    ['default', 4, 4, 1, 0.5, false],
    ['default', 8, 8, 0.5, 0.75, false],
    ['threshold:threshold=0.9', null, 3, 4 / 3, 0.75, true],
  ]);
  const [point] = found?.points.slice(-1) ?? [];
  // Half of the default's texts at T = 2, half at T = 4, cost 3 passes each on the mean and give .375.
  expect(point?.atEqualCost).toMatchObject({ value: 0.375, n: 4 });
  expect(point?.toLargest).toMatchObject({ value: 0, n: 4 });
  expect(found?.points[2]?.toLargest).toBeNull();
});

it('has no equal cost below the least of the reference, and takes its largest above', () => {
  const [cheap, dear] = [1, 20].map((passes) => {
    const run = written({ 0: [1, 1, 1, 1] }, { order: 'threshold', threshold: 0.5 }, passes);
    return viewOf(line, run).frontiers[0]?.points.at(-1);
  });
  expect(cheap?.atEqualCost).toBeNull();
  expect(dear?.atEqualCost).toMatchObject({ value: 0.25 });
});

it('is on the page with two charts, in Markdown, in lines and in the terminal; one sampler alone is not', () => {
  const view = viewOf(line, sure);
  const html = String(frontierSection(view)?.html);
  expect(html.match(/<svg class="chart"/g)).toHaveLength(2);
  expect(html).toContain('threshold:threshold=0.9');
  expect(reportMarkdown(view)).toContain('## Samplers: what passes buy');
  expect(reportLines(view).filter(({ section }) => section === 'sampler frontier')).toHaveLength(13);
  expect(frontierTable(view.frontiers, 120)).toContain('threshold:threshold=0.9 *');
  expect(viewOf(line).frontiers).toEqual([]);
  expect(frontierSection(viewOf(line))).toBeNull();
});

it('thresholds of one sampler are one line', () => {
  expect(lineOf('threshold:block=32:threshold=0.9')).toBe('threshold:block=32');
});
