/** What makes a run of texts that are written by denoising. */
import type { Architecture } from '../../architectures/architecture.ts';
import { ESTIMATOR, type ScoringSettings } from '../../core/model.ts';
import { type WriteQuestion, writingOf } from '../../core/question.ts';
import { canonicalOrder, isOwn, type SamplerChoice, type SamplerName, takesSteps } from '../../core/samplers/choice.ts';
import { distinctChoice, samplerOf } from '../../lm/writing/chosen-sampler.ts';

/** Chance plays a part where tokens or positions are drawn and where a share of the attention is; T, where it has a say. */
export function denoisingSettings(
  question: WriteQuestion,
  given: Omit<ScoringSettings, 'estimator'>,
  net: Architecture,
  asked?: SamplerChoice,
): ScoringSettings {
  const writings = question.views.diffusion.map((view) => writingOf(question, view));
  const choice = asked === undefined ? undefined : distinctChoice(asked, writings, net);
  const samplers = writings.map((writing) => samplerOf(writing, net, choice));
  const orders = samplers.map(({ order = 'confidence' }) => order);
  const order = orders.find(isOwn) ?? orders[0] ?? 'confidence';
  const isDrawn = samplers.some(({ tokens }) => tokens === 'drawn');
  const isChance = isDrawn || isRandom(order) || (given.openFraction > 0 && given.openFraction < 1);
  const takesT = writings.some(({ steps }) => steps === 'as-set') && takesSteps(order);
  return {
    ...given,
    estimator: ESTIMATOR[isOwn(order) ? order : 'denoiser'],
    seed: isChance ? given.seed : 0,
    steps: takesT ? given.steps : [],
    draws: isDrawn || isRandom(order) ? given.draws : 1,
    ...(choice === undefined ? {} : { sampler: choice }),
  };
}

/** Positions are drawn whatever the net says. */
const isRandom = (order: SamplerName): boolean => canonicalOrder(order) === 'random-keep';
