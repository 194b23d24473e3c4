/**
 * `bench rescore`: the metrics of an existing file of predictions. A line that cannot be read is named on standard error,
 * counts as unscored, and makes the exit code 1; the others are scored all the same.
 */

import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import type { Estimate } from '../../core/estimate.ts';
import type { Program, ProgramJudge, SandboxFacts, Verdict } from '../../core/program.ts';
import { unknownName } from '../../core/text/nearest.ts';
import { type CsvCell, toCsv } from '../../datasets/csv.ts';
import { lazyJudge } from '../../evaluate/open-parts.ts';
import { metricSpec } from '../../metrics/metric-spec.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { clusters, dataDir, json, outFile, unsafeNoSandbox } from '../../options/shared.ts';
import { textTable, wrapText } from '../../report/terminal/text-table.ts';
import { itemsText, percentText } from '../../report/view/metric-text.ts';
import { type ClusterChoice, clusterNote } from '../../store/cluster-names.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { startProgress } from '../shell/progress.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';
import { readPredictions } from './read-predictions.ts';
import { RESCORERS } from './rescorers/index.ts';
import type { Judged, Refused, Rescored, Rescorer } from './rescorers/rescorer.ts';

const OPTIONS = {
  dataDir,
  clusters,
  eos: option(
    z.string().min(1).describe('a text'),
    'cut every prediction at the first of this text, such as </s>',
    null,
    'not cut',
  ),
  out: outFile('file for the verdict of every line, JSON lines or .csv'),
  unsafeNoSandbox,
  json,
};

export interface RescoreOptions extends OptionsOf<typeof OPTIONS> {
  readonly task: string;
  readonly file: string;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'rescore countdown predictions.jsonl --out verdicts.csv': 'lines {"input", "prediction"}; what is wrong with each',
    'rescore lambada predictions.jsonl --data-dir ./data --json':
      'lines {"id" or "index" or "text", "prediction"}, or {"prediction", "label"}',
    'rescore humaneval-infill completions.jsonl': 'lines {"task_id", "completion"}; programs run in a sandbox',
  },
  settle: (given, [task = '', file = '']): RescoreOptions => ({ ...given, task, file }),
  run,
});

/** What `--json` prints. */
export interface RescoreDocument {
  readonly task: string;
  /** Predictions in the file, refused ones included. */
  readonly n: number;
  /** `n` of a metric: what it is counted over (steps, for rates of steps); `unscored`: predictions that have nothing to count. */
  readonly metrics: Readonly<Record<string, Pick<Estimate, 'value' | 'low' | 'high' | 'n' | 'clusters' | 'unscored'>>>;
  /** How many predictions got each verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly refused: readonly Refused[];
  /** Items of the data set without a prediction; null where the lines name no items. */
  readonly missing: number | null;
  /** What a reader of the numbers must know, a sentence each. */
  readonly notes: readonly string[];
  /** Where programs ran; absent where there were none. */
  readonly sandbox?: SandboxFacts;
}

export async function run(options: RescoreOptions, io: CommandIo): Promise<number> {
  const rescorer = rescorerOf(options.task);
  const { predictions, unread } = await readPredictions(options.file);
  const programs = lazyJudge(options.unsafeNoSandbox, observe(io));
  const judge = withProgress(programs, rescorer.task, io);
  const settings = { ...options, unread: unread.length, judge };
  const rescored = await rescorer.rescore(predictions, settings);
  const refused = [...unread, ...rescored.refused].sort((a, b) => a.line - b.line);
  for (const { error } of refused) io.stderr(`${error}\n`);
  if (rescored.judged.length === 0) {
    const hint = `a line of ${rescorer.task} is ${rescorer.forms.join(' or ')}`;
    throw new HarnessError('bad-dataset', `${options.file}: expected predictions, found none to score`, { hint });
  }
  if (options.out !== null) await writeVerdicts(options.out, rescorer, rescored.judged);
  const document = {
    ...documentOf(rescorer, { ...rescored, notes: notesOf(rescored, options.clusters) }, refused),
    ...(programs.sandbox === undefined ? {} : { sandbox: programs.sandbox }),
  };
  print(io, options, document, () => tableText(document, rescorer, io.columns));
  const isComplete = refused.length === 0 && (document.verdicts['not-run'] ?? 0) === 0;
  return isComplete ? EXIT.ok : EXIT.failure;
}

function rescorerOf(task: string): Rescorer {
  const rescorer = RESCORERS.find((candidate) => candidate.task === task);
  if (rescorer !== undefined) return rescorer;
  const candidates = RESCORERS.map((candidate) => candidate.task);
  throw unknownName({ kind: 'task to rescore', found: task, candidates, listedBy: 'bench rescore --help' });
}

/** What the rescorer says, else how many items have no prediction; and where the command decides which items belong together. */
function notesOf({ notes, missing }: Rescored, choice: ClusterChoice): readonly string[] {
  const left = missing === null || missing === 0 ? [] : [`${missing} items of the data set have no prediction.`];
  const asked = choice === null ? [] : [`${clusterNote(choice === 'none' ? choice : 'pattern')}.`];
  return [...(notes ?? left), ...asked];
}

function documentOf(rescorer: Rescorer, rescored: Rescored, refused: readonly Refused[]): RescoreDocument {
  const { judged, missing } = rescored;
  const metrics = Object.entries(rescored.metrics).map(([name, { value, low, high, n, clusters, unscored }]) => {
    return [name, { value, low, high, n, ...(clusters === undefined ? {} : { clusters }), unscored }] as const;
  });
  const verdicts = rescorer.verdicts.map((name) => [name, judged.filter(({ verdict }) => verdict === name).length]);
  return {
    task: rescorer.task,
    n: judged.length + refused.length,
    metrics: Object.fromEntries(metrics),
    verdicts: Object.fromEntries(verdicts),
    refused,
    missing,
    notes: rescored.notes ?? [],
  };
}

function tableText(document: RescoreDocument, { metrics: about }: Rescorer, columns: number): string {
  const { task, n, metrics, verdicts, refused, notes: own } = document;
  const rows = Object.entries(metrics).map(([name, estimate]) => [
    name,
    `${percentText(estimate.value)} [${percentText(estimate.low)}, ${percentText(estimate.high)}]`,
    `${countText(estimate.value * estimate.n)} of ${itemsText(estimate)}`,
    about[name] ?? metricSpec(name)?.description ?? '',
  ]);
  const head = [task, 'percent [95% interval]', 'count', 'what it is'];
  const counts = Object.entries(verdicts).map(([name, count]) => `${name} ${count}`);
  const notes = [
    `${n} ${n === 1 ? 'prediction' : 'predictions'}: ${counts.join(', ')}${refused.length === 0 ? '' : `, refused ${refused.length}`}.`,
    ...own,
  ];
  const lines = notes.map((note) => `${wrapText(note, columns, '  ')}\n`);
  return textTable(head, rows, { right: [2], width: columns }) + lines.join('');
}

/** A mean over items with several predictions each counts shares of them. */
const countText = (count: number): string =>
  Math.abs(count - Math.round(count)) < 1e-6 ? String(Math.round(count)) : count.toFixed(1);

/** One bar over all programs of a call. */
const withProgress = ({ runPrograms }: ProgramJudge, label: string, io: CommandIo): ProgramJudge => ({
  async runPrograms(programs) {
    let done = 0;
    const progress = startProgress({ label: `${label}, programs`, total: programs.length, resumed: 0 }, io);
    const run = async (program: Program) => {
      const [verdict] = await runPrograms([program]);
      progress.update(++done);
      return verdict as Verdict;
    };
    try {
      return await Promise.all(programs.map(run));
    } finally {
      progress.stop();
    }
  },
});

/** One verdict a line, with the value of each metric for this line alone; empty where nothing counts. */
async function writeVerdicts(path: string, { metrics }: Rescorer, judged: readonly Judged[]): Promise<void> {
  const names = Object.keys(metrics);
  const rows = judged.map(({ line, id, verdict, shares }): Readonly<Record<string, CsvCell>> => {
    const cells = names.map((name) => {
      const { hits, of } = shares[name] ?? { hits: 0, of: 0 };
      return [name, of === 0 ? null : hits / of] as const;
    });
    return { line, id, verdict, ...Object.fromEntries(cells) };
  });
  const isCsv = /\.csv$/i.test(path);
  const text = isCsv
    ? toCsv(['line', 'id', 'verdict', ...names], rows)
    : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeOut('--out', path, text);
}
