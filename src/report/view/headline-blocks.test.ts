import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { headlineBlocks } from './headline.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

const FACTS = { chance: null, ranking: null, metric: null };

/** @param runs models of each task, a letter each */
function blocksOf(runs: Readonly<Record<string, string>>): string[] {
  const stored = Object.entries(runs).flatMap(([task, models]) =>
    [...models].map((name) =>
      scriptedStoredRun({
        task,
        model: { name, weightsDigest: name.repeat(64) },
        records: [scriptedRecord(0, { acc: 1 })],
      }),
    ),
  );
  const view = toReportView({ runs: stored.map((run) => toRunColumns(run, FACTS)), unreadable: [] });
  return headlineBlocks(view).map(({ models, rows }) => {
    const empty = rows.flatMap(({ cells }) => cells).filter((cell) => cell === null).length;
    return `${rows.map(({ task }) => task).join(' ')}: ${models.map(({ name }) => name).join('')}, ${empty} empty`;
  });
}

it('keeps one table where few cells are empty', () => {
  expect(blocksOf({ t1: 'abc', t2: 'abc', t3: 'ab' })).toEqual(['t1 t2 t3: abc, 1 empty']);
});

it('puts tasks of like models together, so that no table is mostly empty, and loses no run', () => {
  expect(blocksOf({ t1: 'ab', t2: 'abcdefgh', t3: 'ab', t4: 'i' })).toEqual([
    't1 t3: ab, 0 empty',
    't2: abcdefgh, 0 empty',
    't4: i, 0 empty',
  ]);
});

it('has one empty table of no run', () => {
  expect(blocksOf({})).toEqual([': , 0 empty']);
});
