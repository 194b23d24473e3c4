/** Which run is compared with which: the same task, and where one side has several, the same settings, model, dtype and device. */
import { groupBy } from '../../core/collect.ts';
import { badArguments, type HarnessError } from '../../core/errors.ts';
import { type ClusterSource, clusterNote } from '../../store/cluster-names.ts';
import { differencesOf, isSameArithmetic } from './comparability.ts';
import { type Measured, modelOf, taskOf } from './measured.ts';
import { plainRuns } from './plain-runs.ts';
import { chooseHint, pairHint } from './tell-apart.ts';

export interface RunPair {
  readonly reference: Measured;
  readonly candidate: Measured;
}

export interface MatchedRuns {
  /** Task by task, in the order of the reference. */
  readonly pairs: readonly RunPair[];
  /** Tasks that one side has alone. */
  readonly onlyReference: readonly string[];
  readonly onlyCandidate: readonly string[];
  /** Where a side had several runs of a model on a task: which one is meant, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Where several runs could be meant, those that `bench run` would have made are, see `plainRuns`.
 *
 * @throws HarnessError 'bad-arguments' where no task is common, or where several runs could be meant even so
 */
export function matchRuns(references: readonly Measured[], candidates: readonly Measured[]): MatchedRuns {
  const [tasks, theirs] = [groupBy(references, taskOf), groupBy(candidates, taskOf)];
  const matched = [...tasks].flatMap(([task, runs]) => {
    const others = theirs.get(task);
    return others === undefined ? [] : pairsOf(runs, others);
  });
  if (matched.length === 0) {
    throw badArguments(
      `expected runs of the same task, found ${[...tasks.keys()].join(', ')} and ${[...theirs.keys()].join(', ')}`,
      'name two runs of one task, or two folders that have tasks in common',
    );
  }
  return {
    pairs: matched.flatMap(({ pairs }) => pairs),
    onlyReference: [...tasks.keys()].filter((task) => !theirs.has(task)),
    onlyCandidate: [...theirs.keys()].filter((task) => !tasks.has(task)),
    notes: [...new Set(matched.flatMap(({ notes }) => notes))],
  };
}

/** The pairs of one task: of all runs where that is clear, else of the plain ones. */
function pairsOf(
  references: readonly Measured[],
  candidates: readonly Measured[],
): Pick<MatchedRuns, 'pairs' | 'notes'> {
  const every = references.map((run) => pairOf(run, references, candidates));
  if (every.every((pair) => pair !== null)) return { pairs: every, notes: [] };
  const [ours, theirs] = [plainRuns(references), plainRuns(candidates)];
  const pairs = ours.runs.map((run) => {
    const pair = pairOf(run, ours.runs, theirs.runs);
    if (pair === null) throw severalMeant(run, ours.runs, theirs.runs);
    return pair;
  });
  return { pairs, notes: [...ours.notes, ...theirs.notes] };
}

/** Steps by which the choice is narrowed; each applies only where it leaves something. null where several are left. */
function pairOf(reference: Measured, references: readonly Measured[], candidates: readonly Measured[]): RunPair | null {
  let left = candidates;
  const narrow = (keeps: (run: Measured) => boolean) => {
    const kept = left.filter(keeps);
    if (kept.length > 0) left = kept;
  };
  const several = left.length > 1 || references.length > 1;
  if (several) {
    narrow((run) => modelOf(run) === modelOf(reference));
    narrow(({ manifest }) => differencesOf(reference.manifest, manifest).length === 0);
    // Not where both sides are of one folder: that would hold each run against itself.
    if (!hasSource(candidates, reference.source))
      narrow(({ manifest }) => isSameArithmetic(reference.manifest, manifest));
  }
  const [candidate] = left;
  if (candidate === undefined || left.length > 1) return null;
  return !several || isOnlyClaim(reference, references, candidate) ? { reference, candidate } : null;
}

/** Models are told apart by their names, runs of one model by their settings or folders. */
function severalMeant(
  reference: Measured,
  references: readonly Measured[],
  candidates: readonly Measured[],
): HarnessError {
  const task = taskOf(reference);
  const modelsOf = (runs: readonly Measured[]) => [...new Set(runs.map(modelOf))];
  const [ours, theirs] = [modelsOf(references), modelsOf(candidates)];
  const isSame = theirs.includes(modelOf(reference));
  if (!isSame && (ours.length > 1 || theirs.length > 1)) {
    const [model, found] = theirs.length > 1 ? [modelOf(reference), theirs] : [theirs[0] as string, ours];
    return badArguments(
      `${task}: expected one run to compare with ${model}, found ${found.length} (${found.join(', ')})`,
      'name one model a side: compare takes --models A,B, gate --baseline-model A --candidate-model B; or name run folders',
    );
  }
  const ofModel = (runs: readonly Measured[], model: string | undefined) =>
    runs.filter((run) => modelOf(run) === model);
  const sides = isSame
    ? [ofModel(candidates, modelOf(reference)), ofModel(references, modelOf(reference))]
    : [ofModel(candidates, theirs[0]), ofModel(references, ours[0])];
  const several = sides.find((runs) => runs.length > 1) ?? candidates;
  const [first] = several as readonly [Measured];
  const found = several.map(({ manifest, source }) => ({ manifest, folder: source }));
  const isOneFolder = several.every(({ source }) => [references, candidates].every((runs) => hasSource(runs, source)));
  return badArguments(
    `${task}: expected one run of ${modelOf(first)} a side, found ${several.length} that could be meant`,
    first.isBaseline
      ? 'bless the one that is meant into a baseline of its own: bench bless RUN'
      : (isOneFolder ? pairHint : chooseHint)(found),
  );
}

const hasSource = (runs: readonly Measured[], folder: string): boolean => runs.some(({ source }) => source === folder);

/** No other reference of the task would be matched with this candidate as well. */
function isOnlyClaim(reference: Measured, references: readonly Measured[], candidate: Measured): boolean {
  const rivals = references.filter((run) => run !== reference);
  if (modelOf(reference) === modelOf(candidate)) {
    const isNearer = isSameArithmetic(reference.manifest, candidate.manifest);
    return rivals.every(
      (run) =>
        modelOf(run) !== modelOf(reference) ||
        differencesOf(run.manifest, candidate.manifest).length > 0 ||
        (isNearer && !isSameArithmetic(run.manifest, candidate.manifest)),
    );
  }
  return rivals.length === 0;
}

/** Where the clusters of paired items are from: the candidate, else the reference, whoever names them. */
export function clustersOfPair({ reference, candidate }: Pick<RunPair, 'reference' | 'candidate'>): ClusterSource {
  const hasNames = ({ items }: RunPair['reference']) => items.some(({ cluster }) => typeof cluster === 'string');
  const [first] = [candidate, reference].filter(hasNames);
  if (first !== undefined) return first.clusters;
  return candidate.clusters === 'independent' ? reference.clusters : candidate.clusters;
}

/** What a reader must know of the clusters that comparisons count, a sentence each. */
export function clusterNotes(pairs: readonly RunPair[]): readonly string[] {
  const notes = pairs.flatMap((pair) => {
    const note = clusterNote(clustersOfPair(pair));
    return note === null ? [] : [`${taskOf(pair.reference)}: ${note}`];
  });
  return [...new Set(notes)];
}
