import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { badArguments, HarnessError, orNull, type Refuse } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { nearest } from '../../core/text/nearest.ts';
import { RUN_DEFAULTS } from '../../evaluate/options.ts';
import { statsOf } from '../../files/file-bytes.ts';
import { ANY_RUN, chosenRuns, modelMeant, type RunChoice } from '../../gate/measured/run-choice.ts';
import { chooseHint, folderHint } from '../../gate/measured/tell-apart.ts';
import { readManifest } from '../../store/read-manifest.ts';
import { isRun, runFoldersIn } from '../../store/run-folder.ts';

interface FoundRun {
  readonly folder: string;
  readonly manifest: RunManifest;
}

/**
 * The folder of the run that is meant: by its path, by its name below the folder where runs are kept or the beginning of that, by the
 * folder that holds it, or by its model; where these fit several, by the settings that are chosen.
 *
 * @param choice absent: the verb has no flags that choose
 * @throws HarnessError 'unknown-name' where none is meant, 'bad-arguments' with a list where several could be
 */
export async function locateRun(path: string, choice?: RunChoice): Promise<string> {
  for (const folder of [path, join(RUN_DEFAULTS.out, path)]) if (await isRun(folder)) return folder;
  const inside = await foundIn(path);
  const stored = inside.length > 0 ? inside : await foundIn(RUN_DEFAULTS.out);
  const fits = inside.length > 0 ? stored : meantBy(path, stored);
  const left = chosenRuns(fits, ({ manifest }) => manifest, choice ?? ANY_RUN);
  const [run] = left;
  const hintFor = choice === undefined ? folderHint : chooseHint;
  if (run !== undefined && left.length === 1) return run.folder;
  if (left.length > 1) {
    throw badArguments(`expected one run, found ${left.length} that "${path}" could mean`, hintFor(left));
  }
  if (fits.length > 0) {
    const hint = hintFor(fits);
    throw new HarnessError('unknown-name', `expected a run of "${path}" with these settings, found none`, { hint });
  }
  throw notThere(path, stored);
}

/** Runs whose folder's name begins so, or whose model is called so. */
function meantBy(name: string, stored: readonly FoundRun[]): readonly FoundRun[] {
  const begins = stored.filter(({ folder }) => basename(folder).startsWith(basename(name)) && name !== '');
  const models = stored.map(({ manifest }) => manifest.model.name);
  const ofModel = stored.filter(({ manifest }) => manifest.model.name === modelMeant(name, models));
  return ofModel.length > 0 ? ofModel : begins;
}

const refusedPlace: Refuse = (path, what, options) => new HarnessError('store-corrupt', `${path}: ${what}`, options);

/** Runs that can be read. @throws HarnessError 'store-corrupt' where the system lets nobody see */
async function foundIn(folder: string): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = [];
  if ((await statsOf(folder, refusedPlace)) === null) return found;
  for (const each of await runFoldersIn(folder)) {
    const manifest = await readManifest(each).catch(orNull());
    if (manifest !== null) found.push({ folder: each, manifest });
  }
  return found;
}

function notThere(path: string, stored: readonly FoundRun[]): HarnessError {
  const near = nearest(
    basename(path),
    stored.map(({ folder }) => basename(folder)),
  );
  const found = existsSync(path) ? `no manifest.json in ${path}` : `nothing at ${path}`;
  return new HarnessError('unknown-name', `expected a run's folder, its name or its model, found ${found}`, {
    hint:
      near === null
        ? `bench list runs names those in ${RUN_DEFAULTS.out}, where runs are kept unless --out said otherwise`
        : `did you mean ${near}?`,
  });
}
