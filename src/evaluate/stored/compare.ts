/** Two stored sides, item by item: what may be asked, and the comparison. */
import { z } from 'zod';
import { badArguments } from '../../core/errors.ts';
import { type CompareSettings, compareRuns } from '../../gate/compare/compare-runs.ts';
import type { ComparisonDocument } from '../../gate/compare/comparison.ts';
import { DIFFERENCES } from '../../gate/measured/comparability.ts';
import { matchRuns } from '../../gate/measured/match-runs.ts';
import type { Measured } from '../../gate/measured/measured.ts';
import { type LeaveOutRun, openMeasured, requireThere } from '../../gate/measured/open-measured.ts';
import type { RunChoice } from '../../gate/measured/run-choice.ts';
import { choice, decimal, list, names, text } from '../../options/fields.ts';
import { type OptionsOf, option } from '../../options/option.ts';
import { RUN_CHOICE_OPTIONS } from '../../options/run-choice.ts';
import { clusters, dataDir } from '../../options/shared.ts';
import { leftOutText } from '../../report/view/warnings.ts';
import { PAIRED_INTERVALS } from '../../stats/clustered/paired-interval.ts';
import { TESTS } from '../../stats/tests/paired-test.ts';
import { clustersOf, headlineOf, ownShifts, type RowsFrom } from '../known-of-runs.ts';

const share = (least: number, most: number) =>
  decimal(`a share above ${least} and below ${most}`, z.number().gt(least).lt(most));

const ROWS = 'folder with the data sets, read for clusters that runs of earlier versions do not name';

const TWO_MODELS = 'two model names separated by a comma: reference, candidate';
const twoModels = list(TWO_MODELS, text(TWO_MODELS))
  .pipe(z.tuple([z.string(), z.string()]))
  .describe(TWO_MODELS);

export const COMPARE_OPTIONS = {
  models: option(twoModels, 'two models, reference and candidate, when a folder holds several', null),
  tasks: option(names('task names'), 'task names, separated by commas', null, 'every common task'),
  ...RUN_CHOICE_OPTIONS,
  metrics: option(
    names('metric names'),
    'metric names, also goldNats and goldMargin',
    null,
    'the headline and what goes with it',
  ),
  test: option(
    choice(TESTS, TESTS.join(' or ')),
    'auto, mcnemar, mcnemar-mid-p, permutation or t',
    'auto',
    'McNemar for 0/1 values, else permuted signs or t',
  ),
  interval: option(
    choice(PAIRED_INTERVALS, PAIRED_INTERVALS.join(' or ')),
    't, percentile or bca: 95 % interval of the difference (percentile, bca: 10,000 resamples, seconds for large tasks)',
    'auto',
    'Tango for 0/1 values, else t',
  ),
  clusters,
  dataDir: { ...dataDir, about: ROWS },
  alpha: option(share(0, 0.5), 'chance of any false alarm over the tasks', 0.05),
  power: option(share(0.5, 1), 'power of the detectable difference', 0.8),
  margin: option(
    share(0, 1),
    'difference that matters: a share for accuracies, of other metrics a share of the reference',
    0.02,
  ),
  allowDifferent: option(
    list(`one or more of ${DIFFERENCES.join(', ')}`, z.enum(DIFFERENCES)),
    'what may differ besides the model: version, data, protocol, settings, seed, steps, passes, shift …',
    [],
    'nothing',
  ),
};

/** What is compared, and how. */
export interface Sides extends CompareSettings, RowsFrom, Omit<RunChoice, 'models'> {
  /** The reference: run folder, folder of runs, or baseline file. */
  readonly reference: string;
  /** null = another model in the same folder, see `models`. */
  readonly candidate: string | null;
  /** Of one side each, the reference's first; null = whatever is there. */
  readonly models: readonly [string, string] | null;
}

export const toSides = (
  { allowDifferent: allowed, ...given }: OptionsOf<typeof COMPARE_OPTIONS>,
  reference: string,
  candidate: string | null,
): Sides => ({ ...given, allowed, reference, candidate });

/** @throws HarnessError where a side is not there, or the two have nothing in common that can be compared */
export async function compareStored(sides: Sides): Promise<ComparisonDocument> {
  const left = new Map<string, string>();
  const [references, candidates] = await openSides(sides, ({ folder, error }) => left.set(folder, error.message));
  const document = compareRuns(matchRuns(references, candidates), sides);
  const notes = [...left].map(([folder, reason]) => leftOutText({ folder, reason }));
  if (document.rows.length > 0) return { ...document, notes: [...document.notes, ...notes] };
  throw badArguments('expected a metric that both runs have, found none', 'bench show RUN lists the metrics of a run');
}

async function openSides(
  sides: Sides,
  leaveOut: LeaveOutRun,
): Promise<readonly [readonly Measured[], readonly Measured[]]> {
  const { reference, candidate, models } = sides;
  const ownShift = ownShifts();
  const wanted = (side: 0 | 1) => ({ ...sides, models: models === null ? null : [models[side]], ownShift });
  await requireThere(reference);
  if (candidate === null && models === null) {
    // A path without runs is refused as such first.
    await openMeasured(reference, wanted(0), headlineOf, clustersOf(sides.clusters), leaveOut);
    const hint = `bench compare ${reference} OTHER, or bench compare ${reference} --models A,B`;
    throw badArguments(`expected two runs, or two models of ${reference}, found neither`, hint);
  }
  const known = clustersOf(sides.clusters, sides);
  const first = await openMeasured(reference, wanted(0), headlineOf, known, leaveOut);
  return [first, await openMeasured(candidate ?? reference, wanted(1), headlineOf, known, leaveOut)];
}
