/** What scores a file of predictions again, without the model that wrote them: the interface, and the part that all share. */
import { badArguments, HarnessError } from '../../../core/errors.ts';
import type { Estimate } from '../../../core/estimate.ts';
import type { ProgramJudge } from '../../../core/program.ts';
import type { RowPlace } from '../../../datasets/parse-row.ts';
import { layoutOf } from '../../../stats/clustered/cluster-layout.ts';
import { estimateItems } from '../../../stats/clustered/estimate-items.ts';
import type { ClusteredItem } from '../../../stats/paired-values.ts';
import { type ClusterChoice, chosenClusters } from '../../../store/cluster-names.ts';

/** A line that is a JSON object (or a row of CSV); what is in it is checked by the task's rescorer. */
export interface Prediction {
  readonly place: RowPlace;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface RescoreSettings {
  /** null = `BENCH_DATA_DIR`, then the cache folder. */
  readonly dataDir: string | null;
  /** Predictions are cut at the first of these; null = not cut. */
  readonly eos: string | null;
  /** Lines that could not even be read; they count as unscored. */
  readonly unread: number;
  /** Which items belong together, instead of what their task says; null = as it says. */
  readonly clusters: ClusterChoice;
  /** Runs model-written programs, with a bar of its progress; opened by the first call. */
  readonly judge: ProgramJudge;
}

/** Successes of one prediction under one metric: `of` is 1 for most, the number of steps for a rate of steps, 0 where nothing counts. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

export interface Judged extends ClusteredItem {
  readonly line: number;
  /** The item, where the line names one. */
  readonly id: string | null;
  readonly verdict: string;
  readonly shares: Readonly<Record<string, Share>>;
}

export interface Refused {
  readonly line: number;
  /** One sentence: file, line, field, what was expected, what was found. */
  readonly error: string;
}

export interface Rescored {
  /** In the order of the file. */
  readonly judged: readonly Judged[];
  readonly refused: readonly Refused[];
  /** A metric for which nothing counts is left out. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Items of the data set that no line names; null where lines name none. */
  readonly missing: number | null;
  /** What a reader of the numbers must know, a sentence each; absent where there is nothing. */
  readonly notes?: readonly string[];
}

export interface Rescorer {
  readonly task: string;
  /** The forms that a line may have, as help and hints spell them. */
  readonly forms: readonly string[];
  /** Metric -> what it is; in the order of the table, the headline first. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Every verdict that a prediction can get, in the order of the table. */
  readonly verdicts: readonly string[];
  rescore(predictions: readonly Prediction[], settings: RescoreSettings): Promise<Rescored>;
}

export const hit = (isHit: boolean): Share => ({ hits: Number(isHit), of: 1 });
/** Nothing to count. */
export const NOTHING: Share = { hits: 0, of: 0 };

/**
 * Judges predictions one by one. A line that `judge` refuses (a HarnessError 'bad-dataset' that names its place) is unscored
 * and the others go on.
 *
 * @param metrics names, in order
 * @param perText those that are the mean over predictions of each one's own share, as runs have it; the others count all
 *   successes of all predictions together
 */
export function rescoreEach(
  predictions: readonly Prediction[],
  metrics: readonly string[],
  { unread, clusters }: Pick<RescoreSettings, 'unread' | 'clusters'>,
  judge: (prediction: Prediction) => Omit<Judged, 'line'>,
  perText: readonly string[] = [],
): Omit<Rescored, 'missing'> {
  const { read, refused } = readEach(predictions, (prediction) => ({
    line: prediction.place.number,
    ...judge(prediction),
  }));
  const judged = clusters === null ? read : chosenLines(read, clusters);
  const estimates = metrics.flatMap((name) => {
    const estimator = perText.includes(name) ? meanShare : pooledShare;
    const texts = judged.map(({ line, cluster, shares }) => ({
      cluster: cluster ?? `line ${line}`,
      ...(shares[name] ?? NOTHING),
    }));
    const estimate = estimator(texts, refused.length + unread);
    return estimate === null ? [] : [[name, estimate] as const];
  });
  return { judged, refused, metrics: Object.fromEntries(estimates) };
}

/** @throws HarnessError 'bad-arguments' on a pattern where a line names no item */
function chosenLines(judged: readonly Judged[], choice: RegExp | 'none'): readonly Judged[] {
  const named = judged.flatMap((each) => (each.id === null ? [] : [{ ...each, id: each.id }]));
  if (named.length === judged.length) return chosenClusters('the file', named, choice).items;
  if (choice === 'none') return judged.map((each) => ({ ...each, cluster: null }));
  const line = judged.find(({ id }) => id === null)?.line;
  const hint = 'leave --clusters out, or say none';
  throw badArguments(`--clusters: expected lines that name their items, found line ${line}, which names none`, hint);
}

/** What can be read of each prediction; one that is refused (a HarnessError 'bad-dataset' that names its place) is left out. */
export function readEach<Read>(
  predictions: readonly Prediction[],
  reader: (prediction: Prediction) => Read,
): { readonly read: readonly Read[]; readonly refused: readonly Refused[] } {
  const read: Read[] = [];
  const refused: Refused[] = [];
  for (const prediction of predictions) {
    try {
      read.push(reader(prediction));
    } catch (error) {
      if (!(error instanceof HarnessError && error.code === 'bad-dataset')) throw error;
      refused.push({ line: prediction.place.number, error: error.message });
    }
  }
  return { read, refused };
}

/** What one text counts for, and what it belongs to. */
type TextShare = Share & ClusteredItem;

/** Successes of all predictions; those of one text belong together. Predictions for which nothing counts are unscored. */
function pooledShare(texts: readonly TextShare[], refused: number): Estimate | null {
  const tried = texts.flatMap(({ cluster, hits, of }) =>
    Array.from({ length: of }, (_, i) => ({ cluster, value: Number(i < hits) })),
  );
  return estimateOf(tried, refused + texts.filter(({ of }) => of === 0).length);
}

function meanShare(texts: readonly TextShare[], refused: number): Estimate | null {
  const counting = texts.filter(({ of }) => of > 0).map(({ cluster, hits, of }) => ({ cluster, value: hits / of }));
  return estimateOf(counting, refused + texts.length - counting.length);
}

function estimateOf(items: readonly (ClusteredItem & { readonly value: number })[], unscored: number): Estimate | null {
  if (items.length === 0) return null;
  const values = items.map(({ value }) => value);
  return estimateItems(layoutOf(items), values, { isBounded: true, unscored });
}
