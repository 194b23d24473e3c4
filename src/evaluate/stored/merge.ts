/** Shares of runs, computed apart, joined into whole runs. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { groupBy } from '../../core/collect.ts';
import { differences } from '../../core/differences.ts';
import { badArguments } from '../../core/errors.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { parseShare } from '../../core/share.ts';
import { text } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { switchOption } from '../../options/shared.ts';
import { type RunEnvironment, warning } from '../../store/environment.ts';
import { readEnvironment } from '../../store/environment-file.ts';
import { type MergedRun, mergeParts, type RunPart } from '../../store/merge-parts.ts';
import { readRun } from '../../store/read-run.ts';
import { isRun, runFoldersIn, runId } from '../../store/run-folder.ts';

export const MERGE_OPTIONS = {
  out: option(text('a folder'), 'folder that holds one folder a run', 'results/runs'),
  allowDifferent: switchOption(
    'join shares that another engine or type of number computed, and say so in the run; other settings never mix',
  ),
};

export interface MergedShares extends MergedRun {
  readonly manifest: RunManifest;
  readonly parts: number;
  /** Into how many shares the run was cut; null where the parts do not say it. */
  readonly of: number | null;
  /** Shares of which nothing, or not everything, is here; empty where the run is whole. */
  readonly unfinished: readonly number[];
  /** What could not be read of the parts, a sentence each. */
  readonly damaged: readonly string[];
}

/**
 * Joins what the folders hold, run by run. Each folder is a run, holds runs, or holds folders `shard-3-of-16` of them.
 *
 * @throws HarnessError 'bad-arguments' where there is no run, or unfinished parts differ in a setting; as `mergeParts`
 */
export async function mergeRuns(
  folders: readonly string[],
  { out, allowDifferent }: OptionsOf<typeof MERGE_OPTIONS>,
): Promise<readonly MergedShares[]> {
  const parts: RunPart[] = [];
  for (const folder of await partFolders(folders)) parts.push(await readRun(folder, undefined, null));
  if (parts.length === 0) {
    const hint = 'name the folders that bench run --shard wrote: OUT/shard-1-of-4 OUT/shard-2-of-4 …, or OUT';
    throw badArguments(`expected folders of runs to join, found none in ${folders.join(', ')}`, hint);
  }
  const runs = allowDifferent ? joinEngines(parts) : [...groupBy(parts, ({ manifest }) => runId(manifest)).values()];
  if (!allowDifferent) refuseMixed(runs);
  const merged: MergedShares[] = [];
  for (const same of runs) merged.push(await mergeOne(out, same));
  return merged;
}

async function partFolders(folders: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    if (await isRun(folder)) found.push(folder);
    else {
      const names = await readdir(folder).catch(() => [] as string[]);
      const shards = names.filter((name) => /^shard-\d+-of-\d+$/.test(name)).map((name) => join(folder, name));
      for (const each of shards.length > 0 ? shards : [folder]) found.push(...(await runFoldersIn(each)));
    }
  }
  return found;
}

async function mergeOne(out: string, parts: readonly RunPart[]): Promise<MergedShares> {
  const { manifest } = parts[0] as RunPart;
  const merged = await mergeParts(out, manifest, parts);
  const { environment } = await readEnvironment(merged.folder);
  const damaged = parts.flatMap(damageOf);
  return { ...merged, manifest, parts: parts.length, damaged, ...sharesOf(environment, merged, parts.filter(isShort)) };
}

/** Whether records that were stored are not there to be read. */
const isShort = (part: RunPart): boolean =>
  foundOnReading(part).some(({ code }) => code === 'damaged-records') || part.records.length < mostStored(part);

/** Items that the largest session stored: what a part holds at least, however often a share was resumed or repaired. */
const mostStored = ({ environment }: RunPart): number => Math.max(0, ...environment.sessions.map(({ items }) => items));

/** What an earlier session found stands in that session, and was made good. */
function foundOnReading({ warnings, environment }: RunPart): RunPart['warnings'] {
  const told = new Set(environment.sessions.flatMap((session) => session.warnings));
  return warnings.filter((each) => each.code.startsWith('damaged-') && !told.has(each));
}

/** Damaged records are named with the folder of the share: below it, runs of all shares are called the same. */
function damageOf(part: RunPart): readonly string[] {
  const { folder, records } = part;
  const found = foundOnReading(part).map(({ code, message }) =>
    code === 'damaged-records' ? join(dirname(folder), message) : message,
  );
  if (found.length > 0 || records.length >= mostStored(part)) return found;
  return [`${folder} holds ${records.length} items, of ${mostStored(part)} that were stored there in one session`];
}

function sharesOf(
  { sessions }: RunEnvironment,
  { summary }: MergedRun,
  short: readonly RunPart[],
): Pick<MergedShares, 'of' | 'unfinished'> {
  const shares = sessions.flatMap(({ share = '', state }) => ({ ...parseShare(share), state }));
  const of = shares.find((share) => share.of !== undefined)?.of ?? null;
  if (of === null || summary.complete) return { of, unfinished: [] };
  const finished = new Set(
    shares.filter((each) => each.of === of && each.state === 'completed').map(({ number }) => number),
  );
  const lacking = short.flatMap(({ environment }) => environment.sessions.map(({ share = '' }) => parseShare(share)));
  const numbers = Array.from({ length: of }, (_, i) => i + 1);
  const unfinished = numbers.filter(
    (number) => !finished.has(number) || lacking.some((share) => share?.of === of && share.number === number),
  );
  // Where nothing says which: each share computes what it lacks, and nothing twice.
  return { of, unfinished: unfinished.length > 0 ? unfinished : numbers };
}

/** What two parts of one run have in common, whatever computed them. */
const asked = ({ manifest }: RunPart): string =>
  runId({ ...manifest, model: { ...manifest.model, engine: '', dtype: '' } });

/** Parts of one run by what was asked, the first engine's manifest for all; what another engine computed is said in its sessions. */
function joinEngines(parts: readonly RunPart[]): readonly (readonly RunPart[])[] {
  return [...groupBy(parts, asked).values()].map((same) => {
    const { manifest } = same[0] as RunPart;
    return same.map((part) => (runId(part.manifest) === runId(manifest) ? part : labelled(part, manifest)));
  });
}

function labelled(part: RunPart, manifest: RunManifest): RunPart {
  const { engine, dtype } = part.manifest.model;
  const ids = part.records.map(({ id }) => id);
  const message = `${ids.length} item(s) were computed by ${engine} ${dtype}, not ${manifest.model.engine} ${manifest.model.dtype}`;
  const sessions = part.environment.sessions.map((session) => ({
    ...session,
    warnings: [...session.warnings, warning('mixed-engines', message, ids)],
  }));
  return { ...part, manifest, environment: { ...part.environment, sessions } };
}

/** Unfinished parts of one model on one task are of one run, or somebody believes that they are. */
function refuseMixed(runs: readonly (readonly RunPart[])[]): void {
  const unfinished = runs.filter((parts) => !isWhole(parts));
  const byName = groupBy(unfinished, ([first]) => nameOf(first as RunPart));
  for (const [[a] = [], [b] = []] of byName.values()) {
    if (a === undefined || b === undefined) continue;
    const all = differences(a.manifest, b.manifest);
    const difference = all.find(({ path }) => path === 'model.engine') ?? all[0];
    const message = `expected parts of one run, found ${a.folder} with ${difference?.path} ${difference?.stored} and ${b.folder} with ${difference?.found}`;
    throw badArguments(message, hintFor(difference?.path));
  }
}

const nameOf = ({ manifest: { model, task, settings } }: RunPart): string =>
  [model.name, task.name, settings.protocol].join('\0');

/** Whether the parts of a run have all of its items. */
function isWhole(parts: readonly RunPart[]): boolean {
  const ids = new Set(parts.flatMap(({ records }) => records.map(({ id }) => id)));
  return ids.size === parts[0]?.summary.expectedItems;
}

function hintFor(path = ''): string {
  return /^model\.(engine|dtype)$/.test(path)
    ? 'compute the other share with the same engine, or join them with --allow-different, which is said in the run'
    : 'compute the other share with the same settings, weights and data';
}
