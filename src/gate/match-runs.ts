/** Which run is compared with which: the same task, and where one side has several, the same settings and model. */
import { HarnessError } from '../core/errors.ts';
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
  const names = (runs: readonly Measured[]) => [...new Set(runs.map(modelOf))].join(', ');
  throw new HarnessError(
    'bad-arguments',
    `${taskOf(reference)}: expected one run to compare with ${modelOf(reference)}, found ${left.length} (${names(left)})`,
    {
      hint: 'name run folders, or one model a side: compare takes --models A,B, gate --baseline-model A --candidate-model B',
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
