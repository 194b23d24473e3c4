/** A report as one tidy table: a line a number, its section, and what it is of. Shares are fractions, never percent. */
import type { Estimate } from '../../core/estimate.ts';
import type { ReportView } from '../view/report-view.ts';

/** Columns of the table, in order. */
export const REPORT_FIELDS = [
  'section',
  'task',
  'protocol',
  'model',
  'reference',
  'setting',
  'metric',
  'value',
  'low',
  'high',
  'stderr',
  'n',
  'p',
  'p_holm',
  'verdict',
  'note',
] as const;

type Line = Readonly<Partial<Record<(typeof REPORT_FIELDS)[number], string | number | null>>>;

export function reportLines(view: ReportView): readonly Line[] {
  return [
    ...headlineLines(view),
    ...pairLines(view),
    ...bracketLines(view),
    ...curveLines(view),
    ...samplerLines(view),
    ...frontierLines(view),
    ...ablationLines(view),
    ...noiseLines(view),
    ...speedLines(view),
    ...conformanceLines(view),
    ...view.warnings.map(({ about, text }): Line => ({ section: 'warning', setting: about, note: text })),
  ];
}

function numbers(estimate: Estimate | null): Line {
  if (estimate === null) return {};
  const { value, low, high, stderr, n, method } = estimate;
  const finite = (x: number) => (Math.abs(x) === Number.MAX_VALUE ? null : x);
  return { value, low: finite(low), high: finite(high), stderr: finite(stderr), n, note: method };
}

const headlineLines = ({ headline }: ReportView): Line[] =>
  headline.flatMap(({ task, protocol, metric, cells }) =>
    cells.flatMap((cell): Line[] =>
      cell === null
        ? []
        : [{ section: 'headline', task, protocol, model: cell.model, metric, ...numbers(cell.estimate) }],
    ),
  );

const pairLines = ({ pairs }: ReportView): Line[] =>
  pairs.map(({ task, protocol, model, reference, metric, difference, p, pHolm, verdict }) => ({
    section: 'paired difference',
    ...{ task, protocol, model, reference, metric, p, p_holm: pHolm, verdict },
    ...numbers(difference),
  }));

const bracketLines = ({ brackets }: ReportView): Line[] =>
  brackets.flatMap(({ task, protocol, model, reference, low, high, bracket, verdict }) => {
    const of = { section: 'bracket', task, protocol, model, reference, verdict };
    return [
      { ...of, metric: 'nll, at least', ...numbers(low) },
      { ...of, metric: 'nll, at most', ...numbers(high) },
      { ...of, metric: bracket.isMost ? 'passes, at most' : 'passes', value: bracket.passes },
    ];
  });

const samplerLines = ({ preferences }: ReportView): Line[] =>
  preferences.flatMap(({ task, protocol, model, rows, fewer }) =>
    [rows, ...fewer].flat().map(({ sampler, value }) => ({
      section: 'samplers',
      task,
      protocol,
      model,
      metric: sampler,
      ...numbers(value),
    })),
  );

const frontierLines = ({ frontiers }: ReportView): Line[] =>
  frontiers.flatMap(({ task, protocol, model, metric, reference, points }) =>
    points.flatMap(({ sampler, steps, passes, tokensPerPass, value, atEqualCost }): Line[] => {
      const setting = steps === null ? sampler : `${sampler} T=${steps}`;
      const of = { section: 'sampler frontier', task, protocol, model, setting };
      const compared = atEqualCost === null ? [] : [{ ...of, metric, reference, ...numbers(atEqualCost) }];
      return [
        { ...of, metric, ...numbers(value) },
        { ...of, metric: 'passes a text', value: passes },
        { ...of, metric: 'tokens a pass', value: tokensPerPass },
        ...compared,
      ];
    }),
  );

const curveLines = ({ curves }: ReportView): Line[] =>
  curves.flatMap(({ task, protocol, model, accuracies, bound }): Line[] => {
    const of = { section: 'steps', task, protocol, model };
    const shares = accuracies.flatMap(({ metric, points }) =>
      points.map(({ steps, value }) => ({ ...of, setting: `T=${steps}`, metric: `${metric}@T`, ...numbers(value) })),
    );
    const bounds = (bound?.points ?? []).flatMap(({ steps, value, gridBias, monteCarlo }) => [
      { ...of, setting: `T=${steps}`, metric: 'nelbo@T', ...numbers(value) },
      { ...of, setting: `T=${steps}`, metric: 'grid bias', ...numbers(gridBias) },
      { ...of, setting: `T=${steps}`, metric: 'monte carlo stderr of nelbo@T', value: monteCarlo },
    ]);
    return [...shares, ...bounds];
  });

const ablationLines = ({ ablations }: ReportView): Line[] =>
  ablations.flatMap(({ kind, task, protocol, metric, rows }) =>
    rows.flatMap(({ model, openFraction, shift, value, difference }): Line[] => {
      const setting = `attention=${openFraction} shift=${shift ? 'on' : 'off'}`;
      const of = { section: `ablation of ${kind}`, task, protocol, model, setting, metric };
      const compared = difference === null ? [] : [{ ...of, reference: 'reference', ...numbers(difference) }];
      return [{ ...of, ...numbers(value) }, ...compared];
    }),
  );

const noiseLines = ({ noise }: ReportView): Line[] =>
  noise.flatMap(({ task, protocol, model, metric, items, budget }) =>
    (['item', 'monteCarlo', 'seed', 'total'] as const).map((cause) => ({
      section: 'noise',
      ...{ task, protocol, model, metric, n: items, setting: cause, stderr: budget[cause] },
    })),
  );

const speedLines = ({ speed }: ReportView): Line[] =>
  speed.flatMap(({ task, protocol, model, runId, items, writing, ...costs }) => {
    const line = { section: 'speed', task, protocol, model, setting: runId, n: items };
    return [
      ...SPEED_METRICS.map((metric) => ({ ...line, metric, value: costs[metric] })),
      ...writing.map(({ steps, seconds }) => ({ ...line, metric: `seconds@${steps}`, value: seconds })),
      ...writing.map(({ steps, flops }) => ({ ...line, metric: `flops@${steps}`, value: flops })),
    ];
  });

const SPEED_METRICS = [
  'itemsPerSecond',
  'sequencesPerSecond',
  'nfePerItem',
  'netTokensPerItem',
  'flopsPerItem',
  'peakMemory',
  'seconds',
] as const;

const conformanceLines = ({ conformance }: ReportView): Line[] =>
  conformance.flatMap(({ title, rows }) =>
    rows.flatMap(({ cells }) =>
      cells.flatMap((cell): Line[] => {
        const { row, column, published, ours, verdict, reasons, standardErrors } = cell;
        if (published === null) return [];
        const of = { section: 'conformance', reference: title, model: row, task: column, verdict };
        const note = reasons.join('; ');
        return [
          { ...of, metric: 'published', value: published, note },
          ...(ours === null ? [] : [{ ...of, metric: 'ours', ...numbers(ours), note }]),
          ...(standardErrors === null
            ? []
            : [{ ...of, metric: 'difference in standard errors', value: standardErrors }]),
        ];
      }),
    ),
  );
