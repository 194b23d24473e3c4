/** What the user named, read: a run's folder, a folder of runs, or a baseline file. */
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { HarnessError } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf, heldIn } from '../../core/model.ts';
import { isAbsence } from '../../files/system-error.ts';
import { unreadableFile } from '../../files/unreadable-file.ts';
import { type ClusterFacts, type ClustersOf, findClusters } from '../../store/cluster-names.ts';
import { readManifest } from '../../store/read-manifest.ts';
import { readRun } from '../../store/read-run.ts';
import { comparedPart } from '../../store/records/kept-part.ts';
import { isRun, RUN_FILES, runFoldersIn } from '../../store/run-folder.ts';
import type { TaskHeadline } from '../../store/stored-run.ts';
import { parseBaseline } from './baseline.ts';
import { type Measured, taskOf } from './measured.ts';
import { ANY_RUN, choiceText, chosenRuns, modelMeant, type RunChoice } from './run-choice.ts';
import { chooseHint, settingsText, tellApart } from './tell-apart.ts';
import { toMeasured } from './to-measured.ts';

/** What the task of a run says of its headline. */
export type HeadlineOf = (manifest: RunManifest) => TaskHeadline;

export interface Wanted extends RunChoice {
  /** The shift with which a run's model is meant to be read; null where that is not known. */
  readonly ownShift: (manifest: RunManifest) => boolean | null;
}

/** A run of a folder that cannot be read. */
export interface UnreadRun {
  readonly folder: string;
  readonly error: HarnessError;
  /** That of the run, which is then one that is wanted; null where its manifest cannot be read either: it may be any. */
  readonly task: string | null;
}

export type LeaveOutRun = (run: UnreadRun) => void;

/**
 * Every run of `path` that is wanted, one or more. Runs are read one after the other, their responses dropped at once.
 *
 * @param clustersOf what is known of clusters besides what runs and baselines say
 * @param leaveOut told of each run of a folder that may be wanted and cannot be read; where it throws, the others do not go on
 * @throws HarnessError 'unknown-name' where there is nothing, 'store-corrupt' where records are damaged or there are none,
 *   'not-supported' on another format, 'bad-arguments' on a pattern that finds no clusters
 */
export async function openMeasured(
  path: string,
  wanted: Wanted,
  headlineOf: HeadlineOf,
  clustersOf: ClustersOf,
  leaveOut: LeaveOutRun,
): Promise<readonly Measured[]> {
  const left: HarnessError[] = [];
  const leave = (run: UnreadRun) => {
    if (run.error.code === 'system') throw run.error;
    leaveOut(run);
    left.push(run.error);
  };
  const found = await findRuns(path, headlineOf, leave);
  const chosen = chosenRuns(found, ({ manifest }) => manifest, wanted);
  const stored = found.map(({ manifest }) => manifest.model.name);
  const missing = wanted.models?.find((model) => !stored.includes(modelMeant(model, stored)));
  if (chosen.length === 0 && left[0] !== undefined) throw left[0];
  if (missing !== undefined || chosen.length === 0) throw notThere(path, found, missing ?? null, wanted);
  const named: Measured[] = [];
  for (const { manifest, source, isAlone, open } of chosen) {
    try {
      const run = await withClusters(requireItems(await open()), clustersOf(manifest));
      named.push({ ...run, ownShift: wanted.ownShift(manifest) });
    } catch (error) {
      if (isAlone || !isOfOneRun(error)) throw error;
      leave({ folder: source, error, task: manifest.task.name });
    }
  }
  if (named.length === 0 && left[0] !== undefined) throw left[0];
  return named;
}

/** Not what the user asked for, which no run meets. */
const isOfOneRun = (error: unknown): error is HarnessError =>
  error instanceof HarnessError && error.code !== 'bad-arguments';

function requireItems(run: Measured): Measured {
  if (run.items.length > 0) return run;
  throw new HarnessError('store-corrupt', `${run.source}: expected stored items, found an empty run`, {
    hint: 'repeat its bench run command; it computes what is missing',
  });
}

/** The clusters that were asked for, or what is known where a run does not say them itself. */
async function withClusters(run: Measured, facts: ClusterFacts): Promise<Measured> {
  if ((facts.choice ?? null) === null && run.clusters !== 'independent') return run;
  const { items, from } = await findClusters(taskOf(run), run.items, facts);
  return { ...run, items, clusters: from };
}

/** @throws HarnessError 'unknown-name' where there is neither file nor folder, 'store-corrupt' where the system lets nobody see */
export async function requireThere(path: string): Promise<Stats> {
  const found = await stat(path).catch((error: unknown) => {
    if (isAbsence(error)) return null;
    throw unreadableFile(path, error);
  });
  if (found !== null) return found;
  throw new HarnessError(
    'unknown-name',
    `expected a run's folder, a folder of runs or a baseline file, found nothing at ${path}`,
    { hint: 'runs are kept in results/runs, unless --out said otherwise; baselines in results/baselines' },
  );
}

/** A run that is there, its records not yet read. */
interface FoundRun {
  readonly manifest: RunManifest;
  /** Run folder or baseline file. */
  readonly source: string;
  /** The user named it, and not a folder of runs. */
  readonly isAlone: boolean;
  open(): Promise<Measured>;
}

async function findRuns(path: string, headlineOf: HeadlineOf, leaveOut: LeaveOutRun): Promise<readonly FoundRun[]> {
  const found = await requireThere(path);
  if (found.isFile()) {
    const runs = parseBaseline(await readFile(path, 'utf8'), path, headlineOf);
    return runs.map((run) => ({ manifest: run.manifest, source: path, isAlone: true, open: async () => run }));
  }
  if (await isRun(path)) return [await findRun(path, headlineOf, true)];
  const folders = await runFoldersIn(path);
  if (folders.length === 0) {
    throw new HarnessError(
      'unknown-name',
      `expected a run, or folders of runs, in ${path}, found no ${RUN_FILES.manifest}`,
      { hint: 'runs are kept in results/runs, unless --out said otherwise' },
    );
  }
  const runs: FoundRun[] = [];
  for (const folder of folders) {
    try {
      runs.push(await findRun(folder, headlineOf, false));
    } catch (error) {
      if (!isOfOneRun(error)) throw error;
      leaveOut({ folder, error, task: null });
    }
  }
  return runs;
}

async function findRun(folder: string, headlineOf: HeadlineOf, isAlone: boolean): Promise<FoundRun> {
  const manifest = await readManifest(folder);
  return { manifest, source: folder, isAlone, open: () => openRunFolder(folder, headlineOf) };
}

async function openRunFolder(folder: string, headlineOf: HeadlineOf): Promise<Measured> {
  const run = await readRun(folder, comparedPart);
  const damage = run.warnings.find(({ code, message }) => code === 'damaged-records' && message.includes('left out'));
  if (damage === undefined) return toMeasured(run, headlineOf(run.manifest));
  throw new HarnessError('store-corrupt', `expected whole records, found damage: ${damage.message}`, {
    hint: 'repeat the bench run command of this run; it sets the damaged lines aside and computes them again',
  });
}

function notThere(
  path: string,
  runs: readonly FoundRun[],
  model: string | null,
  { models, tasks, ...choice }: Wanted,
): HarnessError {
  const list = (names: readonly string[]) => [...new Set(names)].join(', ');
  const manifests = runs.map(({ manifest }) => manifest);
  const there = `it has models ${list(manifests.map((each) => each.model.name))}; tasks ${list(manifests.map((each) => each.task.name))}`;
  if (model !== null) {
    return new HarnessError('unknown-name', `expected runs of model ${model} in ${path}, found none`, {
      hint: there,
    });
  }
  const asked = [models === null ? '' : ` of ${models.join(', ')}`, tasks === null ? '' : ` on ${tasks.join(', ')}`];
  const settings = choiceText({ models, tasks, ...choice });
  const others = chosenRuns(runs, ({ manifest }) => manifest, { ...ANY_RUN, models, tasks });
  return new HarnessError(
    'unknown-name',
    `expected runs${asked.join('')}${settings === '' ? '' : ` with ${settings}`} in ${path}, found none`,
    { hint: settings !== '' && others.length > 0 ? otherSettings(others) : there },
  );
}

/** What runs have in place of the settings that were asked for: how each is chosen, or what they have in common. */
function otherSettings(runs: readonly FoundRun[]): string {
  const manifests = runs.map(({ manifest }) => manifest);
  const [first] = manifests as [RunManifest];
  if (tellApart(manifests).flags.length > 0) {
    return chooseHint(runs.map(({ manifest, source }) => ({ manifest, folder: source })));
  }
  return `those there: ${settingsText(first)}; ${heldIn(first)} on ${deviceOf(first.model)}`;
}
