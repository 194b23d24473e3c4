/** A sampler of `--sampler`: `threshold:block=32:threshold=0.9`. */
import { z } from 'zod';
import { badArguments } from '../core/errors.ts';
import { isOwn, SAMPLERS, type SamplerChoice, THRESHOLDS } from '../core/samplers/choice.ts';
import { oneOf } from '../core/text/nearest.ts';
import { choice, decimal, list, text, whole } from './fields.ts';
import { type OptionsOf, option } from './option.ts';
import { optionsOf } from './read-options.ts';

const SETTINGS = {
  block: option(whole(1), 'tokens of a block of the answer; blocks are written left to right', null),
  threshold: option(
    decimal('a number between 0 and 1', z.number().gt(0).lt(1)),
    'probability above which a prediction is revealed',
    null,
  ),
  temperature: option(decimal('a number of at least 0', z.number().min(0)), 'divides the logits; 0 is argmax', null),
  topP: option(decimal('a number above 0, up to 1', z.number().gt(0).max(1)), 'share that is drawn from', null),
  topK: option(whole(1), 'tokens that are drawn from', null),
  form: option(choice(['canonical', 'paper']), 'canonical or paper', null),
};

/** @throws HarnessError 'unknown-name' or 'bad-arguments' in one sentence, with the nearest name */
export function samplerSpec(typed: string): SamplerChoice {
  const [name = '', ...settings] = typed.split(':').map((part) => part.trim());
  const order = oneOf('sampler', name.replaceAll('_', '-'), SAMPLERS, 'bench run --help');
  const given = settings.map((setting) => {
    const at = setting.indexOf('=');
    if (at > 0) return [setting.slice(0, at), setting.slice(at + 1)] as const;
    throw refusal(typed, `expected NAME:KEY=VALUE such as threshold:block=32:threshold=0.9, found "${setting}"`);
  });
  if (new Set(given.map(([key]) => key)).size < given.length) throw refusal(typed, 'expected each setting once');
  const read = optionsOf(SETTINGS, Object.fromEntries(given), (key) => `--sampler: ${key} of ${name}`);
  requireMeant(typed, order, read);
  const threshold = read.threshold ?? THRESHOLDS[order] ?? null;
  const said = Object.entries({ ...read, threshold }).filter(([, value]) => value !== null);
  return { order, ...Object.fromEntries(said) };
}

/** What would play no part is refused, and what is needed asked for. */
function requireMeant(typed: string, order: SamplerChoice['order'], read: OptionsOf<typeof SETTINGS>): void {
  if (order === 'block' && read.block === null) throw refusal(typed, 'expected the tokens of a block, block:block=32');
  if (isOwn(order) && (read.block ?? read.form) !== null) {
    throw refusal(typed, `expected no block and no form of ${order}, which is a network's own`);
  }
  if (read.threshold !== null && THRESHOLDS[order] === undefined) {
    const goes = Object.keys(THRESHOLDS).map((each) => `${each}:threshold=${read.threshold}`);
    throw refusal(typed, `expected no threshold, by which ${order} does not go`, `such as ${goes.join(' or ')}`);
  }
  if (read.temperature === 0 && (read.topP ?? read.topK) !== null) {
    throw refusal(typed, 'expected a temperature above 0 beside top-p and top-k, as argmax draws nothing');
  }
}

const refusal = (typed: string, message: string, hint?: string) =>
  badArguments(`--sampler: ${message} in "${typed}"`, hint);

const EXPECTED = 'one or more samplers such as entropy or threshold:block=32:threshold=0.9, separated by commas';

/** Each once, as typed. */
export const samplerList = list(EXPECTED, text(EXPECTED))
  .transform((given): readonly string[] => [...new Set(given)])
  .describe(EXPECTED);

/** Of writing verbs. */
export const sampler = option(
  samplerList,
  `how diffusion models write, each a run of its own: ${SAMPLERS.join(', ')}; NAME:block=32:threshold=0.9:temperature=0.8:top-p=0.9:top-k=20:form=paper has settings`,
  null,
  "the task's",
);

/** null: the task's alone. @throws HarnessError as `samplerSpec` */
export const samplersOf = (typed: readonly string[] | null): readonly (SamplerChoice | null)[] =>
  typed === null ? [null] : typed.map(samplerSpec);
