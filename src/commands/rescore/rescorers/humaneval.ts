/**
 * Completions of HumanEval and its infilling sets: every program is run. A task may have several completions; one without any
 * has failed, so that pass@k is over the whole set.
 */
import { z } from 'zod';
import { frameOf, type HumanevalRow, type InfillRow } from '../../../../tasks/humaneval/rows.ts';
import { humaneval, INFILL_TASKS } from '../../../../tasks/humaneval/tasks.ts';
import type { Estimate } from '../../../core/estimate.ts';
import { completeProgram, VERDICTS } from '../../../core/program.ts';
import type { TaskPlugin } from '../../../core/task.ts';
import { cutAt } from '../../../core/text/cut-at.ts';
import { loadSource } from '../../../datasets/load-source.ts';
import { badRow, parseRow } from '../../../datasets/parse-row.ts';
import { monotoneFamilies } from '../../../metrics/monotone-families.ts';
import { customaryKs, passAtK } from '../../../metrics/score-programs.ts';
import { floorText } from '../../../report/terminal/run-notes.ts';
import { layoutOf } from '../../../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../../stats/clustered/estimate-items.ts';
import type { ClusteredItem } from '../../../stats/paired-values.ts';
import { chosenClusters } from '../../../store/cluster-names.ts';
import { hit, type Judged, NOTHING, type Rescorer, readEach } from './rescorer.ts';

const lineSchema = z.object({ task_id: z.string(), completion: z.string() });

const METRICS = { 'pass@1': 'the program passes its tests; tasks without a completion have failed' } as const;
/** Tasks without a completion that are named. */
const NAMED = 5;

export const humanevalRescorer = rescorerOf(humaneval);
export const infillRescorers: readonly Rescorer[] = INFILL_TASKS.map(rescorerOf);

function rescorerOf<Row extends HumanevalRow | InfillRow>(task: TaskPlugin<Row>): Rescorer {
  const { name, sources, floors = [] } = task;
  return {
    task: name,
    forms: ['{"task_id", "completion"}'],
    metrics: METRICS,
    verdicts: VERDICTS,
    async rescore(predictions, { dataDir, eos, unread, clusters, judge }) {
      const all = await loadSource(sources, { dataDir });
      const rows = new Map(all.map((row) => [row.task_id, row]));
      const [first = ''] = rows.keys();
      const known = problemsOf(task, all);
      const problems = clusters === null ? known : chosenClusters(name, known, clusters).items;
      const { read, refused } = readEach(predictions, ({ place, value }) => {
        const { task_id, completion } = parseRow(lineSchema, value, place);
        const row = rows.get(task_id);
        if (row === undefined) throw badRow(place, 'task_id', `a task of ${name}, such as "${first}"`, task_id);
        return { line: place.number, id: task_id, program: completeProgram(frameOf(row), cutAt(completion, eos)) };
      });
      const verdicts = await judge.runPrograms(read.map(({ program }) => program));
      const judged = read.map(({ line, id }, i): Judged => {
        const verdict = verdicts[i]?.kind ?? 'not-run';
        return { line, id, verdict, shares: { 'pass@1': verdict === 'not-run' ? NOTHING : hit(verdict === 'passed') } };
      });
      const missing = [...rows.keys()].filter((id) => !judged.some((each) => each.id === id));
      return {
        judged,
        refused,
        metrics: passRates(problems, judged),
        missing: missing.length,
        notes: [
          ...missingNote(missing, rows.size),
          ...refusedNote(refused.length + unread),
          ...floors.map((floor) => floorText(name, floor)),
        ],
      };
    },
  };
}

/** pass@k for each customary k up to the fewest completions that a task has which has any. */
function passRates(problems: readonly Problem[], judged: readonly Judged[]): Readonly<Record<string, Estimate>> {
  const verdicts = new Map(problems.map(({ id, cluster }) => [id, { cluster, kinds: [] as string[] }]));
  for (const { id, verdict } of judged) verdicts.get(id ?? '')?.kinds.push(verdict);
  const known = [...verdicts.values()].filter(({ kinds }) => !kinds.includes('not-run'));
  const unscored = problems.length - known.length;
  const drawn = known.map(({ kinds }) => kinds.length).filter((length) => length > 0);
  const fewest = drawn.reduce((least, each) => Math.min(least, each), drawn[0] ?? 0);
  const rate = (k: number): number[] =>
    known.map(({ kinds }) => {
      const passed = kinds.filter((kind) => kind === 'passed').length;
      return kinds.length === 0 ? 0 : passAtK(kinds.length, passed, k);
    });
  if (known.length === 0) return {};
  const layout = layoutOf(known);
  const estimate = (k: number) => estimateItems(layout, rate(k), { isBounded: true, unscored });
  return monotoneFamilies(Object.fromEntries(customaryKs(fewest).map((k) => [`pass@${k}`, estimate(k)])));
}

interface Problem extends ClusteredItem {
  readonly id: string;
}

const problemsOf = <Row extends { readonly task_id: string }>(
  { cluster }: Pick<TaskPlugin<Row>, 'cluster'>,
  rows: readonly Row[],
): readonly Problem[] => rows.map((row, index) => ({ id: row.task_id, cluster: cluster?.(row, index, rows) ?? null }));

function missingNote(missing: readonly string[], of: number): string[] {
  if (missing.length === 0) return [];
  const named = missing.slice(0, NAMED).join(', ');
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  return [`${missing.length} of ${of} tasks have no completion and count as failed: ${named}${more}.`];
}

/** Which task a line was about cannot be known, so it is no task that could be left out. */
function refusedNote(lines: number): string[] {
  if (lines === 0) return [];
  return [
    `${lines} refused ${lines === 1 ? 'line counts' : 'lines count'} as no completion: a task without another one has failed.`,
  ];
}
