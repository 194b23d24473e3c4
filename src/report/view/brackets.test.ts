import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { Quantity } from '../../core/response.ts';
import { reportLines } from '../documents/report-lines.ts';
import { reportMarkdown } from '../documents/report-markdown.ts';
import { pairsSection } from '../html/pairs-section.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

const N = 40;
/** What an answer costs the autoregressive model. */
const cost = (i: number) => 3 + (i % 2);

function run(name: string, isDiffusion: boolean, quantities: (i: number) => Partial<Record<Quantity, number>>) {
  const records = Array.from({ length: N }, (_, i) => {
    const found = Object.entries(quantities(i)).map(([quantity, value]) => [quantity, { value, stderr: 0 }]);
    return scriptedRecord(i, { bitsPerByte: cost(i) + (isDiffusion ? 1 : 0) }, Object.fromEntries(found));
  });
  const stored = scriptedStoredRun({
    model: { name, family: isDiffusion ? 'diffusion' : 'autoregressive' },
    settings: isDiffusion ? { bracket: 8 } : {},
    records,
  });
  return toRunColumns(stored, { chance: null, ranking: null, metric: null });
}

const causal = run('ar', false, (i) => ({ loglikelihood: -cost(i) }));
const viewOf = (quantities: (i: number) => Partial<Record<Quantity, number>>) =>
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
  expect(reportMarkdown(view)).toContain(`| ${N} | ${verdict} |`);
  expect(reportLines(view).filter(({ section }) => section === 'bracket')).toHaveLength(2);
});

it('takes the items of which both ends are known', () => {
  const [row] = viewOf((i) => (i < 10 ? { nelbo: cost(i) } : { tube: cost(i) + 1, nelbo: cost(i) + 2 })).brackets;
  expect(row?.low).toMatchObject({ value: expect.closeTo(1), n: N - 10 });
});
