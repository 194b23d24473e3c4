/**
 * One finished or interrupted run (one model on one task) as tables, pages and JSON documents read it. Plain values; making them
 * needs no model, data set or task code.
 */
import type { Estimate } from '../../core/estimate.ts';
import type { RunManifest } from '../../core/manifest.ts';
import { ESTIMATOR } from '../../core/model.ts';
import type { ProtocolName } from '../../core/names.ts';
import type { Family } from '../../core/question.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { Response } from '../../core/response.ts';
import type { Floor } from '../../core/task.ts';
import type { Fraction, Seconds } from '../../core/units.ts';
import { standardError } from '../../stats/standard-error.ts';
import { mean } from '../../stats/sum.ts';
import { writingCosts } from '../../store/environment.ts';
import type { StoredRun } from '../../store/stored-run.ts';

/** What the texts of one number of denoising steps took. */
export interface WritingStep {
  readonly steps: number;
  /** Forward passes a text, mean over all that are stored. */
  readonly nfe: number;
  /** Wall time over all sessions; null where none took it. Not part of the result, like all times. */
  readonly seconds: Seconds | null;
  /** Of the tokens to write, prompts not counted. */
  readonly tokensPerSecond: number | null;
}

export interface RunFacts {
  readonly model: string;
  readonly family: Family;
  readonly task: string;
  readonly protocol: ProtocolName;
  /** The run's folder. */
  readonly path: string;
  /** `interrupted`: only a part of the items is in; the estimates are over that part. */
  readonly status: 'completed' | 'interrupted';
  /** Name of the metric that a table shows when it shows one; a key of `metrics`. */
  readonly headline: string;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** The headline of each repetition, where texts were drawn more than once at the largest T; else null. */
  readonly repeats: RepeatedDraws | null;
  /** How scores were estimated, such as `e(k), stratified` or `exact`. */
  readonly estimator: string;
  /** Empty for autoregressive models, and where each text takes one step a token. */
  readonly steps: readonly number[];
  /** Diffusion: `shared`: all T come from one set of passes; `separate`: each T has its own, as written text and `paper` do. */
  readonly stepsFrom?: 'shared' | 'separate';
  /** What each T took, ascending; where texts were written by denoising with T as set. */
  readonly writing?: readonly WritingStep[];
  readonly passes: number;
  readonly seed: number;
  readonly openFraction: Fraction;
  readonly shift: boolean;
  readonly engine: string;
  readonly dtype: string;
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
  /** The built-in rows were scored, not the real data. */
  readonly usedFixtures: boolean;
  /** Accuracy of guessing; null where guessing is not a choice. */
  readonly chance: Fraction | null;
  /** What trivial answers reach on the whole published set; absent where nothing is known. */
  readonly floors?: readonly Floor[];
  /** The run is over all rows of the source that the floors were counted on. */
  readonly isWholeSet?: boolean;
  /** Items that could not be answered and count as failed, by the reason's code; absent where there are none. */
  readonly failedUnanswered?: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

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

/** Metrics by which a table shows a run, the first that it has. */
const HEADLINES = ['pass@1', 'acc', 'bitsPerByte', 'nll', 'nelbo'];

/**
 * @param chance accuracy of guessing at the run's task, which the store does not know; null where there is none
 * @param floors what trivial answers reach at it
 */
export function toRunFacts(run: StoredRun, chance: Fraction | null, floors: readonly Floor[] = []): RunFacts {
  const { manifest, summary } = run;
  const { model, settings, dataset } = manifest;
  const headline = HEADLINES.find((name) => name in summary.metrics) ?? Object.keys(summary.metrics)[0] ?? 'acc';
  const usedFixtures = dataset.source === 'fixture';
  return {
    model: model.name,
    family: model.family,
    task: manifest.task.name,
    protocol: settings.protocol,
    path: run.folder,
    status: summary.complete ? 'completed' : 'interrupted',
    headline,
    metrics: summary.metrics,
    repeats: repeatedDraws(headline, summary.metrics),
    estimator: estimatorName(manifest, run.records),
    steps: settings.steps,
    ...stepsFrom(manifest),
    ...writingSteps(run),
    passes: settings.passes,
    seed: settings.seed,
    openFraction: settings.openFraction,
    shift: settings.shift,
    engine: model.engine,
    dtype: model.dtype,
    nfe: summary.nfe,
    seconds: run.environment.sessions.reduce((seconds, session) => seconds + session.seconds, 0),
    items: summary.items,
    unscored: Object.values(summary.unscored).reduce((count, each) => count + each, 0),
    unscoredBy: summary.unscored,
    undecided: summary.undecided,
    crossing: run.records.filter(hasCrossingToken).length,
    variant: usedFixtures ? null : dataset.variant,
    usedFixtures,
    chance,
    ...(floors.length === 0 ? {} : { floors, isWholeSet: isWholeSet(run, floors) }),
    ...failedUnanswered(run.records),
    warnings: run.warnings.map(({ message }) => message),
  };
}

/** From the metrics `NAME#0`, `NAME#1` … of the single repetitions (`metrics/score-writing.ts`). */
function repeatedDraws(metric: string, metrics: RunFacts['metrics']): RepeatedDraws | null {
  const values: number[] = [];
  for (
    let estimate = metrics[`${metric}#0`];
    estimate !== undefined;
    estimate = metrics[`${metric}#${values.length}`]
  ) {
    values.push(estimate.value);
  }
  if (values.length < 2) return null;
  return { metric, values, mean: mean(values), deviation: standardError(values) * Math.sqrt(values.length) };
}

function isWholeSet({ manifest, summary }: StoredRun, floors: readonly Floor[]): boolean {
  const { limit, dataset } = manifest;
  return limit === null && summary.complete && floors.every(({ source }) => source === dataset.source);
}

/** Codes of what was not answered: the question, or some of its views. */
function refusals(response: Response): string[] {
  if (response.kind === 'unanswered') return [response.code];
  if (response.kind !== 'written') return [];
  const views = Object.entries(response.refused ?? {});
  return views.map(([view, { code }]) => (view === 'default' ? code : `${code} in view ${view}`));
}

function failedUnanswered(records: readonly ItemRecord[]): Pick<RunFacts, 'failedUnanswered'> {
  const codes: Record<string, number> = {};
  for (const { score, response } of records) {
    if (score.kind !== 'scored') continue;
    for (const reason of refusals(response)) codes[reason] = (codes[reason] ?? 0) + 1;
  }
  return Object.keys(codes).length === 0 ? {} : { failedUnanswered: codes };
}

function estimatorName(manifest: RunManifest, records: readonly ItemRecord[]): string {
  const { estimator, draws } = manifest.settings;
  if (estimator === ESTIMATOR.decoder) return 'greedy decoding';
  if (estimator === ESTIMATOR.denoiser) return draws === 1 ? 'denoising' : `denoising, ${draws} draws`;
  if (manifest.model.family === 'autoregressive') return 'exact log-likelihood';
  if (manifest.settings.protocol === 'paper') return 'one mask drawn a step';
  const scores = records.flatMap(({ response }) =>
    response.kind === 'answered' ? Object.values(response.views).flatMap((view) => view.alternatives) : [],
  );
  const exact = scores.filter((score) => score.exact).length;
  if (exact === scores.length) return 'e(k) over all masks, exact';
  return exact === 0 ? 'e(k) over stratified masks' : 'e(k) over all masks where few, else stratified';
}

function stepsFrom({ model, settings }: RunManifest): Pick<RunFacts, 'stepsFrom'> {
  if (model.family !== 'diffusion') return {};
  return { stepsFrom: settings.estimator === ESTIMATOR.bound ? 'shared' : 'separate' };
}

/** From the records what a text took in passes, from the sessions what all took in time. */
function writingSteps({ manifest, records, environment }: StoredRun): Pick<RunFacts, 'writing'> {
  const costs = writingCosts(environment);
  const texts = records.flatMap(({ response }) =>
    response.kind === 'written' ? Object.values(response.views).flat() : [],
  );
  const steps = manifest.settings.steps.flatMap((T): WritingStep[] => {
    const written = texts.filter((text) => text.steps === T);
    if (written.length === 0) return [];
    const nfe = written.reduce((sum, text) => sum + text.nfe, 0) / written.length;
    const { seconds = null, tokens = 0 } = costs[T] ?? {};
    return [{ steps: T, nfe, seconds, tokensPerSecond: seconds === null || seconds === 0 ? null : tokens / seconds }];
  });
  return steps.length === manifest.settings.steps.length && steps.length > 0 ? { writing: steps } : {};
}

function hasCrossingToken({ response }: ItemRecord): boolean {
  if (response.kind !== 'answered') return false;
  return Object.values(response.views).some(({ alternatives }) => alternatives.some(({ crossing }) => crossing));
}
