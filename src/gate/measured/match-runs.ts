/** Which run is compared with which: the same task, and where one side has several, the same settings and model. */
import { HarnessError } from '../../core/errors.ts';
import { differencesOf } from './comparability.ts';
import { type Measured, modelOf, taskOf } from './measured.ts';

export interface RunPair {
  readonly reference: Measured;
  readonly candidate: Measured;
}

export interface MatchedRuns {
  /** In the order of the reference. */
  readonly pairs: readonly RunPair[];
  /** Tasks that one side has alone. */
  readonly onlyReference: readonly string[];
  readonly onlyCandidate: readonly string[];
}

/**
 * @throws HarnessError 'bad-arguments' where no task is common, or where several runs could be meant
 */
export function matchRuns(references: readonly Measured[], candidates: readonly Measured[]): MatchedRuns {
  const tasks = new Set(references.map(taskOf));
  const theirs = new Set(candidates.map(taskOf));
  const pairs = references.filter((run) => theirs.has(taskOf(run))).map((run) => pairOf(run, references, candidates));
  if (pairs.length === 0) {
    throw new HarnessError(
      'bad-arguments',
      `expected runs of the same task, found ${[...tasks].join(', ')} and ${[...theirs].join(', ')}`,
      { hint: 'name two runs of one task, or two folders that have tasks in common' },
    );
  }
  return {
    pairs,
    onlyReference: [...tasks].filter((task) => !theirs.has(task)),
    onlyCandidate: [...theirs].filter((task) => !tasks.has(task)),
  };
}

/** Steps by which the choice is narrowed; each applies only where it leaves something. */
function pairOf(reference: Measured, references: readonly Measured[], candidates: readonly Measured[]): RunPair {
  const isSameTask = (run: Measured) => taskOf(run) === taskOf(reference);
  let left = candidates.filter(isSameTask);
  const narrow = (keeps: (run: Measured) => boolean) => {
    const kept = left.filter(keeps);
    if (kept.length > 0) left = kept;
  };
  const several = left.length > 1 || references.filter(isSameTask).length > 1;
  if (several) {
    narrow((run) => modelOf(run) === modelOf(reference));
    narrow(({ manifest }) => differencesOf(reference.manifest, manifest).length === 0);
  }
  const [candidate] = left;
  const isSure = left.length === 1 && (!several || isOnlyClaim(reference, references, left[0] as Measured));
  if (candidate !== undefined && isSure) return { reference, candidate };
  throw severalMeant(reference, references.filter(isSameTask), left);
}

/** Two models are told apart by flags; two settings of one model by the folders of their runs alone. */
function severalMeant(reference: Measured, rivals: readonly Measured[], left: readonly Measured[]): HarnessError {
  const [task, model] = [taskOf(reference), modelOf(reference)];
  const modelsOf = (runs: readonly Measured[]) => [...new Set(runs.map(modelOf))];
  const isOneModelASide = modelsOf(left).length === 1 && modelsOf(rivals).length === 1;
  if (!isOneModelASide) {
    return new HarnessError(
      'bad-arguments',
      `${task}: expected one run to compare with ${model}, found ${left.length} (${modelsOf(left).join(', ')})`,
      {
        hint: 'name one model a side: compare takes --models A,B, gate --baseline-model A --candidate-model B; or name run folders',
      },
    );
  }
  const several = left.length > 1 ? left : rivals;
  const [first, second] = several as readonly [Measured, Measured];
  const settings = differencesOf(first.manifest, second.manifest).map(({ text }) => text);
  const apart = settings.length === 0 ? 'other weights or another limit' : settings.join('; ');
  return new HarnessError(
    'bad-arguments',
    `${task}: expected one run of ${modelOf(first)} a side, found ${several.length} (${apart})`,
    {
      hint: first.isBaseline
        ? 'bless the one that is meant into a baseline of its own: bench bless RUN'
        : `name the folder of the one that is meant, such as ${first.source}, in place of the folder that holds them`,
    },
  );
}

/** No other reference of the task would be matched with this candidate as well. */
function isOnlyClaim(reference: Measured, references: readonly Measured[], candidate: Measured): boolean {
  const rivals = references.filter((run) => run !== reference && taskOf(run) === taskOf(reference));
  if (modelOf(reference) === modelOf(candidate)) {
    return rivals.every(
      (run) => modelOf(run) !== modelOf(reference) || differencesOf(run.manifest, candidate.manifest).length > 0,
    );
  }
  return rivals.length === 0;
}
