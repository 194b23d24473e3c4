/** From a stored run to its facts. */
import type { RunManifest } from '../../core/manifest.ts';
import { isBound, isDenoising, isEstimator, ownSamplerOf, precisionText } from '../../core/model.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { AlternativeScore, Response, Written } from '../../core/response.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import type { Floor } from '../../core/task.ts';
import { headlineMetric } from '../../metrics/headline-metric.ts';
import { judgedTexts, writtenViews } from '../../metrics/judged-texts.ts';
import { parseMetric } from '../../metrics/metric-name.ts';
import { mean, standardError, sum } from '../../stats/sum.ts';
import { writingCosts } from '../../store/environment.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { enumerationAdvice } from '../terminal/enumeration-advice.ts';
import type { RepeatedDraws, RunFacts, ShownTask, WritingStep } from './run-facts.ts';

/** Of the last session, where it ended by itself. */
function shareOf({ summary, environment }: StoredRun): Pick<RunFacts, 'share'> {
  const { share, state } = environment.sessions.at(-1) ?? {};
  return summary.complete || share === undefined || state !== 'completed' ? {} : { share };
}

/** @param task what the store does not know of the run's task */
export function toRunFacts(run: StoredRun, { chance, floors = [], metric = null }: ShownTask): RunFacts {
  const { manifest, summary } = run;
  const { model, settings, dataset } = manifest;
  const headline = headlineMetric(Object.keys(summary.metrics), metric) ?? metric ?? 'acc';
  const usedFixtures = dataset.source === 'fixture';
  return {
    model: model.name,
    family: model.family,
    task: manifest.task.name,
    protocol: settings.protocol,
    ...(settings.shots === undefined ? {} : { shots: settings.shots }),
    path: run.folder,
    status: summary.complete ? 'completed' : 'interrupted',
    ...shareOf(run),
    headline,
    metrics: summary.metrics,
    repeats: repeatedDraws(headline, summary.metrics),
    estimator: estimatorName(manifest, run.records),
    steps: settings.steps,
    ...stepsFrom(manifest),
    ...writingSteps(run),
    ...viewFacts(run.records),
    passes: settings.passes,
    ...(settings.race === undefined ? {} : { risk: settings.race.risk }),
    seed: settings.seed,
    openFraction: settings.openFraction,
    shift: settings.shift,
    ...(settings.sampler === undefined ? {} : { sampler: samplerText(settings.sampler) }),
    engine: model.engine,
    dtype: model.dtype,
    ...(settings.precision === undefined ? {} : { precision: precisionText(settings.precision) }),
    ...(model.device === undefined ? {} : { device: model.device }),
    ...(model.provider === undefined ? {} : { provider: model.provider }),
    nfe: summary.nfe,
    seconds: run.environment.sessions.reduce((seconds, session) => seconds + session.seconds, 0),
    items: summary.items,
    unscored: Object.values(summary.unscored).reduce((count, each) => count + each, 0),
    unscoredBy: summary.unscored,
    undecided: summary.undecided,
    crossing: run.records.filter(hasCrossingToken).length,
    variant: usedFixtures ? null : dataset.variant,
    clusters: run.clusters,
    usedFixtures,
    chance,
    ...(floors.length === 0 ? {} : { floors, isWholeSet: isWholeSet(run, floors) }),
    ...failedUnanswered(run.records),
    ...enumeration(manifest, run.records),
    ...bracketFacts(manifest, run.records),
    warnings: run.warnings.map(({ message }) => message),
  };
}

/** From the metrics `NAME#0`, `NAME#1` … of the single repetitions (`metrics/score-writing.ts`). */
function repeatedDraws(metric: string, metrics: RunFacts['metrics']): RepeatedDraws | null {
  const values: number[] = [];
  for (let at = 0; `${metric}#${at}` in metrics; at++) values.push(metrics[`${metric}#${at}`]?.value ?? Number.NaN);
  if (values.length < 2) return null;
  return { metric, values, mean: mean(values), deviation: standardError(values) * Math.sqrt(values.length) };
}

function isWholeSet({ manifest, summary }: StoredRun, floors: readonly Floor[]): boolean {
  const { limit, subset, dataset } = manifest;
  return (
    limit === null &&
    subset === undefined &&
    summary.complete &&
    floors.every(({ source }) => source === dataset.source)
  );
}

/** Codes of what was not answered and has values all the same: the question, or some of its views. */
function refusals(response: Response, values: Readonly<Record<string, number>>): string[] {
  if (response.kind === 'unanswered') return [response.code];
  if (response.kind !== 'written' || response.refused === undefined) return [];
  const scored = new Set(Object.keys(values).map((name) => parseMetric(name).view ?? 'default'));
  const views = Object.entries(response.refused).filter(([view]) => scored.has(view));
  return views.map(([view, { code }]) => (view === 'default' ? code : `${code} in view ${view}`));
}

function failedUnanswered(records: readonly ItemRecord[]): Pick<RunFacts, 'failedUnanswered'> {
  const codes: Record<string, number> = {};
  for (const { score, response } of records) {
    if (score.kind !== 'scored') continue;
    for (const reason of refusals(response, score.values)) codes[reason] = (codes[reason] ?? 0) + 1;
  }
  return Object.keys(codes).length === 0 ? {} : { failedUnanswered: codes };
}

/** Of the bound of diffusion models in full or causal attention: drawn attention leaves nothing to enumerate. */
function enumeration(
  { settings: { estimator, openFraction, passes } }: RunManifest,
  records: readonly ItemRecord[],
): Pick<RunFacts, 'enumeration'> {
  if (isEstimator(estimator, 'blockBound') || !isBound(estimator) || (openFraction > 0 && openFraction < 1)) return {};
  const lengths = scoredAnswers(records).map(({ tokens }) => tokens);
  const advice = enumerationAdvice(lengths, passes);
  return advice === null ? {} : { enumeration: advice };
}

/**
 * Where runs did not count the passes yet, so many at most: an order takes a pass a token, but all share that of the full mask, and none is
 * run twice.
 */
function bracketFacts(
  { settings: { bracket: orders } }: RunManifest,
  records: readonly ItemRecord[],
): Pick<RunFacts, 'bracket'> {
  if (orders === undefined) return {};
  const counted = records.flatMap(({ response }) => (response.kind === 'answered' ? [response.bracketNfe] : []));
  if (counted.every((count) => count !== undefined))
    return { bracket: { orders, passes: sum(counted), isMost: false } };
  const most = scoredAnswers(records).flatMap(({ exact, tokens }) =>
    exact ? [] : [Math.min(orders * (tokens - 1), 2 ** tokens - 2)],
  );
  return { bracket: { orders, passes: sum(most), isMost: true } };
}

const scoredAnswers = (records: readonly ItemRecord[]): readonly AlternativeScore[] =>
  records.flatMap(({ response }) =>
    response.kind === 'answered' ? Object.values(response.views).flatMap((view) => view.alternatives) : [],
  );

function estimatorName(manifest: RunManifest, records: readonly ItemRecord[]): string {
  const { estimator, draws } = manifest.settings;
  if (isEstimator(estimator, 'decoder')) return 'greedy decoding';
  if (isDenoising(estimator)) {
    const sampler = ownSamplerOf(estimator);
    const how = sampler === null ? 'denoising' : `denoising by ${sampler}`;
    return draws === 1 ? how : `${how}, ${draws} draws`;
  }
  if (manifest.model.family === 'autoregressive') return 'exact log-likelihood';
  if (manifest.settings.protocol === 'paper') return 'one mask drawn a step';
  const scores = scoredAnswers(records);
  const exact = scores.filter((score) => score.exact).length;
  const { race } = manifest.settings;
  if (race !== undefined) return `${race.ranking} raced, risk ${Number((100 * race.risk).toFixed(3))} %`;
  const of = BOUND_WORDS[(['blockBound', 'toldBound'] as const).find((one) => isEstimator(estimator, one)) ?? 'bound'];
  if (exact === scores.length) return `e(k)${of} over all masks, exact`;
  return exact === 0 ? `e(k)${of} over stratified masks` : `e(k)${of} over all masks where few, else stratified`;
}

const BOUND_WORDS = {
  bound: '',
  blockBound: ' of each block after clean ones',
  toldBound: ' under the noise of k masks',
} as const;

function stepsFrom({ model, settings }: RunManifest): Pick<RunFacts, 'stepsFrom'> {
  if (model.family !== 'diffusion') return {};
  return { stepsFrom: isBound(settings.estimator) ? 'shared' : 'separate' };
}

/** From the records what a judged text took in passes, from the sessions what those of all views took in time. */
function writingSteps({ manifest, records, environment }: StoredRun): Pick<RunFacts, 'writing'> {
  const costs = writingCosts(environment);
  const texts = records.flatMap(judgedTexts);
  const steps = manifest.settings.steps.flatMap((T): WritingStep[] => {
    const written = texts.filter((text) => text.steps === T);
    if (written.length === 0) return [];
    const nfe = written.reduce((sum, text) => sum + text.nfe, 0) / written.length;
    const { seconds = null, tokens = 0, texts: timed = 0, flops } = costs[T] ?? {};
    const tokensPerSecond = seconds === null || seconds === 0 ? null : tokens / seconds;
    return [
      { steps: T, nfe, seconds, tokensPerSecond, flops: flops === undefined || timed === 0 ? null : flops / timed },
    ];
  });
  return steps.length === manifest.settings.steps.length && steps.length > 0 ? { writing: steps } : {};
}

function viewFacts(records: readonly ItemRecord[]): Pick<RunFacts, 'writtenViews'> {
  const views = writtenViews(records);
  return views === null ? {} : { writtenViews: views };
}

/** What was written for a question, under all views. */
export const textsOf = ({ response }: ItemRecord): readonly Written[] =>
  response.kind === 'written' ? Object.values(response.views).flat() : [];

function hasCrossingToken({ response }: ItemRecord): boolean {
  if (response.kind !== 'answered') return false;
  return Object.values(response.views).some(({ alternatives }) => alternatives.some(({ crossing }) => crossing));
}
