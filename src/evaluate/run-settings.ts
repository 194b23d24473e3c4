/** From a model, a task and what the user typed to one run: its settings, its manifest and items, and how many of these go together. */

import type { OwnDiffusion } from '../architectures/architecture.ts';
import { ownDiffusion } from '../architectures/index.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { requireSftRow } from '../checkpoints/require-sft-row.ts';
import { notSupported } from '../core/errors.ts';
import { headlineRanking } from '../core/headline-ranking.ts';
import type { RunManifest } from '../core/manifest.ts';
import {
  ESTIMATOR,
  isDenoising,
  type ModelIdentity,
  type PrecisionSettings,
  RACE_VERSION,
  type ScoringSettings,
} from '../core/model.ts';
import type { Family, Normalisation } from '../core/names.ts';
import { type Example, type Question, writingOf } from '../core/question.ts';
import type { SftRow } from '../core/sft-row.ts';
import type { TaskPlugin } from '../core/task.ts';
import { rowsDigest } from '../core/text/rows-digest.ts';
import { describeRun, examplesOf, templateOf } from '../runner/plan.ts';
import type { RunOptions } from './options.ts';
import { RACING_OPTIONS, STANDARD_PASSES } from './racing-options.ts';
import type { LoadedShots, ModelFiles, TaskRows } from './run-parts.ts';
import { denoisingSettings } from './samplers/denoising-settings.ts';

/** A model that runs are made of. */
export interface OpenedModel extends ModelFiles {
  /** T that leaked from LAMBADA into later tasks; null where that is not emulated. */
  readonly leakedSteps: number | null;
}

/** How a diffusion model reads its input, and writes where that is not as the task has it. */
export type Reading = Pick<ScoringSettings, 'openFraction' | 'shift' | 'sampler'>;

/** How a model reads where nothing is varied. */
export const readingOf = (
  { options: { shift } }: Checkpoint,
  { attention: openFraction }: Pick<RunOptions, 'attention'>,
): Reading => ({ openFraction, shift });

/** Races are told what they are run for: how the task's protocol normalises its headline. */
export type SettingOptions = Pick<RunOptions, 'protocol' | 'seed' | 'steps' | 'passes' | 'draws'> &
  Partial<Pick<RunOptions, 'score' | 'bracket' | 'risk' | 'mostPasses'>> & {
    readonly headline?: Normalisation;
    /** Where most is computed in fewer bits. */
    readonly mixed?: PrecisionSettings | null;
  };

/** The run that scores a model on a task: its identity, and its items in data-set order. */
export function describeTaskRun(
  { task, loaded, shots, chosen = null }: TaskRows,
  opened: OpenedModel,
  model: ModelIdentity,
  reading: Reading,
  options: SettingOptions & Pick<RunOptions, 'limit'>,
): { readonly manifest: RunManifest; readonly examples: readonly Example[] } {
  const { rows, source, variant } = loaded;
  const examples = examplesOf(task, options.protocol, rows, options.limit, shots, chosen);
  const question = examples[0]?.question;
  const settings = {
    ...settingsOf(opened, reading, question, { ...options, headline: headlineOf(task, model.family, options) }),
    ...leakOf(model, question, opened),
    ...shotSettings(task, options.protocol, shots),
    ...((options.mixed ?? null) === null ? {} : { precision: options.mixed as PrecisionSettings }),
  };
  const described = { task, source: { name: source, variant }, rows, limit: options.limit, chosen, model, settings };
  return { manifest: describeRun(described), examples };
}

/** How the headline of a run is normalised. */
export const headlineOf = (
  task: TaskPlugin,
  family: Family,
  { protocol }: Pick<RunOptions, 'protocol'>,
): Normalisation => templateOf(task, protocol).headline[family];

/** What a manifest says of them; nothing where the task has no examples, but under `lm-eval`. */
function shotSettings(
  task: TaskPlugin,
  protocol: ScoringSettings['protocol'],
  shots: LoadedShots | null,
): Pick<ScoringSettings, 'shots' | 'shotsFrom'> {
  if (protocol !== 'lm-eval' && task.protocols[protocol]?.fewShot === undefined) return {};
  if (shots === null) return { shots: 0 };
  return { shots: shots.count, shotsFrom: { source: shots.source, digest: rowsDigest(task, shots.rows) } };
}

/** The published script scored LAMBADA first, and every choice after it with the steps of its last word. */
function leakOf(
  { family }: ModelIdentity,
  question: Question | undefined,
  { leakedSteps }: OpenedModel,
): Pick<ScoringSettings, 'steps' | 'leakedSteps'> | Record<string, never> {
  if (leakedSteps === null || family !== 'diffusion' || question?.kind !== 'choose') return {};
  return { steps: [leakedSteps], leakedSteps };
}

/**
 * Settings that cannot change a model's numbers take one fixed value, so that they do not make another run.
 *
 * @param question the first of the task; the others are worded alike. undefined where the task has no rows
 * @throws HarnessError 'bad-arguments' where rows of a fine-tuned model are asked for and nothing says what they are
 */
export function settingsOf(
  opened: ModelFiles,
  reading: Reading,
  question: Question | undefined,
  options: SettingOptions,
): ScoringSettings {
  const { protocol, seed, steps, draws, score = null, bracket = null } = options;
  const row = requireRowFor(question, opened);
  const { openFraction, shift, sampler } = reading;
  const common = {
    ...{ protocol, seed, steps, passes: 0, draws: 1, openFraction, shift },
    ...(row === null ? {} : { sft: row }),
    ...endsOf(opened, question, row),
  };
  if (opened.checkpoint.options.family === 'autoregressive') {
    const estimator = question?.kind === 'write' ? ESTIMATOR.decoder : ESTIMATOR.causal;
    return { ...common, estimator, seed: 0, steps: [], passes: 1, openFraction: 0, shift: true };
  }
  const { architecture } = opened.checkpoint;
  if (question?.kind === 'write') return denoisingSettings(question, { ...common, draws }, architecture, sampler);
  const own = ownDiffusion(architecture);
  const further = score === null ? {} : { duel: score };
  if (protocol === 'paper') return { ...common, ...further, estimator: ESTIMATOR.official };
  const race = raceOf(question, options);
  if (race !== null) return { ...common, ...race, estimator: ESTIMATOR[RACED[boundOf(opened, own)]] };
  const passes = options.passes === 'auto' ? STANDARD_PASSES : options.passes;
  return {
    ...{ ...common, ...further, estimator: ESTIMATOR[boundOf(opened, own)], passes },
    ...(bracket === null ? {} : { bracket }),
  };
}

type BoundName = 'bound' | 'blockBound' | 'toldBound';

const RACED = { bound: 'racedBound', blockBound: 'racedBlockBound', toldBound: 'racedToldBound' } as const;

function boundOf({ checkpoint }: ModelFiles, own: OwnDiffusion | null): BoundName {
  if (checkpoint.options.blockLength !== undefined) return 'blockBound';
  return own?.readsNoise === true ? 'toldBound' : 'bound';
}

/** The race for a choice, where one was asked for; of the T only one can decide it. */
function raceOf(
  question: Question | undefined,
  { protocol, steps, passes, headline, risk = RACING_OPTIONS.risk.preset, mostPasses }: SettingOptions,
): Pick<ScoringSettings, 'race' | 'steps' | 'passes'> | null {
  if (passes !== 'auto' || question?.kind !== 'choose' || headline === undefined) return null;
  const ranking = headlineRanking({ family: 'diffusion', protocol, headline }, Math.max(...steps));
  if (ranking === null) return null;
  return {
    race: { ranking, risk, ...RACE_VERSION },
    steps: ranking.startsWith('nelbo@') ? [Math.max(...steps)] : [],
    passes: mostPasses ?? RACING_OPTIONS.mostPasses.preset,
  };
}

/** A row that says what ends it ends with nothing else. */
function endsOf(
  { checkpoint, tokenizer }: ModelFiles,
  question: Question | undefined,
  row: SftRow | null,
): Pick<ScoringSettings, 'endIds'> {
  if (question?.kind !== 'write' || (row !== null && checkpoint.sft !== null)) return {};
  const ends = question.views[checkpoint.options.family].some(
    (view) => row !== null || view.asks !== undefined || writingOf(question, view).endsAtEos === true,
  );
  const known = row?.eosId ?? tokenizer.eosId;
  return ends && checkpoint.endIds.some((id) => id !== known) ? { endIds: checkpoint.endIds } : {};
}

/**
 * The row of a model that is asked as it was fine-tuned; null for plain text.
 *
 * @throws HarnessError 'bad-arguments' where nothing says what it is, 'not-supported' for a question that is not answered in writing
 */
export function requireRowFor(question: Question | undefined, { checkpoint, tokenizer }: ModelFiles): SftRow | null {
  const views = question?.views[checkpoint.options.family] ?? [];
  const framed = views.find(({ layout }) => layout !== undefined);
  if (question === undefined || framed === undefined) return null;
  if (question.kind !== 'write') {
    // The row's padding would be scored with the answer.
    const expected = 'expected write(…) for rows that a model was fine-tuned on';
    throw notSupported(`view ${framed.name}: ${expected}, found ${question.kind}(…)`);
  }
  return requireSftRow(checkpoint, tokenizer.eosId);
}

/** How a task asks under the run's protocol; undefined where it has no rows. */
export const firstQuestion = (
  { task, loaded }: TaskRows,
  { protocol }: Pick<RunOptions, 'protocol'>,
): Question | undefined => examplesOf(task, protocol, loaded.rows, 1)[0]?.question;

/** Questions whose passes follow from earlier ones, at the same time: rounds of some fill up the batches of others. */
const IN_ROUNDS = 16;

/** One that is lowered or scored, and two that keep the engine busy where each of their batches waits for the one before. */
const UNITS_AT_ONCE = 3;

/** Units in flight, more of those that race or go by an order of their own. Never changes a result. */
export const unitsInFlight = (size: number, { race, duel }: Pick<ScoringSettings, 'race' | 'duel'>): number =>
  race === undefined && duel === undefined ? UNITS_AT_ONCE : Math.max(UNITS_AT_ONCE, Math.ceil(IN_ROUNDS / size));

/** Floating-point operations after which results are stored: a few seconds of work, however large the model. */
const UNIT_FLOPS = 4e11;
/** A typical question has this many tokens, over all its alternatives. */
const QUESTION_TOKENS = 200;
const MOST_ITEMS = 64;
/** Texts are written together, a forward for all of them: fewer would leave the engine's batches half empty. */
const LEAST_WRITTEN = 8;
/** Programs take longer to run than to write with a small model, so the bar moves more often. */
const MOST_JUDGED = 8;

/**
 * Items that are put to the model in one call and stored together; what an interruption may lose. Never changes a result.
 *
 * Passes, steps and draws all count: `paper` runs T passes, a text of T steps takes T, and a large T takes time to weigh under
 * any protocol.
 */
export function unitSize(
  { family, parameters }: Pick<ModelIdentity, 'family' | 'parameters'>,
  { estimator, passes, steps, draws }: Pick<ScoringSettings, 'estimator' | 'passes' | 'steps' | 'draws'>,
  { needsJudge }: Pick<TaskPlugin, 'needsJudge'>,
): number {
  const isWritten = isDenoising(estimator) || estimator === ESTIMATOR.decoder;
  const denoising = draws * Math.max(1, sum(steps));
  const forwards = family === 'autoregressive' ? 1 : isWritten ? denoising : Math.max(passes, ...steps);
  const affordable = Math.floor(UNIT_FLOPS / (2 * parameters * QUESTION_TOKENS * forwards));
  const least = isWritten ? LEAST_WRITTEN : 1;
  return Math.max(least, Math.min(needsJudge === true ? MOST_JUDGED : MOST_ITEMS, affordable));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
