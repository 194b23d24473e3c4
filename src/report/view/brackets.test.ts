import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { Quantity } from '../../core/response.ts';
import { reportLines } from '../documents/report-lines.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { pairsSection } from '../html/pairs-section.ts';
import { runNotes } from '../terminal/run-notes.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

const N = 40;
/** What an answer costs the autoregressive model. */
const cost = (i: number) => 3 + (i % 2);

type QuantitiesOf = (i: number) => Partial<Record<Quantity, number>>;

/** @param bracketNfe passes of the bound from below; null: of the time before they were counted */
function run(
  name: string,
  isDiffusion: boolean,
  quantities: QuantitiesOf,
  bracketNfe: number | null = null,
  dtype = 'float32',
) {
  const records = Array.from({ length: N }, (_, i) => {
    const found = Object.entries(quantities(i)).map(([quantity, value]) => [quantity, { value, stderr: 0 }]);
    const record = scriptedRecord(i, { bitsPerByte: cost(i) + (isDiffusion ? 1 : 0) }, Object.fromEntries(found));
    return bracketNfe === null ? record : { ...record, response: { ...record.response, bracketNfe } };
  });
  const stored = scriptedStoredRun({
    model: { name, family: isDiffusion ? 'diffusion' : 'autoregressive', dtype },
    settings: isDiffusion ? { bracket: 8 } : {},
    records,
  });
  return toRunColumns(stored, { chance: null, ranking: null, metric: null });
}

const causal = run('ar', false, (i) => ({ loglikelihood: -cost(i) }));
const viewOf = (quantities: QuantitiesOf) =>
  toReportView({ runs: [causal, run('dd', true, quantities)], unreadable: [] });

it.each([
  ['worse', (i: number) => ({ tube: cost(i) + 0.5, nelbo: cost(i) + 1 })],
  ['better', (i: number) => ({ tube: cost(i) - 2, nelbo: cost(i) - 0.5 })],
  ['open', (i: number) => ({ tube: cost(i) - 2, nelbo: cost(i) + 1 })],
  ['worse', (i: number) => ({ marginal: cost(i) + 0.25, nelbo: cost(i) + 9 })],
] as const)('is %s where both ends say so', (verdict, quantities) => {
  const view = viewOf(quantities);
  expect(view.brackets).toMatchObject([{ model: 'dd', reference: 'ar', verdict, low: { n: N }, high: { n: N } }]);
  expect(String(pairsSection(view)?.html)).toContain('Likelihood by the bracket');
  // Three tokens have six masks that lie between none and all: more are not run, however many orders there are.
  expect(reportMarkdown(view)).toContain(`| ${N} | at most ${6 * N} | ${verdict} |`);
  expect(reportLines(view).filter(({ section }) => section === 'bracket')).toHaveLength(3);
});

it('says what passes the bound from below took, on the page, in documents and under tables', () => {
  const bracketed = run('dd', true, (i) => ({ tube: cost(i) + 1, nelbo: cost(i) + 2 }), 50);
  const view = toReportView({ runs: [causal, bracketed], unreadable: [] });
  expect(String(pairsSection(view)?.html)).toContain('<td class="num">2,000<small>8 orders</small></td>');
  expect(reportMarkdown(view)).toContain(`| ${N} | 2,000 | worse |`);
  expect(reportLines(view)).toContainEqual(
    expect.objectContaining({ section: 'bracket', metric: 'passes', value: 2000 }),
  );
  expect(runNotes([bracketed.facts]).join()).toContain(
    'dd: −log p is bounded from below by 8 random orders an answer, 2,000 of the',
  );
});

it('takes the items of which both ends are known', () => {
  const [row] = viewOf((i) => (i < 10 ? { nelbo: cost(i) } : { tube: cost(i) + 1, nelbo: cost(i) + 2 })).brackets;
  expect(row?.low).toMatchObject({ value: expect.closeTo(1), n: N - 10 });
});

it('is of runs in one dtype where both models have it', () => {
  const runs = ['float32', 'int8'].flatMap((dtype) => [
    run('ar', false, (i) => ({ loglikelihood: -cost(i) }), null, dtype),
    run('dd', true, (i) => ({ tube: cost(i) + 1, nelbo: cost(i) + 2 }), null, dtype),
  ]);
  const pairs = toReportView({ runs, unreadable: [] }).brackets.map(({ model, reference }) => [model, reference]);
  expect(pairs).toEqual([
    ['dd (float32)', 'ar (float32)'],
    ['dd (int8)', 'ar (int8)'],
  ]);
});
