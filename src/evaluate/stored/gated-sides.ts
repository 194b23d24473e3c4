/** What a gate judges: the runs of a baseline and those of a candidate. */
import { HarnessError } from '../../core/errors.ts';
import { type Measured, taskOf } from '../../gate/measured/measured.ts';
import { openMeasured, type UnreadRun } from '../../gate/measured/open-measured.ts';
import { ANY_RUN, type RunChoice } from '../../gate/measured/run-choice.ts';
import type { ClusterChoice } from '../../store/cluster-names.ts';
import { clustersOf, headlineOf, ownShifts } from '../known-of-runs.ts';

export interface GatedSides extends Partial<Omit<RunChoice, 'models'>> {
  /** Run folder, folder of runs, or baseline file. */
  readonly baseline: string;
  readonly candidate: string;
  /** null = whatever is there. */
  readonly baselineModel?: string | null;
  readonly candidateModel?: string | null;
  readonly clusters: ClusterChoice;
}

export interface Gated {
  readonly baselines: readonly Measured[];
  readonly candidates: readonly Measured[];
  /** What was left out, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * A run of the candidate that cannot be read is left out where the baseline has no run of its task.
 *
 * @throws HarnessError where a side is not there, or where what cannot be read may be what is to be judged: no gate passes for want of it
 */
export async function openGated(sides: GatedSides): Promise<Gated> {
  const { baseline, candidate, baselineModel = null, candidateModel = null, clusters, ...choice } = sides;
  const ownShift = ownShifts();
  const known = clustersOf(clusters);
  const open = (path: string, model: string | null, leaveOut: (run: UnreadRun) => void) => {
    const wanted = { ...ANY_RUN, ...choice, models: model === null ? null : [model], ownShift };
    return openMeasured(path, wanted, headlineOf, known, leaveOut);
  };
  const baselines = await open(baseline, baselineModel, refuseUnread);
  const notes: string[] = [];
  const candidates = await open(candidate, candidateModel, (run) => {
    if (mayBeJudged(run, baselines)) refuseUnread(run);
    notes.push(`${run.folder} cannot be read and is left out, for the baseline has no run of ${run.task}`);
  });
  return { baselines, candidates, notes };
}

const mayBeJudged = ({ task }: UnreadRun, baselines: readonly Measured[]): boolean =>
  task === null || baselines.some((run) => taskOf(run) === task);

function refuseUnread({ folder, error }: UnreadRun): never {
  throw new HarnessError(
    error.code,
    `expected runs that can be read, as the gate may need each, found ${folder}: ${error.message}`,
    { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) },
  );
}
