/** A finished run that another one goes on with: its weights, moments and number of steps, under its own settings. */
import { join, resolve } from 'node:path';
import { badArguments } from '../../core/errors.ts';
import { digestOf } from '../../core/text/digest.ts';
import { flagOf } from '../../options/option.ts';
import type { Given } from '../../options/read-options.ts';
import type { TrainingState } from '../trainable.ts';
import { type MetricsLine, stateDigest, TRAINING_FILES, TrainingFolder } from '../training-folder.ts';
import type { TrainingOptions, TrainingVerb } from './options.ts';
import { type Continues, configOf, differencesOf, differenceText, type RunRecord, readRecord } from './run-record.ts';

/** Settings that may differ from those of the run that is continued: the schedule, what is watched, and the number of threads. */
export const CHANGEABLE = [
  ...(['steps', 'lr', 'warmup', 'schedule', 'lrFloor'] as const),
  ...(['evalEvery', 'evalRows', 'evalDraws', 'accuracyEvery', 'accuracyRows', 'accuracySteps'] as const),
  ...(['checkpointEvery', 'divergence', 'threads', 'continue'] as const),
] satisfies readonly (keyof TrainingOptions)[];

export interface ContinuedRun {
  /** `training` in the folder that `--continue` names. */
  readonly folder: string;
  readonly digests: RunRecord['digests'];
  readonly continues: Continues;
  readonly state: TrainingState;
  readonly metrics: readonly MetricsLine[];
}

/** Settings of the run that `--continue` names, as flags that others override; none without it. @throws HarnessError as `continuedRun` */
export async function settingsOfContinued(verb: TrainingVerb, { continue: run }: Given): Promise<Given> {
  return typeof run === 'string' && run !== '' ? (await recordOf(verb, run)).config : {};
}

/**
 * The run that `--continue` names; null where none is named.
 *
 * @throws HarnessError 'bad-arguments' where it is no run of this verb, is not finished, or has another setting than it may
 */
export async function continuedRun(options: TrainingOptions): Promise<ContinuedRun | null> {
  const { verb, continue: run, out, steps } = options;
  if (run === null) return null;
  const folder = join(run, 'training');
  const { config, digests, ...record } = await recordOf(verb, run);
  if (resolve(out) === resolve(run)) {
    const hint = 'the run that is continued stays as it is';
    throw badArguments(`--out: expected another folder than that of --continue, found ${out}`, hint);
  }
  requireSameSettings(folder, config, configOf(options));
  const stored = new TrainingFolder(folder);
  const identity = digestOf({ ...record, config, digests });
  const state = await finishedState(stored, identity, { verb, run, planned: Number(config.steps) });
  if (steps <= state.steps) {
    const found = `--steps: expected more than the ${state.steps} that ${run} has done, found ${steps}`;
    throw badArguments(found, '--steps is the number altogether, not of those to come');
  }
  return {
    ...{ folder, digests, state },
    continues: { steps: state.steps, run: identity, state: stateDigest(state) },
    metrics: (await stored.readMetrics()).filter(({ step }) => step <= state.steps),
  };
}

async function recordOf(verb: TrainingVerb, run: string): Promise<RunRecord> {
  const record = await readRecord(join(run, 'training'));
  if (record === null) {
    const hint = `bench ${verb} --init ${run} begins anew with the weights of any model`;
    throw refused(`expected a folder of bench ${verb}, found no ${join(run, 'training', TRAINING_FILES.run)}`, hint);
  }
  if (record.verb === verb) return record;
  const hint = `bench ${record.verb} --continue ${run} goes on with it`;
  throw refused(`expected a run of bench ${verb}, found one of bench ${record.verb} in ${run}`, hint);
}

async function finishedState(
  stored: TrainingFolder,
  identity: string,
  { verb, run, planned }: { readonly verb: TrainingVerb; readonly run: string; readonly planned: number },
): Promise<TrainingState> {
  const state = await stored.load(identity);
  if (state !== null && state.steps >= planned) return state;
  const hint = `finish it first: bench ${verb} --config ${join(run, 'training', TRAINING_FILES.config)} --out ${run}`;
  throw refused(`expected a finished run, found ${state?.steps ?? 0} of ${planned} steps done in ${run}`, hint);
}

function requireSameSettings(folder: string, before: RunRecord['config'], now: RunRecord['config']): void {
  const changeable = CHANGEABLE.map((key) => flagOf(key));
  const other = differencesOf(before, now).find(({ key }) => !changeable.includes(key));
  if (other === undefined) return;
  const hint = `with --continue other values may have: ${changeable.slice(0, -1).join(', ')}`;
  throw badArguments(differenceText(folder, other), hint);
}

const refused = (found: string, hint: string) => badArguments(`--continue: ${found}`, hint);
