/** What the user named, read: a run's folder, a folder of runs, or a baseline file. */
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { HarnessError } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { type ClusterFacts, type ClustersOf, findClusters } from '../../store/cluster-names.ts';
import { readRun } from '../../store/read-run.ts';
import type { LeaveOut } from '../../store/read-runs.ts';
import { comparedPart } from '../../store/records/kept-part.ts';
import { isRun, RUN_FILES, runFoldersIn } from '../../store/run-folder.ts';
import type { TaskHeadline } from '../../store/stored-run.ts';
import { parseBaseline } from './baseline.ts';
import { type Measured, modelOf, taskOf } from './measured.ts';
import { ANY_RUN, choiceText, chosenRuns, modelMeant, type RunChoice } from './run-choice.ts';
import { chooseHint } from './tell-apart.ts';
import { toMeasured } from './to-measured.ts';

/** What the task of a run says of its headline. */
export type HeadlineOf = (manifest: RunManifest) => TaskHeadline;

export interface Wanted extends RunChoice {
  /** The shift with which a run's model is meant to be read; null where that is not known. */
  readonly ownShift: (manifest: RunManifest) => boolean | null;
}

/**
 * Every run of `path` that is wanted, one or more. Runs are read one after the other, their responses dropped at once.
 *
 * @param clustersOf what is known of clusters besides what runs and baselines say
 * @param leaveOut told of each run of a folder that cannot be read, for the others to go on; null = it stops them
 * @throws HarnessError 'unknown-name' where there is nothing, 'store-corrupt' where records are damaged or there are none,
 *   'not-supported' on another format, 'bad-arguments' on a pattern that finds no clusters
 */
export async function openMeasured(
  path: string,
  wanted: Wanted,
  headlineOf: HeadlineOf,
  clustersOf: ClustersOf,
  leaveOut: LeaveOut | null = null,
): Promise<readonly Measured[]> {
  const left: HarnessError[] = [];
  const runs = await openAll(path, headlineOf, (folder, error) => {
    if (leaveOut === null || error.code === 'system') throw error;
    leaveOut(folder, error);
    left.push(error);
  });
  const kept = chosenRuns(runs, ({ manifest }) => manifest, wanted);
  if (kept.length === 0 && left[0] !== undefined) throw left[0];
  const stored = runs.map(modelOf);
  const missing = wanted.models?.find((model) => !stored.includes(modelMeant(model, stored)));
  if (missing !== undefined || kept.length === 0) throw notThere(path, runs, missing ?? null, wanted);
  const empty = kept.find(({ items }) => items.length === 0);
  if (empty !== undefined) {
    throw new HarnessError('store-corrupt', `${empty.source}: expected stored items, found an empty run`, {
      hint: 'repeat its bench run command; it computes what is missing',
    });
  }
  const named: Measured[] = [];
  for (const run of kept) {
    named.push({ ...(await withClusters(run, clustersOf(run.manifest))), ownShift: wanted.ownShift(run.manifest) });
  }
  return named;
}

/** The clusters that were asked for, or what is known where a run does not say them itself. */
async function withClusters(run: Measured, facts: ClusterFacts): Promise<Measured> {
  if ((facts.choice ?? null) === null && run.clusters !== 'independent') return run;
  const { items, from } = await findClusters(taskOf(run), run.items, facts);
  return { ...run, items, clusters: from };
}

/** @throws HarnessError 'unknown-name' where there is neither file nor folder */
export async function requireThere(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => null);
  if (found !== null) return found;
  throw new HarnessError(
    'unknown-name',
    `expected a run's folder, a folder of runs or a baseline file, found nothing at ${path}`,
    { hint: 'runs are kept in results/runs, unless --out said otherwise; baselines in results/baselines' },
  );
}

async function openAll(path: string, headlineOf: HeadlineOf, leaveOut: LeaveOut): Promise<readonly Measured[]> {
  const found = await requireThere(path);
  if (found.isFile()) return parseBaseline(await readFile(path, 'utf8'), path, headlineOf);
  if (await isRun(path)) return [await openRunFolder(path, headlineOf)];
  const folders = await runFoldersIn(path);
  if (folders.length === 0) {
    throw new HarnessError(
      'unknown-name',
      `expected a run, or folders of runs, in ${path}, found no ${RUN_FILES.manifest}`,
      { hint: 'runs are kept in results/runs, unless --out said otherwise' },
    );
  }
  const runs: Measured[] = [];
  for (const folder of folders) {
    try {
      runs.push(await openRunFolder(folder, headlineOf));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      leaveOut(folder, error);
    }
  }
  return runs;
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
  runs: readonly Measured[],
  model: string | null,
  { models, tasks, ...choice }: Wanted,
): HarnessError {
  const list = (names: readonly string[]) => [...new Set(names)].join(', ');
  if (model !== null) {
    return new HarnessError('unknown-name', `expected runs of model ${model} in ${path}, found none`, {
      hint: `it has models ${list(runs.map(modelOf))}; tasks ${list(runs.map(taskOf))}`,
    });
  }
  const asked = [models === null ? '' : ` of ${models.join(', ')}`, tasks === null ? '' : ` on ${tasks.join(', ')}`];
  const settings = choiceText({ models, tasks, ...choice });
  const others = chosenRuns(runs, ({ manifest }) => manifest, { ...ANY_RUN, models, tasks });
  return new HarnessError(
    'unknown-name',
    `expected runs${asked.join('')}${settings === '' ? '' : ` with ${settings}`} in ${path}, found none`,
    {
      hint:
        settings !== '' && others.length > 0
          ? chooseHint(others.map(({ manifest, source }) => ({ manifest, folder: source })))
          : `it has models ${list(runs.map(modelOf))}; tasks ${list(runs.map(taskOf))}`,
    },
  );
}
