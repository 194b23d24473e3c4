import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { reportLines } from '../documents/report-lines.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { samplersSection } from '../html/samplers-section.ts';
import { toReportView } from '../view/report-view.ts';
import { toRunColumns } from '../view/to-run-columns.ts';
import type { PreferenceRow } from './sampler-preferences.ts';

const exact = (value: number) => ({ value, stderr: 0 });

/** Answers of three tokens; the likelihood in random order is known of the first ten. */
const records = Array.from({ length: 40 }, (_, i) =>
  scriptedRecord(
    i,
    { acc: 1 },
    {
      'duel:confidence': exact(4 + (i % 3)),
      'duel:confidence@2': exact(4.5 + (i % 3)),
      // All of an answer have a step of their own, as without T.
      'duel:confidence@4': exact(4 + (i % 3)),
      'duel:margin:block=2@2': exact(6 + (i % 3)),
      nelbo: exact(9),
      ...(i < 10 ? { marginal: exact(1 + (i % 3)) } : {}),
    },
  ),
);
const viewOf = (settings: object) => {
  const run = scriptedStoredRun({ records, settings });
  return toReportView({ runs: [toRunColumns(run, { chance: 0.5, ranking: 'sum', metric: null })], unreadable: [] });
};

it('puts samplers in the order of how likely they make the right answers, with what they cost', () => {
  const view = viewOf({ duel: ['duel:confidence', 'duel:margin:block=2'] });
  const [found] = view.preferences;
  const told = (rows: readonly PreferenceRow[]) =>
    rows.map(({ sampler, passes, value, difference }) => [sampler, passes, value.n, difference?.value]);
  expect(told(found?.rows ?? [])).toEqual([
    ['duel:confidence', 3, 40, undefined],
    ['duel:confidence@2', 2, 40, expect.closeTo(0.5)],
    // Two a step, but the block of one token ends with a step of its own.
    ['duel:margin:block=2@2', 2, 40, expect.closeTo(2)],
  ]);
  // The likelihood in random order is known of fewer items: it stands beside the others over these.
  expect(found?.fewer.map(told)).toEqual([
    [
      ['marginal', 3, 10, undefined],
      ['duel:confidence', 3, 10, expect.closeTo(3)],
      ['duel:confidence@2', 2, 10, expect.closeTo(3.5)],
      ['duel:margin:block=2@2', 2, 10, expect.closeTo(5)],
    ],
  ]);
  const page = String(samplersSection(view)?.html);
  expect(page).toContain('duel:margin:block=2@2');
  // One order has two numbers of passes: a line; the other is a level, but what is known of fewer items is none.
  expect([...page.matchAll(/<rect class="band/g)]).toHaveLength(1);
  expect([...page.matchAll(/<polyline/g)]).toHaveLength(1);
  expect([...page.matchAll(/<figcaption><b>Likelihood against passes/g)]).toHaveLength(1);
  expect(page).toContain('Once more on 10 of 40 answers');
  expect(reportMarkdown(view)).toContain('## Which sampler the model prefers');
  expect(reportMarkdown(view)).toContain('| diffugpt-m | marginal | 10 | 3.0 | ');
  expect(reportLines(view).filter(({ section }) => section === 'samplers')).toHaveLength(3 + 4);
});

it('sets samplers side by side that were asked for in runs of their own', () => {
  const columnsOf = (name: 'duel:confidence' | 'duel:entropy', value: number) => {
    const answers = Array.from({ length: 12 }, (_, i) =>
      scriptedRecord(i, { acc: 1 }, { [name]: exact(value + (i % 3)) }),
    );
    const stored = scriptedStoredRun({ records: answers, settings: { duel: [name] } });
    return toRunColumns(stored, { chance: 0.5, ranking: 'sum', metric: null });
  };
  const runs = [columnsOf('duel:confidence', 4), columnsOf('duel:entropy', 3)];
  const { preferences } = toReportView({ runs, unreadable: [] });
  expect(preferences).toHaveLength(1);
  expect(preferences[0]?.rows.map(({ sampler, difference }) => [sampler, difference?.value, difference?.n])).toEqual([
    ['duel:entropy', undefined, undefined],
    ['duel:confidence', expect.closeTo(1), 12],
  ]);
});

it('counts values and passes over the same answers, where the short ones alone are known in random order', () => {
  // Five answers of two tokens and one of eight; of the long one the likelihood in random order is not known.
  const answers = [2, 2, 2, 2, 2, 8].map((tokens, i) => {
    const short = tokens < 8 ? { marginal: exact(7) } : {};
    return scriptedRecord(i, { acc: 1 }, { 'duel:confidence': exact(3 * tokens), ...short }, tokens);
  });
  const stored = scriptedStoredRun({ records: answers, settings: { duel: ['duel:confidence'] } });
  const run = toRunColumns(stored, { chance: 0.5, ranking: 'sum', metric: null });
  const [found] = toReportView({ runs: [run], unreadable: [] }).preferences;
  // (5 · 6 + 24) / 6 nats in (5 · 2 + 8) / 6 passes over all: more than 7, though on the same five it is less.
  expect(found?.rows).toMatchObject([{ sampler: 'duel:confidence', passes: 3, value: { value: 9, n: 6 } }]);
  expect(found?.fewer).toMatchObject([
    [
      { sampler: 'duel:confidence', passes: 2, value: { value: 6, n: 5 }, difference: null },
      { sampler: 'marginal', passes: 2, value: { value: 7, n: 5 }, difference: { value: 1, n: 5 } },
    ],
  ]);
});

it('says nothing of runs that asked for none', () => {
  const view = viewOf({});
  expect(view.preferences).toEqual([]);
  expect(samplersSection(view)).toBeNull();
});
