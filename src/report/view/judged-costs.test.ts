/** What stands beside the value of one view is what the texts of that view took, and times say what they cover. */
import { describe, expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { Written } from '../../core/response.ts';
import type { SamplerChoice } from '../../core/samplers/choice.ts';
import type { TextTrace } from '../../core/trace.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { planningColumns } from '../charts/planning.ts';
import { curvesSection } from '../html/curves-section.ts';
import { frontierSection } from '../html/frontier-section.ts';
import { frontierTable } from '../terminal/frontier-table.ts';
import { runTable } from '../terminal/table.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';
import { toRunFacts } from './to-run-facts.ts';

const FACTS = { chance: null, ranking: null, metric: 'contains' };
const text = (steps: number | null, nfe: number, tokens: number): Written => ({
  steps,
  draw: 0,
  text: 'a',
  tokens,
  nfe,
});

/** Views as they are stored, by name. */
const item = (index: number, values: Readonly<Record<string, number>>, views: Readonly<Record<string, Written[]>>) => ({
  ...scriptedRecord(index, values),
  response: {
    kind: 'written',
    views,
    nfe: Object.values(views)
      .flat()
      .reduce((sum, { nfe }) => sum + nfe, 0),
  } as const,
});

/** An answer of so many tokens: told their number, told ten more, and on a canvas of 32. */
const byT = (index: number, tokens: number, [at2, at8]: readonly [number, number]): ItemRecord =>
  item(
    index,
    { contains: at8, 'contains@2': at2, 'contains@8': at8, 'contains@canvas-32': 1 },
    {
      'canvas-32': [text(2, 2, 32), text(8, 8, 32)],
      default: [text(2, 2, tokens), text(8, tokens, tokens)],
      'oracle-10': [text(2, 2, tokens + 10), text(8, 8, tokens + 10)],
    },
  );

/** A third item whose first view was refused: the texts of its canvas are judged by no metric without a view's name. */
const refused: ItemRecord = {
  ...item(2, { 'contains@canvas-32': 1 }, { 'canvas-32': [text(2, 2, 32), text(8, 8, 32)] }),
  response: {
    kind: 'written',
    views: { 'canvas-32': [text(2, 2, 32), text(8, 8, 32)] },
    refused: { default: { code: 'context-overflow', reason: 'too long' } },
    nfe: 10,
  },
};

const settings = { steps: [2, 8], estimator: 'denoising/2', passes: 0 };
const untimed = scriptedStoredRun({
  task: 'triviaqa',
  settings,
  records: [byT(0, 3, [0, 1]), byT(1, 5, [0, 0]), refused],
});
const sessions = untimed.environment.sessions.map((session) => ({
  ...session,
  writing: {
    2: { seconds: 0.5, texts: 7, nfe: 14, tokens: 164, flops: 7e6 },
    8: { seconds: 2, texts: 7, nfe: 48, tokens: 164, flops: 14e6 },
  },
}));
const line: StoredRun = { ...untimed, environment: { ...untimed.environment, sessions } };
const viewOf = (...runs: readonly StoredRun[]) =>
  toReportView({ runs: runs.map((run) => toRunColumns(run, FACTS)), unreadable: [] });

describe('passes a text of a run in three views', () => {
  const facts = toRunFacts(line, FACTS);

  it('are of the texts that the headline judges; times, and the passes of all the run, are of all views', () => {
    // T = 8: 3 and 5 passes in default; of all seven texts 48 / 7.
    expect(facts.writing?.map(({ steps, nfe, seconds }) => [steps, nfe, seconds])).toEqual([
      [2, 2, 0.5],
      [8, 4, 2],
    ]);
    expect(facts.writing?.[1]).toMatchObject({ tokensPerSecond: 82, flops: 2e6 });
    expect(facts.writtenViews).toEqual({ judged: 'default', others: ['canvas-32', 'oracle-10'] });
    expect(facts.nfe).toBe(14 + 48);
  });

  it('are said to be in the note of a run, and what seconds cover', () => {
    const said = runTable([facts], 1000);
    expect(said).toContain('one text for each T and view: T = 2: 2.00 passes a text in 0.5 s');
    expect(said).toContain('T = 8: 4.00 passes a text in 2.0 s, 82 tokens/s.');
    expect(said).toContain(
      'passes a text are of view default, which contains judges; seconds and tokens/s are over all 3 views (default, canvas-32, oracle-10), which are not timed apart.',
    );
  });

  it('are in curves without seconds, which would be of other texts too', async () => {
    const view = viewOf(line);
    expect(view.curves[0]?.costs).toEqual([
      { steps: 2, nfe: 2, seconds: null },
      { steps: 8, nfe: 4, seconds: null },
    ]);
    expect(view.curves[0]?.together).toEqual({ nfe: 62 / 3, seconds: 2 / 3 });
    const page = String((await curvesSection(view, async () => new Uint8Array()))?.html);
    expect(page).toContain('an item in all its 3 views: their differences');
    expect(page).toContain('NFE is of the texts of view default, which are judged here; views are not timed apart');
  });

  it('have no seconds either where a run has one T', () => {
    const alone = (T: number, passes: number) => {
      const views = { 'canvas-32': [text(T, T, 32)], default: [text(T, passes, 4)] };
      return scriptedStoredRun({
        settings: { ...settings, steps: [T] },
        records: [0, 1].map((i) => item(i, { contains: i, 'contains@canvas-32': 1 }, views)),
      });
    };
    expect(viewOf(alone(2, 2), alone(8, 4)).curves[0]?.costs).toEqual([
      { steps: 2, nfe: 2, seconds: null },
      { steps: 8, nfe: 4, seconds: null },
    ]);
  });

  it('in the table of speed go with its seconds and FLOPs, over all views', () => {
    const [row] = viewOf(line).speed;
    expect(row?.writing.map(({ nfe, flops }) => [nfe, flops])).toEqual([
      [2, 1e6],
      [48 / 7, 2e6],
    ]);
    expect(row?.nfePerItem).toBe(62 / 3);
  });
});

it('models side by side stand at the passes of the judged texts, and at no time or FLOPs of other views', async () => {
  const causal = scriptedStoredRun({
    task: 'triviaqa',
    model: { name: 'gpt2-m', family: 'autoregressive', weightsDigest: 'c'.repeat(64) },
    settings: { steps: [], estimator: 'greedy/1', passes: 1 },
    records: [3, 5].map((tokens, i) =>
      item(
        i,
        { contains: i, 'contains@canvas-32': 1 },
        { 'canvas-32': [text(null, 32, 32)], default: [text(null, tokens, tokens)] },
      ),
    ),
  });
  const view = viewOf(scriptedStoredRun({ task: 'triviaqa', settings, records: line.records.slice(0, 2) }), causal);
  const [found] = view.compared;
  expect(found?.curves[0]?.points.map(({ nfe, seconds, flops }) => [nfe, seconds, flops])).toEqual([
    [2, null, null],
    [4, null, null],
  ]);
  expect(found?.levels[0]?.points.map(({ nfe, seconds, flops }) => [nfe, seconds, flops])).toEqual([[4, null, null]]);
  const page = String((await curvesSection(view, async () => new Uint8Array()))?.html);
  expect(page).toContain('Of texts in several views, passes are of view default, which is judged here');
});

describe('samplers of a task in three views', () => {
  const bySampler = (sampler: SamplerChoice, passes: number, contains: readonly number[]) =>
    scriptedStoredRun({
      task: 'triviaqa',
      settings: { ...settings, steps: [], sampler },
      records: contains.map((value, i) =>
        item(
          i,
          { contains: value, 'contains@canvas-32': 1 },
          {
            'canvas-32': [text(null, 30, 32)],
            default: [text(null, passes, 6)],
            'oracle-10': [text(null, 15, 16)],
          },
        ),
      ),
    });
  const view = viewOf(line, bySampler({ order: 'threshold', threshold: 0.3 }, 3, [0, 1]));

  it('are weighed by the passes and tokens of the texts that are judged', () => {
    const [found] = view.frontiers;
    // default at T = 8: 3 and 5 passes for 3 and 5 tokens; threshold: 3 passes for 6 tokens, 16 on the mean over all views.
    expect(
      found?.points.map(({ sampler, steps, passes, tokensPerPass, isOnFront }) => {
        return [sampler, steps, passes, tokensPerPass, isOnFront];
      }),
    ).toEqual([
      ['default', 2, 2, 2, true],
      ['default', 8, 4, 1, false],
      ['threshold:threshold=0.3', null, 3, 2, true],
    ]);
    // 3 passes: half of the default's texts at T = 2, half at T = 8, which give 0 and .5, so .25 of .5.
    expect(found?.points[2]?.atEqualCost).toMatchObject({ value: 0.25, n: 2 });
  });

  it('say which texts those are', () => {
    const said = 'Passes and tokens are of the texts of view default, which contains judges.';
    expect(frontierTable(view.frontiers, 1000)).toContain(said);
    expect(String(frontierSection(view)?.html)).toContain(said);
  });
});

it('planning is of the judged texts, though other views take more steps', () => {
  const trace = (view: string, steps: number, revealed: readonly number[]): TextTrace => ({
    ...{ view, steps, draw: 0, maskable: [0, 1, 2], context: { before: '', after: '' }, pieces: { 7: 'a' } },
    path: revealed.map((position, at) => ({
      ...{ remaining: revealed.length - 1 - at, positions: [position], tokens: [7], confidences: [-1] },
      revealed: [position],
    })),
  });
  const record = item(0, { contains: 1 }, { 'canvas-32': [text(null, 3, 3)], default: [text(null, 3, 3)] });
  // From right to left on the canvas, with more steps; from left to right in the view that is judged.
  const texts = [trace('canvas-32', 32, [2, 1, 0]), trace('default', 3, [0, 1, 2])];
  const columns = planningColumns([record], new Map([[record.id, { id: record.id, index: 0, texts }]]));
  expect([...(columns?.get('order') ?? [])]).toEqual([1]);
});
