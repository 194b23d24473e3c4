/** The sampler with which a text is written: what the task says, what the network brings, and what a run chose instead. */
import type { Architecture } from '../../architectures/architecture.ts';
import { kindOf, ownDiffusion } from '../../architectures/index.ts';
import { badArguments, HarnessError } from '../../core/errors.ts';
import { type Question, type Writing, writingOf } from '../../core/question.ts';
import { canonicalOrder, isOwn, REVEAL_ORDERS, type SamplerChoice } from '../../core/samplers/choice.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { resolveSampler, type Sampler, type SamplerOptions } from './sampler.ts';

type Sampling = Omit<SamplerOptions, 'steps' | 'seed'>;

/** @throws HarnessError 'bad-arguments' for a sampler that is another network's */
export function samplerOf(writing: Writing, net: Architecture, choice?: SamplerChoice): Sampling {
  const given = tokenChoice(writing, net);
  if (choice === undefined) return { order: orderOf(given, net), form: writing.form, ...given };
  const { order, form = writing.form, temperature, ...numbers } = choice;
  requireOwn(order, net);
  if (temperature === 0) return { order, form, ...ARGMAX, ...numbers };
  if (temperature !== undefined) return { order, form, tokens: 'drawn', temperature, ...numbers };
  return { order, form, ...given, ...numbers };
}

const ARGMAX = { tokens: 'argmax', temperature: 1 } as const;

/** Samplers that networks were published with are theirs alone. */
function requireOwn(order: SamplerChoice['order'], net: Architecture): void {
  const own = ownDiffusion(net)?.samplers ?? [];
  if (!isOwn(order) || own.includes(order)) return;
  const known = [...REVEAL_ORDERS, ...own].join(', ');
  throw badArguments(`--sampler: expected ${known} of this network, found "${order}"`);
}

/** Tokens are drawn by a network's own sampler where it has one; the likeliest ones, which that does not take, by confidence. */
const orderOf = ({ tokens }: Pick<SamplerOptions, 'tokens'>, net: Architecture): SamplerChoice['order'] =>
  (tokens === 'drawn' ? ownDiffusion(net)?.samplers[0] : undefined) ?? 'confidence';

/** The temperature of argmax tokens only ranks them. */
function tokenChoice(
  { temperature, confidenceTemperature = 1 }: Writing,
  net: Architecture,
): Pick<SamplerOptions, 'tokens' | 'temperature'> {
  const { published } = kindOf(net);
  if (temperature === 'argmax') {
    const ranked = confidenceTemperature === 'published' ? published.confidenceTemperature : confidenceTemperature;
    return { tokens: 'argmax', temperature: ranked };
  }
  const drawn = temperature === 'published' ? published.temperature : temperature;
  // At 0 the published code takes the likeliest token.
  return drawn === 0 ? ARGMAX : { tokens: 'drawn', temperature: drawn };
}

/** The order of the task, or of the network, where nothing else is chosen; null where nothing is written. */
export function orderByTask(question: Question, net: Architecture): SamplerChoice['order'] | null {
  const [view] = question.views.diffusion;
  if (question.kind !== 'write' || view === undefined) return null;
  return samplerOf(writingOf(question, view), net).order ?? 'confidence';
}

/**
 * A choice without what makes no difference to any of the writings, so that one sampler is one run; undefined where nothing is left
 * of it. A threshold stays.
 *
 * @throws HarnessError 'bad-arguments' for a sampler that does not fit the writings or the network
 */
export function distinctChoice(
  choice: SamplerChoice,
  writings: readonly Writing[],
  net: Architecture,
): SamplerChoice | undefined {
  const wanted = meaningOf(choice, writings, net);
  const means = (other: SamplerChoice | undefined) => meaningIfAny(other, writings, net) === wanted;
  if (means(undefined)) return undefined;
  const renamed = { ...choice, order: canonicalOrder(choice.order) };
  const start: SamplerChoice = means(renamed) ? renamed : choice;
  return (['form', 'block', 'temperature', 'topP', 'topK'] as const).reduce<SamplerChoice>((kept, key) => {
    const { [key]: _, ...less } = kept;
    return key in kept && means(less) ? less : kept;
  }, start);
}

/** null where a part of a choice does not go without the rest, as a nucleus without a temperature. */
function meaningIfAny(...choice: Parameters<typeof meaningOf>): string | null {
  try {
    return meaningOf(...choice);
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'bad-arguments') return null;
    throw error;
  }
}

/** What a choice comes to, the same text for the same. */
function meaningOf(choice: SamplerChoice | undefined, writings: readonly Writing[], net: Architecture): string {
  const samplers = writings.map((writing): Sampler => {
    const resolved = resolvedOr(() => resolveSampler({ ...samplerOf(writing, net, choice), steps: 1 }));
    return resolved.form === 'canonical' ? { ...resolved, order: canonicalOrder(resolved.order) } : resolved;
  });
  return canonicalJson(samplers);
}

/** A run is refused as a run is, not as a request. */
function resolvedOr(resolve: () => Sampler): Sampler {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'bad-request') throw error;
    throw new HarnessError('bad-arguments', `--sampler: ${error.message}`, { cause: error });
  }
}
