/**
 * One finished or interrupted run (one model on one task) as tables, pages and JSON documents read it. Plain values; making them
 * needs no model, data set or task code.
 */
import type { Estimate } from '../../core/estimate.ts';
import type { ModelIdentity, ScoringSettings } from '../../core/manifest.ts';
import type { Floor } from '../../core/task.ts';
import type { Fraction, Seconds } from '../../core/units.ts';
import type { WrittenViews } from '../../metrics/written-views.ts';
import type { ClusterSource } from '../../store/cluster-names.ts';
import type { EnumerationAdvice } from '../terminal/enumeration-advice.ts';

/** What the texts of one number of denoising steps took. */
export interface WritingStep {
  readonly steps: number;
  /** Forward passes a text, mean over the stored ones that metrics without a view's name judge. */
  readonly nfe: number;
  /** Wall time over all sessions and all views, which are not timed apart; null where none took it. Not part of the result, like all times. */
  readonly seconds: Seconds | null;
  /** Of the tokens to write, prompts not counted; over the same texts as `seconds`. */
  readonly tokensPerSecond: number | null;
  /** Of the network, for a text, mean over those of all views; null where it is not stored. */
  readonly flops: number | null;
}

/** What tables show of a run's task, as `TaskPlugin` has it. */
export interface ShownTask {
  /** Accuracy of guessing; null where guessing is not a choice. */
  readonly chance: Fraction | null;
  /** What trivial answers reach; absent where nothing is known. */
  readonly floors?: readonly Floor[] | undefined;
  /** The metric by which it is shown; absent where it names none, see `headlineMetric`. */
  readonly metric?: string | null | undefined;
}

export interface BracketFacts {
  readonly orders: number;
  /** Sequences that it alone took. */
  readonly passes: number;
  /** They were not counted: at most so many. */
  readonly isMost: boolean;
}

/** Beside what manifest and summary say: names, and what the store does not know. */
export interface RunFacts
  extends Pick<ModelIdentity, 'family' | 'engine' | 'dtype' | 'device' | 'provider'>,
    Pick<ScoringSettings, 'protocol' | 'shots' | 'steps' | 'passes' | 'seed' | 'openFraction' | 'shift'>,
    Pick<ShownTask, 'chance'> {
  readonly model: string;
  readonly task: string;
  /** The run's folder. */
  readonly path: string;
  /** `interrupted`: only a part of the items is in; the estimates are over that part. */
  readonly status: 'completed' | 'interrupted';
  /** The share of the run that was computed whole, such as `3/16`; absent where the run is whole or the share is not. */
  readonly share?: string;
  /** Name of the metric that a table shows when it shows one; a key of `metrics`. */
  readonly headline: string;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** The headline of each repetition, where texts were drawn more than once at the largest T; else null. */
  readonly repeats: RepeatedDraws | null;
  /** How scores were estimated, such as `e(k), stratified` or `exact`. */
  readonly estimator: string;
  /** Diffusion: `shared`: all T come from one set of passes; `separate`: each T has its own, as written text and `paper` do. */
  readonly stepsFrom?: 'shared' | 'separate';
  /** What each T took, ascending; where texts were written by denoising with T as set. */
  readonly writing?: readonly WritingStep[];
  /** In which views texts were written; absent where there is one. */
  readonly writtenViews?: WrittenViews;
  /** Of races: chance that another answer wins than the first one; absent where all passes are run. */
  readonly risk?: Fraction;
  /** How texts were written, such as `threshold:threshold=0.9`; absent where it was as the task has it. */
  readonly sampler?: string;
  /** Where most passes are in fewer bits, such as `mixed int8 and float32`; absent: all as `dtype` says. */
  readonly precision?: string;
  /** Distinct sequences that went through the network, summed over items. */
  readonly nfe: number;
  /** Wall time of scoring, resumed parts included; not part of the result. */
  readonly seconds: Seconds;
  readonly items: number;
  readonly unscored: number;
  /** The unscored items by the reason's code, such as `context-overflow`. */
  readonly unscoredBy: Readonly<Record<string, number>>;
  /** Items whose answer could change under Monte-Carlo noise. */
  readonly undecided: number;
  /** Items with a token across the border of what is visible and what is scored; it counts as scored. */
  readonly crossing: number;
  /** How the rows differ from the reference release; null = they are it. */
  readonly variant: string | null;
  /** Where it is from which items belong together. */
  readonly clusters: ClusterSource;
  /** The built-in rows were scored, not the real data. */
  readonly usedFixtures: boolean;
  /** What trivial answers reach on the whole published set; absent where nothing is known. */
  readonly floors?: readonly Floor[];
  /** The run is over all rows of the source that the floors were counted on. */
  readonly isWholeSet?: boolean;
  /** Items that could not be answered and count as failed, by the reason's code; absent where there are none. */
  readonly failedUnanswered?: Readonly<Record<string, number>>;
  /** Of the bound from below; absent where no bracket was asked for. */
  readonly bracket?: BracketFacts;
  /** Which `--passes` would show more answers' likelihood itself; absent where none would at little cost. */
  readonly enumeration?: EnumerationAdvice;
  readonly warnings: readonly string[];
}

/** What was asked: `canonical`, `lm-eval with 5 examples`. */
export const protocolText = ({ protocol, shots = 0 }: Pick<RunFacts, 'protocol' | 'shots'>): string =>
  shots === 0 ? protocol : `${protocol} with ${shots} ${shots === 1 ? 'example' : 'examples'}`;

/** One metric of several repetitions of a run: how much a single draw says. */
export interface RepeatedDraws {
  readonly metric: string;
  /** Mean over items of each repetition, in order. */
  readonly values: readonly number[];
  /** Of `values`. */
  readonly mean: number;
  /** Sample standard deviation of `values`: from draw to draw, not from item to item. */
  readonly deviation: number;
}

/** What `--json` prints: runs with every metric as fractions and raw units, never percent. */
export function toJsonDocument(runs: readonly RunFacts[]) {
  return { format: 'bench-runs/1', runs } as const;
}
