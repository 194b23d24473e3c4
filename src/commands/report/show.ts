/** `bench show`: a stored run in numbers, or one of its items in full. Reads stored files only. */
import { badArguments, HarnessError } from '../../core/errors.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { ItemTrace } from '../../core/trace.ts';
import { ANY_RUN } from '../../gate/measured/run-choice.ts';
import { headlineMetric } from '../../metrics/headline-metric.ts';
import { names } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../options/run-choice.ts';
import { json, switchOption } from '../../options/shared.ts';
import { itemText } from '../../report/terminal/item-text.ts';
import { runNotes } from '../../report/terminal/run-notes.ts';
import { metricTable } from '../../report/terminal/table.ts';
import { textTable, wrapText } from '../../report/terminal/text-table.ts';
import { traceGrid } from '../../report/terminal/trace-grid.ts';
import { type RunFacts, toJsonDocument } from '../../report/view/run-facts.ts';
import { toRunFacts } from '../../report/view/to-run-facts.ts';
import { readRun } from '../../store/read-run.ts';
import { readQuestions } from '../../store/records/question-file.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { readTraces, untracedItems } from '../../store/traces/trace-file.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';
import { locateRun } from './locate-run.ts';

const OPTIONS = {
  models: option(names('model names'), 'model of the run, where RUN fits several', null),
  tasks: option(names('task names'), 'task of the run, where RUN fits several', null),
  ...RUN_CHOICE_OPTIONS,
  trace: switchOption("the denoising steps of the item's texts, where the run kept them (run --trace)"),
  json,
};

export interface ShowOptions extends Partial<OptionsOf<typeof OPTIONS>> {
  /** A run's folder, its name below `results/runs` or the beginning of that, or its model. */
  readonly path: string;
  /** Id or index of an item; null = the run as a whole. */
  readonly item: string | null;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'show gpt2-m-piqa-canonical-4074d135777e piqa/17': 'one item: scores of every answer',
    'show tiny-diffugpt --tasks pointer-chasing --steps 32': 'a run by its model',
    'show RUN lambada-decoding/3 --trace': 'how a diffusion model wrote, step by step',
  },
  settle: (given, [path = '', item = null]): ShowOptions => ({ ...given, path, item }),
  run,
});

export async function run(options: ShowOptions, io: CommandIo): Promise<number> {
  const folder = await locateRun(options.path, { ...ANY_RUN, ...options });
  const stored = await readRun(folder, undefined, options.item === null ? await clustersOfTasks() : undefined);
  if (options.item === null) {
    if (options.trace === true) {
      throw badArguments('--trace: expected an item to show the steps of, found none', 'bench show RUN ITEM --trace');
    }
    const { taskNamed } = await import('../../../tasks/index.ts');
    const task = taskNamed(stored.manifest.task.name);
    const report = toRunFacts(stored, task ?? { chance: null });
    const traced = await traceCoverage(stored);
    print(io, options, toJsonDocument([report]), () => runText(stored, report, traced, io.columns));
    return EXIT.ok;
  }
  const record = findItem(stored, options.item);
  if (options.trace === true) {
    const trace = await requireItemTrace(stored, record.id);
    print(io, options, trace, () => traceText(trace, io.columns));
    return EXIT.ok;
  }
  await showItem(stored, record, options, io);
  return EXIT.ok;
}

/** Tasks are loaded where all of a run is shown: an item needs none. */
const clustersOfTasks = async () => (await import('../../evaluate/known-of-runs.ts')).clustersOf(null);

/** Everything that is stored of one item: record, question, denoising steps. */
async function showItem(stored: StoredRun, record: ItemRecord, options: ShowOptions, io: CommandIo): Promise<void> {
  const questions = await readQuestions(stored.folder);
  const question = questions.kind === 'stored' ? (questions.byId.get(record.id) ?? null) : null;
  const traces = await readTraces(stored.folder);
  const trace = traces.byId.get(record.id) ?? null;
  const problems = [questions.kind === 'unreadable' ? questions.problem : null, trace === null ? traces.problem : null];
  for (const problem of problems) if (problem !== null) io.stderr(`! ${problem}\n`);
  if (options.json) return io.stdout(`${JSON.stringify({ ...record, question, trace }, null, 2)}\n`);
  const withoutText =
    questions.kind === 'unreadable'
      ? questions.problem
      : 'question text not stored by this version; repeating the command of the run adds it';
  const steps =
    trace === null || trace.texts.length === 0 ? '' : '\nThe steps of its texts are kept: add --trace to see them.\n';
  io.stdout(itemText(record, question, { withoutText, headline: await headlineOfStored(stored) }, io.columns) + steps);
}

/** The metric by which the run is shown. */
async function headlineOfStored({ manifest, summary }: StoredRun): Promise<string | null> {
  const { taskNamed } = await import('../../../tasks/index.ts');
  return headlineMetric(Object.keys(summary.metrics), taskNamed(manifest.task.name)?.metric);
}

function findItem(stored: StoredRun, wanted: string): ItemRecord {
  const record =
    stored.records.find(({ id }) => id === wanted) ?? stored.records.find(({ index }) => String(index) === wanted);
  if (record !== undefined) return record;
  const [first, last] = [stored.records[0], stored.records.at(-1)];
  throw new HarnessError('unknown-name', `expected the id or index of a stored item, found "${wanted}"`, {
    hint:
      first === undefined || last === undefined
        ? 'this run has no items yet'
        : `items: ${first.id} (${first.index}) to ${last.id} (${last.index})`,
  });
}

function runText(stored: StoredRun, report: RunFacts, traced: string | null, columns: number): string {
  const { manifest, summary, environment } = stored;
  const facts = [
    ['run', stored.folder],
    [
      'model',
      `${report.model}, ${manifest.model.architecture}, ${manifest.model.parameters.toLocaleString('en')} parameters`,
    ],
    ['weights', `sha256 ${manifest.model.weightsDigest}`],
    ['task', `${report.task} v${manifest.task.version}, ${manifest.dataset.source}, ${manifest.dataset.rows} rows`],
    ['rows', `sha256 ${manifest.dataset.digest}`],
    ['items', `${summary.items} of ${summary.expectedItems}`],
    ...(traced === null ? [] : [['steps kept', traced]]),
    ['sessions', environment.sessions.map(({ started, state }) => `${started} (${state})`).join(', ') || 'unknown'],
  ];
  const table = Object.keys(report.metrics).length === 0 ? 'No item has a score.\n' : metricTable(report);
  return `${textTable(['', ''], facts).split('\n').slice(2).join('\n')}\n${table}\n${runNotes([report])
    .map((note) => wrapText(note, columns, '  '))
    .join('\n')}\n`;
}

/** @throws HarnessError 'unknown-name' where the item has no trace: says which have, and how to make them */
async function requireItemTrace({ folder, records }: StoredRun, id: string): Promise<ItemTrace> {
  const { byId, problem } = await readTraces(folder);
  const trace = byId.get(id);
  if (trace !== undefined) return trace;
  const without = new Set(await untracedItems(folder, records));
  const traced = records.find((record) => !without.has(record.id));
  const missing =
    traced === undefined ? 'no item of the run has any' : `${without.size} of ${records.length} have none`;
  const found = problem ?? missing;
  const again = 'repeat the command of the run with --trace to add them: results stay as they are';
  const hint = traced === undefined ? again : `${again}; item ${traced.id} has its steps`;
  throw new HarnessError('unknown-name', `expected stored steps of item ${id}, found none; ${found}`, { hint });
}

/** How many items have their steps, and the first of those that have none; null where no item has. */
async function traceCoverage({ folder, records }: StoredRun): Promise<string | null> {
  const without = await untracedItems(folder, records);
  if (without.length === records.length) return null;
  const named = without.slice(0, MOST_NAMED).join(', ');
  const more = without.length > MOST_NAMED ? ', …' : '';
  const missing = without.length === 0 ? '' : `; not of ${named}${more} (--trace adds them)`;
  return `of ${records.length - without.length} of ${records.length} items${missing}`;
}

/** Items that a line names. */
const MOST_NAMED = 5;

function traceText({ id, index, texts }: ItemTrace, columns: number): string {
  const grids = traceGrids({ texts }, columns);
  return `${id} (item ${index})\n\n${texts.length === 0 ? 'Nothing was written.\n' : grids}`;
}

/** A grid a text. */
export function traceGrids({ texts }: Pick<ItemTrace, 'texts'>, columns: number): string {
  return texts.map((text) => traceGrid(text, columns)).join('\n');
}
