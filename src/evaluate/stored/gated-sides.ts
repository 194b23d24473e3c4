/** What a gate judges: the runs of a baseline and those of a candidate. */
import type { Measured } from '../../gate/measured/measured.ts';
import { openMeasured } from '../../gate/measured/open-measured.ts';
import { ANY_RUN, type RunChoice } from '../../gate/measured/run-choice.ts';
import type { ClusterChoice } from '../../store/cluster-names.ts';
import { clustersOf } from '../clusters-of.ts';
import { headlineOf } from '../headline-of.ts';
import { ownShifts } from '../own-shift.ts';

export interface GatedSides extends Partial<Omit<RunChoice, 'models'>> {
  /** Run folder, folder of runs, or baseline file. */
  readonly baseline: string;
  readonly candidate: string;
  /** null = whatever is there. */
  readonly baselineModel?: string | null;
  readonly candidateModel?: string | null;
  readonly clusters: ClusterChoice;
}

/** Baseline, then candidate. @throws HarnessError where a side is not there */
export async function openGated(sides: GatedSides): Promise<readonly [readonly Measured[], readonly Measured[]]> {
  const { baseline, candidate, baselineModel = null, candidateModel = null, clusters, ...choice } = sides;
  const ownShift = ownShifts();
  const known = clustersOf(clusters);
  const open = (path: string, model: string | null) =>
    openMeasured(path, { ...ANY_RUN, ...choice, models: model === null ? null : [model], ownShift }, headlineOf, known);
  return [await open(baseline, baselineModel), await open(candidate, candidateModel)];
}
