/** Programs, whose headline is `pass@1`, in every part of a report. */
import { expect, it } from 'vitest';
import { humanevalInfill } from '../../../tasks/humaneval/tasks.ts';
import { scriptedReport } from '../../../test/scripted/scripted-report.ts';
import { type ScriptedRun, scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { curvesSection } from '../html/curves-section.ts';
import { headlineSection } from '../html/headline-section.ts';
import { TABLE_9 } from '../published/further-tables.ts';
import { sweepTable } from '../terminal/sweep-table.ts';
import { conformanceTable } from './conformance.ts';
import { toReportView } from './report-view.ts';
import { toSweepDocument } from './sweep.ts';
import { toRunColumns } from './to-run-columns.ts';

const { chance, floors, metric = null } = humanevalInfill;
const FACTS = { chance, floors, metric, ranking: null };
const passes = (share: number, n: number) => (i: number) => Number(i < share * n);

/** 1,033 rows, as published. */
function infill({ model, ...run }: Partial<ScriptedRun>, first: number, last = first) {
  const records = Array.from({ length: 1033 }, (_, i) => {
    const [one, two] = [passes(first, 1033)(i), passes(last, 1033)(i)];
    return scriptedRecord(i, { 'pass@1': two, 'pass@1@2': one, 'pass@1@8': two, 'pass@1@line': 0 });
  });
  const source = 'humaneval-infill/single-line';
  const stored = scriptedStoredRun({ task: 'humaneval-infill', source, ...(model && { model }), ...run, records });
  return toRunColumns(stored, FACTS);
}

const diffusion = infill({ model: { name: 'diffugpt-m' }, settings: { steps: [2, 8] } }, 0.02, 0.03);
const causal = infill(
  { model: { name: 'gpt2-m', family: 'autoregressive', weightsDigest: 'c'.repeat(64) }, settings: { steps: [] } },
  0.026,
);

const sliced = (columns: typeof diffusion.columns, count: number) =>
  new Map([...columns].map(([metric, values]) => [metric, values.slice(0, count)]));

it('has the curve over T, with the autoregressive value beside it', () => {
  const [curve] = toReportView({ runs: [diffusion, causal], unreadable: [] }).curves;
  const shares = [21 / 1033, 31 / 1033];
  expect(curve?.accuracies.map((each) => each.metric)).toEqual(['pass@1']);
  expect(curve?.accuracies[0]?.points.map(({ steps, value }) => [steps, value.value])).toEqual([
    [2, shares[0]],
    [8, shares[1]],
  ]);
  expect(curve?.baselines.map(({ model, value }) => [model, value.value])).toEqual([['gpt2-m', 27 / 1033]]);
});

it('draws the autoregressive level over the items of the curve alone, with its band', async () => {
  const part = { ...diffusion, ids: diffusion.ids.slice(0, 100), columns: sliced(diffusion.columns, 100) };
  const view = toReportView({ runs: [part, causal], unreadable: [] });
  expect(view.curves[0]?.baselines.map(({ value }) => [value.value, value.n])).toEqual([[0.27, 100]]);
  const bands: unknown[] = [];
  await curvesSection(view, async (spec) => {
    bands.push(spec.levels.find(({ label }) => label.startsWith('gpt2-m'))?.band);
    return new Uint8Array();
  });
  // Wilson's interval of 27 of 100.
  expect(bands[0]).toMatchObject({ low: expect.closeTo(19.3, 1), high: expect.closeTo(36.4, 1) });
});

it('draws the share of empty texts as a level of the chart, and no ceiling', async () => {
  const levels: string[] = [];
  const section = await curvesSection(toReportView({ runs: [diffusion, causal], unreadable: [] }), async (spec) => {
    levels.push(...spec.levels.map(({ label, y }) => `${label} ${y.toFixed(1)}`));
    return new Uint8Array();
  });
  expect(new Set(levels)).toEqual(new Set(['gpt2-m, autoregressive 2.6', 'empty completion 2.6']));
  expect(String(section?.html)).toContain('canonical, n 1,033.');
});

it('sets what empty text passes beside the first number: 27 of 1,033', () => {
  const view = toReportView({ runs: [diffusion, causal], unreadable: [] });
  const [row] = view.headline;
  expect(row).toMatchObject({ metric: 'pass@1', chance: null });
  expect(row?.floors[0]).toEqual({ name: 'empty completion', value: 27 / 1033, isOfWholeSetOnly: false });
  const page = String(headlineSection(view).html);
  expect(page).toContain('2.6<small>empty completion</small>');
  expect(page.match(/class="whisker"/g)).toHaveLength(2);
  expect(page.match(/class="floor"/g)).toHaveLength(2);
});

it('says where a floor is of the full set and the run of a part', () => {
  const part = infill({ limit: 10 }, 0.02);
  const [row] = toReportView({ runs: [part], unreadable: [] }).headline;
  expect(row?.floors.map(({ isOfWholeSetOnly }) => isOfWholeSetOnly)).toEqual([true, true]);
  const [fixture] = toReportView({ runs: [infill({ source: 'fixture' }, 0)], unreadable: [] }).headline;
  expect(fixture?.floors).toEqual([]);
});

it('fills the cell of the published table', () => {
  const cells = conformanceTable(TABLE_9, [diffusion, causal]).rows.map(({ cells }) => cells.at(-1));
  // Published 2.6 and 2.9 over 1,033 items; ours 27 and 31 of them.
  expect(cells.map((cell) => [cell?.row, cell?.verdict, cell?.ours?.value])).toEqual([
    ['GPT2-M', 'matches', 27 / 1033],
    ['GPT2-M, AR training continued', 'weights not public', undefined],
    ['DiffuGPT-M', 'matches', 31 / 1033],
  ]);
});

it('is swept over T by pass@1, whose name holds @ itself', () => {
  const values = (share: number) => Array.from({ length: 400 }, (_, i) => passes(share, 400)(i));
  const columns = {
    'pass@1': values(0.6),
    'pass@1@2': values(0.2),
    'pass@1@8': values(0.6),
    'pass@1@8@line': values(0),
  };
  const scripted = scriptedReport(columns, { steps: [2, 8], headline: 'pass@1', chance: null, task: 'humaneval' });
  const other = scriptedReport(
    { 'pass@1': values(0.5) },
    { family: 'autoregressive', steps: [], headline: 'pass@1', chance: null, task: 'humaneval', model: 'gpt2-m' },
  );
  const document = toSweepDocument([scripted, other], { margin: 0.02, alpha: 0.05 });
  expect(document.sweeps[0]?.scores.map((score) => [score.metric, score.smallest])).toEqual([['pass@1', 8]]);
  const text = sweepTable(document);
  expect(text).toMatch(/humaneval, diffugpt-m, n 400\n {3}pass@1 *\nT {2}at T .*\n─+\n2 {2}20\.0 /);
  expect(text).toContain('gpt2-m, autoregressive: pass@1 50.0 [45.1, 54.9].');
});
