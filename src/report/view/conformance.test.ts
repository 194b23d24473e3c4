import { describe, expect, it } from 'vitest';
import { type ScriptedRun, scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { TABLE_3, TABLE_11 } from '../published/further-tables.ts';
import { PUBLISHED_TABLES } from '../published/index.ts';
import type { PublishedTable } from '../published/table.ts';
import { TABLE_1_FIRST, TABLE_1_LATER } from '../published/table-1.ts';
import { conformanceTable } from './conformance.ts';
import { toRunColumns } from './to-run-columns.ts';

const PAPER = { protocol: 'paper', estimator: 'official/1' } as const;
const FACTS = { chance: null, ranking: null, metric: null } as const;

/** A run in which `right` of `n` items are right under `metric`. */
const share = (right: number, n: number, metric = 'acc') =>
  Array.from({ length: n }, (_, index) => scriptedRecord(index, { acc: 0, [metric]: index < right ? 1 : 0 }));

function cell(table: PublishedTable, row: string, column: string, ...runs: readonly ScriptedRun[]) {
  const rows = conformanceTable(
    table,
    runs.map((run) => toRunColumns(scriptedStoredRun(run), FACTS)),
  ).rows;
  return rows.find(({ name }) => name === row)?.cells.find((each) => each.column === column);
}

const medium = (right: number, n: number, run: Partial<ScriptedRun> = {}): ScriptedRun => ({
  settings: PAPER,
  records: share(right, n),
  ...run,
});

describe('verdicts', () => {
  it('match within two standard errors of both values', () => {
    // Published 59.6 over 1838 items, 1.145 points; ours 600 of 1000, 1.549: 0.4 points are 0.21 standard errors.
    const found = cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA', medium(600, 1000));
    expect(found).toMatchObject({ verdict: 'matches', printed: '59.6', protocol: 'paper' });
    expect(found?.difference).toBeCloseTo(0.004, 12);
    expect(found?.standardErrors).toBeCloseTo(0.004 / Math.hypot(0.01145, 0.01549), 2);
  });

  it('take the error of a mean, which was not published, to be as large as ours', () => {
    const records = Array.from({ length: 100 }, (_, index) =>
      scriptedRecord(index, { rougeL: index % 2 === 0 ? 0.1 : 0.3 }),
    );
    const found = cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'ROC R-L', { task: 'rocstories', settings: PAPER, records });
    // Published 17.0; ours 20.0, whose standard error is 1.005 points.
    expect(found?.difference).toBeCloseTo(0.03, 12);
    expect(found?.standardErrors).toBeCloseTo(0.03 / (Math.SQRT2 * 0.01005), 2);
  });

  it('are unexplained where our protocol does as the published scripts did', () => {
    expect(cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA', medium(500, 1000))).toMatchObject({
      verdict: 'unexplained',
      reasons: [],
    });
  });

  it('are explained by what another protocol does otherwise, by number of the quirk', () => {
    const found = cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA', medium(500, 1000, { settings: {} }));
    expect(found?.verdict).toBe('explained');
    expect(found?.reasons.map((reason) => reason.split(':')[0])).toEqual(['Q1', 'Q2', 'Q3', 'Q13']);
  });

  it('say of a match whether guessing would match, too', () => {
    const guessed = scriptedStoredRun(medium(530, 1000, { task: 'winogrande' }));
    const [row] = conformanceTable(TABLE_1_LATER, [toRunColumns(guessed, { ...FACTS, chance: 0.52 })]).rows.filter(
      ({ name }) => name === 'DiffuGPT-M 355M',
    );
    const found = row?.cells.find(({ column }) => column === 'Wino');
    expect(found).toMatchObject({ verdict: 'matches', reasons: ['not told apart from chance'] });
  });

  it('explain the first version of LAMBADA by hits that were counted twice', () => {
    const run = medium(300, 1000, { task: 'lambada-decoding' });
    expect(cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'LAMBADA', run)?.verdict).toBe('matches');
    const first = cell(TABLE_1_FIRST, 'DiffuGPT-M 355M', 'LAMBADA', run);
    expect(first).toMatchObject({ verdict: 'explained', printed: '60.5' });
    expect(first?.reasons[0]).toMatch(/^Q7: hits were counted twice/);
  });

  it('name weights that are not public, and what was not run', () => {
    expect(cell(TABLE_3, 'DD', 'GPT2-M')?.verdict).toBe('weights not public');
    expect(cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'GSM8K (fine-tuned)')?.verdict).toBe('weights not public');
    expect(cell(TABLE_1_LATER, 'SEDD-M 424M', 'PIQA')?.verdict).toBe('not run');
    expect(cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA')).toMatchObject({ verdict: 'not run', ours: null });
    expect(cell(TABLE_3, 'DD without shift', 'Random init')?.verdict).toBeNull();
  });

  it('are not given to the built-in rows, nor to other readings of a model', () => {
    const onFixtures = cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA', medium(600, 1000, { source: 'fixture' }));
    expect(onFixtures).toMatchObject({ verdict: 'not run', reasons: [expect.stringContaining('built-in rows')] });
    const causal = medium(600, 1000, { settings: { ...PAPER, openFraction: 0 } });
    expect(cell(TABLE_1_LATER, 'DiffuGPT-M 355M', 'PIQA', causal)?.verdict).toBe('not run');
  });

  it('compare each row of Table 11 at its own T', () => {
    const run: ScriptedRun = {
      model: { name: 'diffullama' },
      settings: { ...PAPER, steps: [8, 32] },
      records: Array.from({ length: 1000 }, (_, index) =>
        scriptedRecord(index, { acc: 1, 'accOfficial@8': index < 571 ? 1 : 0, 'accOfficial@32': index < 633 ? 1 : 0 }),
      ),
    };
    expect(cell(TABLE_11, 'DiffuLLaMA, T = 8', 'PIQA', run)).toMatchObject({
      verdict: 'matches',
      ours: { value: 0.571 },
    });
    expect(cell(TABLE_11, 'DiffuLLaMA, T = 32', 'PIQA', run)).toMatchObject({
      verdict: 'matches',
      ours: { value: 0.633 },
    });
  });
});

describe('published tables', () => {
  it('have a value or a gap for every column of every row', () => {
    for (const { rows, columns, title } of PUBLISHED_TABLES) {
      for (const row of rows) expect([title, row.name, row.values.length]).toEqual([title, row.name, columns.length]);
    }
  });

  it('of Table 1 differ between versions in LAMBADA of the three adapted models only', () => {
    const changed = TABLE_1_LATER.rows.flatMap((row, r) =>
      row.values.flatMap((value, c) => {
        const first = TABLE_1_FIRST.rows[r]?.values[c];
        return first === value ? [] : [[row.name, TABLE_1_LATER.columns[c]?.name, first, value]];
      }),
    );
    expect(changed).toEqual([
      ['DiffuGPT-S 127M', 'LAMBADA', 45.0, 21.6],
      ['DiffuGPT-M 355M', 'LAMBADA', 60.5, 30.3],
      ['DiffuLLaMA 7B', 'LAMBADA', 70.9, 53.9],
    ]);
  });
});
