/** Which run stands in which column, and under which name. */
import { describe, expect, it } from 'vitest';
import { type ScriptedRun, scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { headlineSection } from '../html/headline-section.ts';
import { TABLE_9 } from '../published/further-tables.ts';
import { conformanceTable } from './conformance.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

interface Made extends Partial<ScriptedRun> {
  readonly name?: string;
  readonly family?: 'autoregressive' | 'diffusion';
  /** Items, of which `right` are right. */
  readonly n: number;
  readonly right?: number;
  readonly started?: string;
}

function made({ name = 'tiny', family = 'diffusion', n, right = n, started, ...run }: Made) {
  const records = Array.from({ length: n }, (_, i) => scriptedRecord(i, { acc: Number(i < right) }));
  const model = { name, family, ...run.model };
  const stored = scriptedStoredRun({ ...run, model, records });
  const sessions = stored.environment.sessions.map((session) =>
    started === undefined ? session : { ...session, started },
  );
  return toRunColumns(
    { ...stored, environment: { ...stored.environment, sessions } },
    { chance: 0.5, ranking: null, metric: null },
  );
}
const viewOf = (...runs: readonly Made[]) => toReportView({ runs: runs.map(made), unreadable: [] });
const table = ({ models, headline }: ReturnType<typeof viewOf>) =>
  headline.flatMap(({ task, cells }) =>
    cells.flatMap((cell, at) =>
      cell === null ? [] : [`${task} | ${models[at]?.name} | ${cell.family} ${cell.estimate?.value} n ${cell.items}`],
    ),
  );

describe('a model of both families', () => {
  it('has a column each, under a name that says which', () => {
    const view = viewOf(
      { task: 'piqa', n: 30, right: 15 },
      { task: 'siqa', n: 30, right: 3 },
      { task: 'piqa', family: 'autoregressive', settings: { steps: [] }, n: 3, limit: 3 },
    );
    expect(table(view)).toEqual([
      'piqa | tiny (autoregressive) | autoregressive 1 n 3',
      'piqa | tiny (diffusion) | diffusion 0.5 n 30',
      'siqa | tiny (diffusion) | diffusion 0.1 n 30',
    ]);
    expect(view.pairs.map(({ model, reference }) => [model, reference])).toEqual([
      ['tiny (diffusion)', 'tiny (autoregressive)'],
    ]);
    expect(view.leftOut).toEqual([]);
  });

  it('shows no value of one in the column of the other: 30 causal items, 5 denoised ones', () => {
    const view = viewOf({ n: 5, right: 1, limit: 5 }, { family: 'autoregressive', settings: { steps: [] }, n: 30 });
    expect(table(view)).toEqual([
      'piqa | tiny (autoregressive) | autoregressive 1 n 30',
      'piqa | tiny (diffusion) | diffusion 0.2 n 5',
    ]);
    expect(view.models.map(({ family, reading }) => [family, reading])).toEqual([
      ['autoregressive', ''],
      ['diffusion', 'attention 1, shift on'],
    ]);
  });
});

describe('of several runs of one model on a task', () => {
  it('the one over the most items is shown, whatever its reading, in a column of that reading', () => {
    const causal = { settings: { openFraction: 0 }, n: 40, right: 10 };
    const view = viewOf(
      { task: 'piqa', n: 5 },
      { task: 'piqa', ...causal },
      { task: 'siqa', n: 5 },
      { task: 'winogrande', n: 5 },
    );
    expect(table(view)).toEqual([
      'piqa | tiny (attention 0) | diffusion 0.25 n 40',
      'siqa | tiny | diffusion 1 n 5',
      'winogrande | tiny | diffusion 1 n 5',
    ]);
    expect(view.leftOut.map(({ task, model, items, because }) => [task, model, items, because])).toEqual([
      ['piqa', 'tiny', 5, 'n 5 instead of 40, attention 1'],
    ]);
  });

  it('full attention comes before others of as many items, then the newest', () => {
    const view = viewOf(
      { settings: { seed: 0 }, n: 4, right: 1, started: '2026-03-01T00:00:00.000Z' },
      { settings: { seed: 1 }, n: 4, right: 2, started: '2026-03-03T00:00:00.000Z' },
      { settings: { seed: 2 }, n: 4, right: 3, started: '2026-03-02T00:00:00.000Z' },
      { settings: { openFraction: 0 }, n: 4, right: 4, started: '2026-03-04T00:00:00.000Z' },
    );
    expect(table(view)).toEqual(['piqa | tiny | diffusion 0.5 n 4']);
    expect(view.leftOut.map(({ because }) => because).sort()).toEqual(['seed 0', 'seed 0', 'seed 2']);
    const { headline: _, ...others } = view;
    const page = String(headlineSection(view).html);
    expect(page).toContain('Not in this table <small>3 runs</small>');
    for (const { runId } of others.leftOut) expect(page).toContain(`href="#run-${runId.slice(0, 12)}"`);
    expect(reportMarkdown(view)).toContain('Not in this table:\n\n- piqa (canonical), tiny');
  });

  it('T is told where the value is of one, the largest first', () => {
    const paper = { protocol: 'paper', estimator: 'official/1' } as const;
    const view = viewOf(
      { settings: { ...paper, steps: [32] }, n: 4, right: 3, started: '2026-03-01T00:00:00.000Z' },
      { settings: { ...paper, steps: [8] }, n: 4, right: 1, started: '2026-03-02T00:00:00.000Z' },
    );
    expect(view.headline[0]?.cells[0]).toMatchObject({ steps: 32, estimate: { value: 0.75 } });
    expect(String(headlineSection(view).html)).toContain('n 4, T = 32');
    expect(view.leftOut.map(({ because }) => because)).toEqual(['T = 8']);
  });
});

it('two sets of weights under one name are two columns', () => {
  const { models } = viewOf({ n: 4 }, { n: 4, model: { weightsDigest: 'f'.repeat(64) } });
  expect(models.map(({ name }) => name)).toEqual(['tiny (weights aaaaaa)', 'tiny (weights ffffff)']);
});

it('an ablation stays one column, its further readings under their names', () => {
  const grid = [0, 0.5, 1].flatMap((openFraction) =>
    [true, false].map((shift) => ({ settings: { openFraction, shift }, n: 4 })),
  );
  const view = viewOf(...grid);
  expect(view.models.map(({ name }) => name)).toEqual(['tiny']);
  expect(view.leftOut).toHaveLength(5);
  expect(view.speed.map(({ model }) => model).sort()).toEqual([
    'tiny',
    'tiny (attention 0)',
    'tiny (attention 0, shift off)',
    'tiny (attention 0.5)',
    'tiny (attention 0.5, shift off)',
    'tiny (shift off)',
  ]);
  expect(new Set(view.ablations.flatMap(({ rows }) => rows.map(({ model }) => model)))).toEqual(new Set(['tiny']));
});

it('a published row is met by its own family only', () => {
  const causal = { name: 'gpt2-m', family: 'autoregressive', settings: { steps: [] }, n: 1838, right: 1239 } as const;
  const cell = (...runs: readonly Made[]) =>
    conformanceTable(TABLE_9, toReportViewRuns(runs)).rows[0]?.cells.find(({ column }) => column === 'PIQA');
  expect(cell(causal)).toMatchObject({ verdict: 'matches' });
  expect(cell({ ...causal, family: 'diffusion', settings: {} })).toMatchObject({ verdict: 'not run' });
});
const toReportViewRuns = (runs: readonly Made[]) => runs.map(made);
