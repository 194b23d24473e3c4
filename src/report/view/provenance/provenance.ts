/** The command line that makes a stored run again. */

import type { SandboxFacts } from '../../../core/program.ts';
import { samplerText } from '../../../core/samplers/choice.ts';
import { digestOf } from '../../../core/text/digest.ts';
import { lastOpenedFrom, type Session } from '../../../store/environment.ts';
import type { RunColumns } from '../run-columns.ts';
import type { RunFacts } from '../run-facts.ts';

/** How a run is made again. */
export interface Repeated {
  /** The `bench run` command line. Settings at their defaults are spelt out, too. */
  readonly command: string;
  /** What the command leaves to its user, a sentence each. */
  readonly commandNotes: readonly string[];
}

type Repeatable = Pick<RunColumns, 'facts' | 'task' | 'manifest' | 'environment' | 'ids'>;

export const repeatedBy = (run: Repeatable): Repeated => ({
  command: runCommand(run),
  commandNotes: commandNotes(run),
});

function runCommand(run: Repeatable): string {
  const { model, task, dataset, limit, subset, settings } = run.manifest;
  const words = ['bench run', '--models', quoted(modelWord(run)), '--tasks', quoted(task.name)];
  words.push('--protocol', settings.protocol);
  if (settings.shots !== undefined) words.push('--shots', String(settings.shots));
  if (settings.shotsFrom?.source === 'file') words.push('--shots-from', 'FILE');
  if (dataset.source === 'fixture') words.push('--fixtures');
  if (limit !== null) words.push('--limit', String(limit));
  if (subset?.kind === 'offset') words.push('--offset', String(subset.offset));
  if (subset?.kind === 'sample') words.push('--sample', String(subset.size));
  if (subset?.kind === 'items') words.push('--items', hasAllItems(run) ? quoted(run.facts.path) : 'IDS');
  // What is drawn by chance, rows included, has one seed; where no mask is, the settings hold none.
  const seed = subset?.kind === 'sample' ? subset.seed : settings.seed;
  words.push('--engine', model.engine.split('-')[0] ?? model.engine);
  if (model.device !== undefined) words.push('--device', model.device);
  if (!COMPUTED_IN.includes(model.dtype)) words.push('--dtype', model.dtype);
  if (settings.precision !== undefined) words.push('--precision', 'mixed');
  if (model.family === 'autoregressive')
    words.push('--family', 'ar', ...(subset?.kind === 'sample' ? ['--seed', String(seed)] : []));
  if (model.family === 'autoregressive') return words.join(' ');
  words.push('--family', 'diffusion', '--shift', settings.shift ? 'on' : 'off');
  if (model.maskId !== null) words.push('--mask-id', String(model.maskId));
  if (model.blockLength !== undefined) words.push('--block-length', String(model.blockLength));
  if (settings.steps.length > 0) words.push('--steps', settings.steps.join(','));
  words.push('--seed', String(seed), ...passesWords(settings));
  if (settings.bracket !== undefined) words.push('--bracket', String(settings.bracket));
  if (settings.duel !== undefined) words.push('--score', settings.duel.join());
  if (settings.sampler !== undefined) words.push('--sampler', samplerText(settings.sampler));
  if (settings.draws > 1) words.push('--draws', String(settings.draws));
  if (settings.leakedSteps !== undefined) words.push('--emulate-leak');
  return [...words, '--attention', String(settings.openFraction)].join(' ');
}

function passesWords({ passes, race }: Repeatable['manifest']['settings']): readonly string[] {
  if (race !== undefined) return ['--passes', 'auto', '--risk', String(race.risk), '--most-passes', String(passes)];
  return passes > 0 ? ['--passes', String(passes)] : [];
}

/** In what an engine computes where no dtype is asked for. */
const COMPUTED_IN = ['float32', 'float64'];

/**
 * A name that the catalog has not, and that is no path, was given to a model, or is a folder; sessions of earlier versions do not say of which:
 * both are asked for as NAME=FOLDER.
 */
const isUnplaced = ({ manifest, task, environment }: Repeatable): boolean =>
  lastOpenedFrom(environment) === null && task.isListedModel === false && !/[\\/]/.test(manifest.model.name);

/** As `--models` reads it. */
function modelWord(run: Repeatable): string {
  const { name } = run.manifest.model;
  const from = lastOpenedFrom(run.environment);
  if (from === null) return `${name}${isUnplaced(run) ? '=FOLDER' : ''}`;
  const { model, ...files } = from;
  const own = Object.entries(files).map(([key, path]) => `:${key}=${path}`);
  return `${name === model ? '' : `${name}=`}${model}${own.join('')}`;
}

const isFolder = ({ manifest, environment }: Repeatable): boolean =>
  [manifest.model.name, ...Object.values(lastOpenedFrom(environment) ?? {})].some((each) => /[\\/]/.test(each));

/** Whether the ids of the items that were named are those of the records: a limit, or a stop, leaves only some. */
const hasAllItems = ({ manifest: { subset }, ids }: Repeatable): boolean =>
  subset?.kind === 'items' && digestOf(ids.join('\n')) === subset.digest;

function commandNotes(run: Repeatable): readonly string[] {
  const { dataset, model, settings, subset } = run.manifest;
  return [
    ...(settings.shotsFrom?.source === 'file'
      ? [`FILE holds the rows of the examples, those with digest ${settings.shotsFrom.digest.slice(0, 12)}`]
      : []),
    ...(subset?.kind === 'items' && !hasAllItems(run)
      ? [
          `IDS is a file with the ${subset.count} ids that were asked for, one a line (digest ${subset.digest.slice(0, 12)}); the run holds ${run.ids.length} of them`,
        ]
      : []),
    ...(dataset.source === 'fixture'
      ? []
      : [`data source ${dataset.source}: the first of the task whose files are here; point --data-dir at them`]),
    ...(isUnplaced(run)
      ? [`FOLDER is that of the model which the run calls ${model.name}: its weights have the digest below`]
      : []),
    ...(isFolder(run) ? ['the model is a folder: the same weights must lie there (compare the digest)'] : []),
  ];
}

/** As a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export interface SessionFacts extends Pick<Session, 'started' | 'seconds' | 'items' | 'state'> {
  /** Versions and machine in words. */
  readonly software: string;
  readonly machine: string;
}

export interface ProvenanceRow
  extends Pick<RunFacts, 'path' | 'model' | 'task' | 'items'>,
    Pick<RunColumns, 'runId' | 'manifest' | 'expectedItems'>,
    Repeated {
  readonly sessions: readonly SessionFacts[];
}

export const provenanceRows = (runs: readonly RunColumns[]): readonly ProvenanceRow[] => runs.map(provenanceRow);

function provenanceRow(run: RunColumns): ProvenanceRow {
  const { facts, runId, manifest, environment, expectedItems } = run;
  const { path, model, task, items } = facts;
  return {
    ...{ runId, path, model, task, items, expectedItems, manifest },
    sessions: environment.sessions.map(({ started, seconds, items, state, machine }) => ({
      started,
      seconds,
      items,
      state,
      software: `bench ${machine.bench}${machine.gitRevision === null ? '' : ` (${machine.gitRevision})`}, Node ${machine.node}, ${Object.values(machine.engines).join(', ')}`,
      machine: `${machine.platform}, ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB${sandboxText(machine.sandbox)}`,
    })),
    ...repeatedBy(run),
  };
}

/** What shuts model-written programs in; nothing where a task has none, or the run is of an earlier version. */
function sandboxText(sandbox: SandboxFacts | undefined): string {
  if (sandbox === undefined) return '';
  const { backend, accounting, python, cpuMs } = sandbox;
  return `, programs in ${backend} (counted by ${accounting}, ${cpuMs} ms, Python ${python})`;
}
