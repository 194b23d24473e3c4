/** A language model: checkpoint + tokenizer + engine + the way its family answers: causal models here, exactly; others in `likelihood/`. */
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { measuresOf } from '../core/duel-rule.ts';
import { HarnessError } from '../core/errors.ts';
import type { Ask, LanguageModel, ModelIdentity, ScoringSettings } from '../core/model.ts';
import { type AlternativeScore, NORMALISATIONS, type Response } from '../core/response.ts';
import type { SftRow } from '../core/sft-row.ts';
import { type Engine, engineFacts } from '../engines/engine.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { ForwardOptions } from './forward/batches.ts';
import { netsOf } from './forward/forward.ts';
import { countedForward, workCounter } from './forward/net-work.ts';
import type { Forward, ReadAnswers } from './forward/sequence.ts';
import { inGroups } from './in-groups.ts';
import { denoiserOf, requireMask } from './likelihood/checkpoint-denoiser.ts';
import { answerByDenoising } from './likelihood/diffusion.ts';
import { type AnsweredTwice, type AnswerLowered, answerMixed, answerTwice } from './likelihood/mixed/answer-mixed.ts';
import { answerByRacing } from './likelihood/race/answer-by-racing.ts';
import { answerByMixedRaces, raceTwice, type TwoForwards } from './likelihood/race/answer-mixed-races.ts';
import { rank } from './likelihood/ranking.ts';
import { type BranchedSequence, branch } from './lowering/branch.ts';
import { lowerView } from './lowering/lower.ts';
import { lowerWriting, type WritingModel } from './lowering/lower-writing.ts';
import type { Lowered } from './lowering/lowered.ts';
import type { LoweredAsk } from './lowering/lowered-ask.ts';
import { requirePrediction } from './shift.ts';
import { openInfiller } from './writing/proposer.ts';
import { openTextGenerator } from './writing/text-generator.ts';
import { answerByWriting, byDenoising, leftToRight, type Writer, type WritingAsk } from './writing/writer.ts';

/** What a language model is made of. */
export interface ModelParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly engine: Engine;
  /** Computes in fewer bits what settings of two precisions ask of it. */
  readonly cheapEngine?: Engine;
}

/** A language model whose network can be asked directly. */
export interface OpenedLanguageModel extends LanguageModel {
  /** The network that scores; loaded with the first call, or the first question that is scored. */
  forward(): Promise<Forward>;
  /** Choices left to right, or races, by both engines; those that cannot be asked are left out. */
  answerTwice(asks: readonly Ask[], settings: ScoringSettings): Promise<readonly AnsweredTwice[]>;
}

/**
 * Reads the checkpoint once for its digest. The weights are loaded into the engine with the first question, so a run that
 * is complete already never waits for them.
 */
export async function openLanguageModel(parts: ModelParts): Promise<OpenedLanguageModel> {
  const { checkpoint, tokenizer, engine } = parts;
  const { architecture, options } = checkpoint;
  if (options.family === 'diffusion') requireMask(checkpoint, 'answering questions');
  const nets = netsOf(parts);
  const writer = writerOf(parts);
  const workOf = workCounter(architecture);
  const identity: ModelIdentity = {
    name: checkpoint.name,
    family: options.family,
    architecture: architecture.kind,
    parameters: checkpoint.parameters,
    weightsDigest: await checkpoint.digest(),
    tokenizerDigest: tokenizer.digest,
    vocabularyRows: architecture.vocabularyRows,
    contextLength: architecture.contextLength,
    maskId: options.maskId,
    ...(options.blockLength === undefined ? {} : { blockLength: options.blockLength }),
    bosId: tokenizer.addsBos ? tokenizer.bosId : null,
    ...engineFacts(engine),
  };
  const lower = (asks: readonly Ask[], settings: ScoringSettings) => {
    const shift = identity.family === 'autoregressive' || settings.shift;
    const model = { ...identity, shift, endIds: settings.endIds ?? [] };
    return asks.map((ask) => lowerAsk(ask, model, tokenizer, settings.sft ?? null));
  };
  return {
    identity,
    forward: async () => (await nets.opened()).forward,
    answer: async (asks, settings, watch = {}) =>
      inGroups(lower(asks, settings), wayOf, async (group, way): Promise<readonly Response[]> => {
        if (way === 'write') return answerByWriting(group as readonly WritingAsk[], writer, settings, watch);
        if (way === 'none') return group as readonly Unanswered[];
        const { duel, race } = settings;
        const net = await nets.opened(duel === undefined ? undefined : measuresOf(duel));
        const isTogether = race !== undefined || duel !== undefined; // rounds of few passes each
        const counted = (forward: Forward): Forward => countedForward(forward, workOf, watch);
        const of = ({ shared, forward }: typeof net): Forward => counted(isTogether ? shared : forward);
        const cheap = settings.precision === undefined ? null : of(await nets.inFewerBits());
        return answerLowered(group as readonly LoweredAsk[], checkpoint, settings, { exact: of(net), cheap });
      }),
    answerTwice: async (asks, settings) => {
      const scored = lower(asks, settings).filter((item): item is LoweredAsk => wayOf(item) === 'score');
      const [exact, cheap] = [(await nets.opened()).shared, (await nets.inFewerBits()).shared];
      return answerBothWays(scored, checkpoint, settings, { exact, cheap });
    },
    dispose: async () => {
      await Promise.all([nets, writer].map((each) => each.dispose()));
    },
  };
}

/** Weights are loaded with the first question that is answered in writing. */
function writerOf({ checkpoint, tokenizer, engine, ...options }: ModelParts): Writer {
  if (checkpoint.options.family === 'diffusion')
    return byDenoising(checkpoint, tokenizer, openInfiller(checkpoint, engine, options));
  const { signal, pace } = options;
  return leftToRight(checkpoint, tokenizer, openTextGenerator(checkpoint, tokenizer, engine, { signal, pace }));
}

const wayOf = (item: LoweredAsk | WritingAsk | Unanswered): 'none' | 'write' | 'score' => {
  if ('kind' in item) return 'none';
  return 'refused' in item ? 'write' : 'score';
};

type Unanswered = Extract<Response, { kind: 'unanswered' }>;

/** A question in tokens, or why it cannot be answered. */
function lowerAsk(
  ask: Ask,
  model: WritingModel,
  tokenizer: Tokenizer,
  row: SftRow | null,
): LoweredAsk | WritingAsk | Unanswered {
  const { question } = ask;
  if (question.kind === 'write') return { ask, ...lowerWriting(question, model, tokenizer, row) };
  try {
    const views = question.views[model.family].map((view) => {
      const alternatives = lowerView(view, tokenizer, model.contextLength);
      for (const { scored } of alternatives) requirePrediction(scored, model.family, model.shift);
      return { name: view.name, alternatives };
    });
    return { ask, views };
  } catch (error) {
    if (error instanceof HarnessError) return { kind: 'unanswered', code: error.code, reason: error.message };
    throw error;
  }
}

async function answerLowered(
  asks: readonly LoweredAsk[],
  checkpoint: Checkpoint,
  settings: ScoringSettings,
  { exact: forward, cheap }: { readonly exact: Forward; readonly cheap: Forward | null },
): Promise<readonly Response[]> {
  const { precision } = settings;
  if (checkpoint.options.family === 'autoregressive') {
    const exact = (each: readonly LoweredAsk[]) => answerCausally(each, forward);
    if (cheap === null || precision === undefined) return exact(asks);
    return answerMixed(asks, precision, (each) => answerCausally(each, cheap), exact);
  }
  const denoiser = denoiserOf(checkpoint, settings, 'answering questions');
  const { race } = settings;
  if (race === undefined) return answerByDenoising(asks, denoiser, settings, forward, cheap);
  const racing = { ...settings, race };
  if (cheap === null || precision === undefined) return answerByRacing(asks, denoiser, racing, forward);
  return answerByMixedRaces(asks, denoiser, racing, precision, { exact: forward, cheap });
}

/** Choices left to right, or races. */
function answerBothWays(
  asks: readonly LoweredAsk[],
  checkpoint: Checkpoint,
  { race, ...settings }: ScoringSettings,
  { exact, cheap }: TwoForwards,
): Promise<readonly AnsweredTwice[]> {
  const by =
    (forward: Forward): AnswerLowered =>
    (each) =>
      answerCausally(each, forward);
  if (race === undefined) return answerTwice(asks, by(cheap), by(exact));
  const denoiser = denoiserOf(checkpoint, settings, 'answering questions');
  return raceTwice(asks, denoiser, { ...settings, race }, { exact, cheap });
}

/** One branched sequence a view: exact log-likelihoods. */
async function answerCausally(asks: readonly LoweredAsk[], forward: Forward): Promise<readonly Response[]> {
  const jobs = asks.flatMap(({ ask, views }) =>
    views.map(({ name, alternatives }) => ({ ask, name, alternatives, branched: branch(alternatives) })),
  );
  const readings = await forward(jobs.map((job) => job.branched.sequence));
  const viewResponses = new Map<Ask, [string, ReturnType<typeof scoredView>][]>(asks.map(({ ask }) => [ask, []]));
  jobs.forEach((job, i) => {
    const scores = scoreBranches(job.alternatives, job.branched, readings[i] as (typeof readings)[number]);
    viewResponses.get(job.ask)?.push([job.name, scoredView(scores, job.ask)]);
  });
  return asks.map(({ ask, views }) => ({
    kind: 'answered',
    views: Object.fromEntries(viewResponses.get(ask) ?? []),
    nfe: views.length,
  }));
}

function scoredView(alternatives: ReturnType<typeof scoreBranches>, ask: Ask) {
  const contenders = alternatives.map((alternative, i) => ({
    combination: { exact: alternative.quantities.loglikelihood?.value as number, draws: [] },
    tokens: alternative.tokens,
    answer: ask.question.answers[i] as string,
  }));
  return { alternatives, rankings: rank('loglikelihood', contenders, NORMALISATIONS) };
}

/** The scores of each alternative from the readings of its branched sequence. Sums are taken in float64. */
export function scoreBranches(
  alternatives: readonly Lowered[],
  { sequence, firstRead }: BranchedSequence,
  readings: ReadAnswers,
): readonly AlternativeScore[] {
  return alternatives.map((alternative, i) => {
    const from = firstRead[i] as number;
    const to = firstRead[i + 1] ?? sequence.reads.length;
    const tokenLogprobs = Array.from(readings.logprobs.subarray(from, to));
    const isGreedy = sequence.reads.slice(from, to).every(({ target }, r) => readings.best[from + r] === target);
    return {
      tokens: alternative.scored.length,
      crossing: alternative.crossing,
      quantities: { loglikelihood: { value: tokenLogprobs.reduce((sum, logprob) => sum + logprob, 0), stderr: 0 } },
      tokenLogprobs,
      exact: true,
      greedy: isGreedy,
    };
  });
}
