/** Where a run's numbers come from: what identifies it, which software made it, and the command that repeats it. */
import type { RunManifest } from '../../core/manifest.ts';
import type { SandboxFacts } from '../../core/program.ts';
import type { Seconds } from '../../core/units.ts';
import type { RunColumns } from './run-columns.ts';
import type { RunFacts } from './run-facts.ts';

export interface SessionFacts {
  readonly started: string;
  readonly seconds: Seconds;
  readonly items: number;
  readonly state: string;
  /** Versions and machine in words. */
  readonly software: string;
  readonly machine: string;
}

export interface ProvenanceRow
  extends Pick<RunFacts, 'path' | 'model' | 'task' | 'items'>,
    Pick<RunColumns, 'runId' | 'manifest' | 'expectedItems'> {
  readonly command: string;
  /** What the command leaves to its user, a sentence each. */
  readonly commandNotes: readonly string[];
  readonly sessions: readonly SessionFacts[];
}

export function provenanceRows(runs: readonly RunColumns[]): readonly ProvenanceRow[] {
  return runs.map(({ facts, runId, manifest, environment, expectedItems }) => ({
    runId,
    path: facts.path,
    model: facts.model,
    task: facts.task,
    items: facts.items,
    expectedItems,
    command: runCommand(manifest),
    commandNotes: commandNotes(manifest),
    manifest,
    sessions: environment.sessions.map(({ started, seconds, items, state, machine }) => ({
      started,
      seconds,
      items,
      state,
      software: `bench ${machine.bench}${machine.gitRevision === null ? '' : ` (${machine.gitRevision})`}, Node ${machine.node}, ${Object.values(machine.engines).join(', ')}`,
      machine: `${machine.platform}, ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB${sandboxText(machine.sandbox)}`,
    })),
  }));
}

/** What shuts model-written programs in; nothing where a task has none, or the run is of an earlier version. */
function sandboxText(sandbox: SandboxFacts | undefined): string {
  if (sandbox === undefined) return '';
  const { backend, accounting, python, cpuMs } = sandbox;
  return `, programs in ${backend} (counted by ${accounting}, ${cpuMs} ms, Python ${python})`;
}

/** The `bench run` command line that makes a run with this manifest. Settings at their defaults are spelt out, too. */
export function runCommand({ model, task, dataset, limit, subset, settings }: RunManifest): string {
  const words = ['bench run', '--models', quoted(model.name), '--tasks', quoted(task.name)];
  words.push('--protocol', settings.protocol);
  if (settings.shots !== undefined) words.push('--shots', String(settings.shots));
  if (settings.shotsFrom?.source === 'file') words.push('--shots-from', 'FILE');
  if (dataset.source === 'fixture') words.push('--fixtures');
  if (limit !== null) words.push('--limit', String(limit));
  if (subset?.kind === 'offset') words.push('--offset', String(subset.offset));
  if (subset?.kind === 'sample') words.push('--sample', String(subset.size));
  if (subset?.kind === 'items') words.push('--items', 'FILE');
  // What is drawn by chance, rows included, has one seed; where no mask is, the settings hold none.
  const seed = subset?.kind === 'sample' ? subset.seed : settings.seed;
  words.push('--engine', model.engine.split('-')[0] ?? model.engine);
  if (model.family === 'autoregressive')
    words.push('--family', 'ar', ...(subset?.kind === 'sample' ? ['--seed', String(seed)] : []));
  if (model.family === 'autoregressive') return words.join(' ');
  words.push('--family', 'diffusion', '--shift', settings.shift ? 'on' : 'off');
  if (model.maskId !== null) words.push('--mask-id', String(model.maskId));
  words.push('--steps', settings.steps.join(','), '--seed', String(seed));
  if (settings.passes > 0) words.push('--passes', String(settings.passes));
  if (settings.draws > 1) words.push('--draws', String(settings.draws));
  if (settings.leakedSteps !== undefined) words.push('--emulate-leak');
  return [...words, '--attention', String(settings.openFraction)].join(' ');
}

function commandNotes({ dataset, model, settings }: RunManifest): readonly string[] {
  return [
    ...(settings.shotsFrom?.source === 'file'
      ? [`FILE holds the rows of the examples, those with digest ${settings.shotsFrom.digest.slice(0, 12)}`]
      : []),
    ...(dataset.source === 'fixture'
      ? []
      : [`data source ${dataset.source}: the first of the task whose files are here; point --data-dir at them`]),
    ...(/[\\/]/.test(model.name)
      ? ['the model is a folder: the same weights must lie there (compare the digest)']
      : []),
  ];
}

/** As a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
