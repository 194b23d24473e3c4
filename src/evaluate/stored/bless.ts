/** What a gate needs of finished runs, as one file for git. */

import { basename, join } from 'node:path';
import { groupBy } from '../../core/collect.ts';
import { badArguments } from '../../core/errors.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { readIfThere } from '../../files/read-line.ts';
import { BASELINE_FORMAT, baselineText } from '../../gate/measured/baseline.ts';
import { type Measured, modelOf, taskOf } from '../../gate/measured/measured.ts';
import { openMeasured, type UnreadRun } from '../../gate/measured/open-measured.ts';
import { chooseHint } from '../../gate/measured/tell-apart.ts';
import { names, text } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../options/run-choice.ts';
import { clusters, dataDir } from '../../options/shared.ts';
import type { UnreadableRun } from '../../report/view/warnings.ts';
import { describeMachine, systemClock } from '../../runner/environment.ts';
import { clusterNote } from '../../store/cluster-names.ts';
import { clustersOf, headlineOf, ownShifts } from '../known-of-runs.ts';

export const BLESS_OPTIONS = {
  name: option(text('a name'), 'name of the baseline', null, 'MODEL-TASK-PROTOCOL of a single run'),
  models: option(names('model names'), 'models to keep', null, 'all of the folder'),
  tasks: option(names('task names'), 'tasks to keep', null, 'all of the folder'),
  ...RUN_CHOICE_OPTIONS,
  clusters,
  dataDir: {
    ...dataDir,
    about: 'folder with the data sets, read for clusters that runs of earlier versions do not name',
  },
  out: option(text('a folder'), 'folder for baselines', 'results/baselines'),
};

export interface BlessedRun {
  readonly task: string;
  readonly model: string;
  readonly items: number;
  /** Groups of items that belong together, as many as items where each stands alone. */
  readonly clusters: number;
  /** What must be known of where they are from; null where the run says it. */
  readonly note: string | null;
}

export interface Blessing {
  readonly file: string;
  readonly runs: readonly BlessedRun[];
  /** Runs of the folder that cannot be read. */
  readonly leftOut: readonly UnreadableRun[];
}

/** @throws HarnessError 'store-corrupt' where a run of a named model or task cannot be read; 'bad-arguments' on a name that is no file name, several runs without one or of one model on one task, or an unfinished run */
export async function blessRuns(path: string, options: OptionsOf<typeof BLESS_OPTIONS>): Promise<Blessing> {
  const wanted = { ...options, ownShift: ownShifts() };
  const leftOut: Blessing['leftOut'][number][] = [];
  const runs = await openMeasured(path, wanted, headlineOf, clustersOf(options.clusters, options), (run) => {
    if (isNamed(run, options)) throw run.error;
    leftOut.push({ folder: run.folder, reason: run.error.message });
  });
  refuseSeveral(runs);
  const unfinished = runs.find(({ summary }) => !summary.complete);
  if (unfinished !== undefined) {
    const { items, expectedItems } = unfinished.summary;
    const message = `${unfinished.source}: expected a finished run to bless, found ${items} of ${expectedItems} items`;
    throw badArguments(message, 'repeat its bench run command; it computes what is missing');
  }
  const file = join(options.out, `${nameOf(options.name, runs)}.json`);
  await requireBaseline(file);
  const { bench, gitRevision } = describeMachine({});
  await makeFolder(options.out);
  await replaceFile(file, baselineText(runs, { blessed: systemClock.now(), bench, gitRevision }));
  return { file, runs: runs.map(blessed), leftOut };
}

/** A baseline may be made anew; no other file is replaced. @throws HarnessError 'bad-arguments' where another one stands there */
async function requireBaseline(file: string): Promise<void> {
  const found = await readIfThere(file);
  if (found === null || found.includes(BASELINE_FORMAT)) return;
  throw badArguments(`expected a baseline or no file at ${file}, found another file`, 'choose another --name or --out');
}

/** A run of a model or task that was asked for by name. */
const isNamed = ({ task }: UnreadRun, { models, tasks }: Pick<OptionsOf<typeof BLESS_OPTIONS>, 'models' | 'tasks'>) =>
  task !== null && (models !== null || tasks !== null);

/** A gate has one baseline for a model on a task. @throws HarnessError 'bad-arguments' that lists them */
function refuseSeveral(runs: readonly Measured[]): void {
  const groups = groupBy(runs, (run) => JSON.stringify([taskOf(run), modelOf(run)]));
  const several = [...groups.values()].find((group) => group.length > 1);
  const [first] = several ?? [];
  if (several === undefined || first === undefined) return;
  const hint = chooseHint(several.map(({ manifest, source }) => ({ manifest, folder: source })));
  throw badArguments(`${taskOf(first)}: expected one run of ${modelOf(first)} to bless, found ${several.length}`, hint);
}

function blessed(run: Measured): BlessedRun {
  const named = run.items.flatMap(({ cluster }) => cluster ?? []);
  const count = new Set(named).size + run.items.length - named.length;
  return {
    ...{ task: taskOf(run), model: modelOf(run), items: run.items.length },
    ...{ clusters: count, note: clusterNote(run.clusters) },
  };
}

function nameOf(name: string | null, runs: readonly Measured[]): string {
  const [first] = runs;
  if (name === null && (first === undefined || runs.length > 1)) {
    const hint = 'give one with --name, or choose a run with --models and --tasks';
    throw badArguments(`expected a name for a baseline of ${runs.length} runs, found none`, hint);
  }
  const wanted =
    name ??
    [
      basename(first === undefined ? '' : modelOf(first)),
      first?.manifest.task.name,
      first?.manifest.settings.protocol,
    ].join('-');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(wanted)) return wanted.replace(/\.json$/, '');
  throw badArguments(`--name: expected letters, digits, dots, dashes and underscores, found "${wanted}"`);
}
