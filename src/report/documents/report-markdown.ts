/** A report as Markdown, for pull requests and notes: the tables of the page without its drawings. */

import { PLANNING } from '../../metrics/planning.ts';
import { planningText } from '../charts/planning.ts';
import { FRONTIER_HEAD, frontierCells, frontierViewText } from '../terminal/frontier-table.ts';
import type { ConformanceTable } from '../view/conformance.ts';
import { estimatesOf } from '../view/headline.ts';
import {
  areUneven,
  differenceText,
  estimateText,
  FEWER_NOTE,
  itemsInRow,
  itemsText,
  passesText,
  percentText,
  valueText,
} from '../view/metric-text.ts';
import type { ReportView } from '../view/report-view.ts';
import { markdownCell, markdownTable } from './markdown-table.ts';

export function reportMarkdown(view: ReportView): string {
  const parts = [
    '# Evaluation report',
    headlinePart(view),
    view.warnings.length === 0
      ? ''
      : `## Warnings\n\n${view.warnings.map(({ text }) => `- ${markdownCell(text)}`).join('\n')}`,
    pairsPart(view),
    bracketsPart(view),
    curvesPart(view),
    samplersPart(view),
    frontierPart(view),
    planningPart(view),
    ablationsPart(view),
    noisePart(view),
    conformancePart(view),
    provenancePart(view),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headlinePart({ headline, models, leftOut }: ReportView): string {
  const rows = headline.map(({ task, protocol, metric, chance, floors, cells }) => [
    `${task} (${protocol}), ${metric}`,
    ...cells.map((cell) => {
      if (cell === null || cell.estimate === null) return '–';
      return `${estimateText(metric, cell.family, cell.estimate)} n ${itemsInRow(cell.estimate, estimatesOf(cells))}`;
    }),
    [
      ...(chance === null ? [] : [`${percentText(chance)} chance`]),
      ...floors.map(({ name, value }) => `${percentText(value)} ${name}`),
    ].join(', ') || '–',
  ]);
  const head = ['Task', ...models.map(({ name }) => name), 'Floor, ceiling'];
  const fewer = headline.some(({ cells }) => areUneven(estimatesOf(cells))) ? ` ${FEWER_NOTE}` : '';
  const table = section('Results', `Value and 95 % interval; shares in percent.${fewer}`, head, rows);
  const lines = leftOut.map(
    ({ task, protocol, model, because }) => `- ${markdownCell(`${task} (${protocol}), ${model}: ${because}`)}`,
  );
  return lines.length === 0 ? table : `${table}\n\nNot in this table:\n\n${lines.join('\n')}`;
}

function pairsPart({ pairs }: ReportView): string {
  const rows = pairs.map(({ task, protocol, metric, model, reference, difference, p, pHolm, verdict, mixesBound }) => [
    `${task} (${protocol}), ${metric}`,
    `${model} − ${reference}`,
    differenceText(metric, difference),
    String(difference.n),
    p === null ? '–' : p.toPrecision(2),
    pHolm === null ? '–' : pHolm.toPrecision(2),
    verdict + (mixesBound ? ', bound against exact value' : ''),
  ]);
  const about =
    'Paired by item, 95 % interval; p by McNemar’s exact test, over clusters a score test, else by permuted signs or Student’s t test; “p, Holm” is adjusted over the tasks of a metric, for each two models by themselves.';
  return section('Paired differences', about, ['Task', 'Models', 'Difference', 'n', 'p', 'p, Holm', 'Verdict'], rows);
}

function bracketsPart({ brackets }: ReportView): string {
  const rows = brackets.map(({ task, protocol, model, reference, low, high, bracket, verdict }) => [
    `${task} (${protocol})`,
    `${model} − ${reference}`,
    differenceText('nll', low),
    differenceText('nll', high),
    String(low.n),
    passesText(bracket),
    verdict,
  ]);
  const about =
    'Negative log-likelihood in nats an answer, between a bound from below and the NELBO; passes: sequences that the bound from below alone took.';
  const head = ['Task', 'Models', 'At least', 'At most', 'n', 'Passes', 'Verdict'];
  return section('Likelihood by the bracket', about, head, rows);
}

function samplersPart({ preferences }: ReportView): string {
  const rows = preferences.flatMap(({ task, protocol, model, rows: most, fewer }) =>
    [most, ...fewer].flatMap((samplers) =>
      samplers.map(({ sampler, passes, value, difference }) => [
        `${task} (${protocol})`,
        model,
        sampler,
        itemsText(value),
        passes === null ? '–' : passes.toFixed(1),
        estimateText('nll', 'diffusion', value),
        difference === null ? '–' : differenceText('nll', difference),
      ]),
    ),
  );
  const about =
    'Negative log-likelihood of the right answers, nats an answer; differences to the most likely sampler. What is known of fewer answers follows over these, with the others over the same.';
  const head = ['Task', 'Model', 'Sampler', 'n', 'Passes', '−log p', 'Less the first'];
  return section('Which sampler the model prefers', about, head, rows);
}

function frontierPart({ frontiers }: ReportView): string {
  const rows = frontiers.flatMap(({ task, protocol, model, metric, points }) =>
    points.map((point) => [`${task} (${protocol}), ${metric}`, model, ...frontierCells(metric, point)]),
  );
  const counted = frontiers.flatMap(({ metric, writtenViews }) =>
    writtenViews === undefined ? [] : [` ${frontierViewText(metric, writtenViews)}`],
  );
  const about =
    'Means over texts. \\* no other point has as few passes and as high a value; differences to the reference sampler at the same mean passes, and at its most.';
  return section(
    'Samplers: what passes buy',
    [about, ...new Set(counted)].join(''),
    ['Task', 'Model', ...FRONTIER_HEAD],
    rows,
  );
}

function planningPart({ planning }: ReportView): string {
  const rows = planning.map((row) => [
    `${row.task} (${row.protocol}), ${row.metric}`,
    row.model,
    estimateText(row.metric, 'diffusion', row.value),
    ...([...PLANNING, 'recovered'] as const).map((name) => {
      const estimate = row[name];
      return estimate === undefined ? '–' : planningText(name, estimate);
    }),
  ]);
  const about =
    'From kept steps: positions whose token changed after it was first proposed, rank correlation of place and step, share of steps after which the answer stands, wrong calculations repaired; texts with a wrong calculation and a right answer.';
  const head = ['Task', 'Model', 'Value', 'Changed', 'Order', 'Decided', 'Repaired', 'Recovered'];
  return section('Self-correction and planning', about, head, rows);
}

function curvesPart({ curves }: ReportView): string {
  const rows = curves.flatMap(({ task, protocol, model, accuracies, bound }) => {
    const of = [`${task} (${protocol})`, model];
    return [
      ...accuracies.flatMap(({ metric, points }) =>
        points.map(({ steps, value }) => {
          const name = `${metric}@${steps}`;
          return [...of, name, estimateText(name, 'diffusion', value), itemsText(value), '', ''];
        }),
      ),
      ...(bound?.points ?? []).map(({ steps, value, gridBias, monteCarlo }) => [
        ...of,
        `nelbo@${steps}`,
        estimateText('nelbo', 'diffusion', value),
        itemsText(value),
        differenceText('nelbo', gridBias),
        valueText('nelbo', monteCarlo),
      ]),
    ];
  });
  const head = ['Task', 'Model', 'Metric', 'Value', 'n', 'Grid bias', 'Monte-Carlo s.e.'];
  return section('Diffusion steps', 'Each T with its 95 % interval.', head, rows);
}

function ablationsPart({ ablations }: ReportView): string {
  const rows = ablations.flatMap(({ task, protocol, metric, rows: cells }) =>
    cells.map(({ model, openFraction, shift, value, difference, isReference }) => [
      `${task} (${protocol}), ${metric}`,
      model,
      String(openFraction),
      shift ? 'on' : 'off',
      value === null ? '–' : estimateText(metric, 'diffusion', value),
      value === null ? '–' : itemsText(value),
      isReference ? 'reference' : difference === null ? '–' : differenceText(metric, difference),
    ]),
  );
  const about = [...new Set(ablations.map(({ label }) => label))].join('; ');
  return section('Ablations', about, ['Task', 'Model', 'Attention', 'Shift', 'Value', 'n', 'Difference'], rows);
}

function noisePart({ noise }: ReportView): string {
  const rows = noise.map(({ task, protocol, model, metric, budget, undecided }) => [
    `${task} (${protocol}), ${metric}`,
    model,
    budget.item === 0 ? '– (all alike)' : valueText(metric, budget.item),
    ...[budget.monteCarlo, budget.seed, budget.total || null].map((x) => (x === null ? '–' : valueText(metric, x))),
    undecided === null ? '–' : String(undecided.count),
  ]);
  const head = ['Task', 'Model', 'Items', 'Masks', 'Seeds', 'Together', 'Undecided'];
  return section('Noise budget', 'One standard error by cause.', head, rows);
}

function conformancePart({ conformance }: ReportView): string {
  const lines = conformance.map(({ title, counts }) => {
    const told = Object.entries(counts).filter(([, count]) => count > 0);
    return `- ${title}: ${told.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
  });
  const rows = conformance.flatMap(comparedCells);
  const head = ['Table', 'Model', 'Column', 'Published', 'Ours', 'Standard errors', 'Verdict', 'Why'];
  const table = rows.length === 0 ? '' : `\n\n${markdownTable(head, rows).trimEnd()}`;
  return `## Paper conformance\n\n${lines.join('\n')}${table}`;
}

function comparedCells({ title, rows }: ConformanceTable): string[][] {
  return rows.flatMap(({ cells }) =>
    cells.flatMap(({ row, column, printed, ours, standardErrors, verdict, reasons }) => {
      if (ours === null) return [];
      const values = [printed ?? '–', estimateText('acc', 'diffusion', ours), standardErrors?.toFixed(1) ?? '–'];
      return [[title, row, column, ...values, verdict ?? '–', reasons.join('; ')]];
    }),
  );
}

function provenancePart({ provenance }: ReportView): string {
  const rows = provenance.map(({ runId, task, model, command }) => [runId.slice(0, 12), task, model, command]);
  return section('Provenance', 'The command that makes each run again.', ['Run', 'Task', 'Model', 'Command'], rows);
}

function section(title: string, about: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `## ${title}\n\n${about}\n\n${markdownTable(head, rows).trimEnd()}`;
}
