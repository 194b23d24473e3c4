/** The options of samplers and scores: each at two values, all else as it is. */
import type { ScoringSettings } from '../../core/manifest.ts';
import type { Question } from '../../core/question.ts';
import { isOwn, type SamplerChoice, THRESHOLDS } from '../../core/samplers/choice.ts';

/** How a model reads, and writes. */
type Reading = Pick<ScoringSettings, 'openFraction' | 'shift' | 'sampler'>;

/** What makes the settings of a run, of what can be varied. */
export interface Setup {
  /** With a sampler where text is written. */
  readonly reading: Reading;
  readonly options: Pick<ScoringSettings, 'protocol' | 'seed' | 'steps' | 'passes' | 'draws'>;
}

export interface Knob {
  /** As it is typed: `top-p`. */
  readonly name: string;
  /** As they are typed; `none` where the option is left out. */
  readonly values: readonly [string, string];
  /** The first is the base. */
  readonly setups: readonly [Setup, Setup];
}

/** The first is tried with all else, the second against it. */
export const KNOB_STEPS = [8, 4] as const;
const PASSES = [32, 16] as const;
/** What is held against a setting that was not given. */
const BLOCK = 4;
const TEMPERATURE = 0.5;
const TOP_P = 0.5;
const TOP_K = 2;
const LOW_THRESHOLD = 0.5;

/** Every option that could change what a diffusion model makes of a question. @param given its `steps` and `passes` play no part */
export function knobsOf(question: Question, given: Setup): readonly Knob[] {
  const options = { ...given.options, steps: [KNOB_STEPS[0]], passes: PASSES[0] };
  const base: Setup = { ...given, options };
  const { shift } = base.reading;
  const shared = [
    knob('steps', KNOB_STEPS, base, { ...base, options: { ...options, steps: [KNOB_STEPS[1]] } }),
    seedKnob(base),
    knob('attention', [1, 0], read(base, { openFraction: 1 }), read(base, { openFraction: 0 })),
    knob('shift', [shift ? 'on' : 'off', shift ? 'off' : 'on'], base, read(base, { shift: !shift })),
  ];
  if (question.kind === 'write') {
    return [...shared, ...settingKnobs(base, question.writing.form === 'paper' ? 'canonical' : 'paper')];
  }
  const fewer = { ...base, options: { ...options, passes: PASSES[1] } };
  return [...shared, knob('passes', PASSES, base, fewer), ...samplerKnob(base)];
}

/** Those of the sampler alone that were typed. */
export function typedKnobs(base: Setup, typed: SamplerChoice): readonly Knob[] {
  return settingKnobs(base, 'paper').filter(({ name }) => typed[KEYS[name as keyof typeof KEYS]] !== undefined);
}

export function seedKnob(base: Setup): Knob {
  const { seed } = base.options;
  return knob('seed', [seed, seed + 1], base, { ...base, options: { ...base.options, seed: seed + 1 } });
}

/** Settings of samplers as they are typed. */
const KEYS = {
  block: 'block',
  threshold: 'threshold',
  temperature: 'temperature',
  'top-p': 'topP',
  'top-k': 'topK',
  form: 'form',
} as const;

function knob(name: string, values: readonly [number | string, number | string], one: Setup, other: Setup): Knob {
  return { name, values: [String(values[0]), String(values[1])], setups: [one, other] };
}

const read = (setup: Setup, changed: Partial<Reading>): Setup => ({
  ...setup,
  reading: { ...setup.reading, ...changed },
});

/** Answers that are weighed are not written: no sampler has a say. */
function samplerKnob({ reading: { sampler: typed, ...reading }, options }: Setup): readonly Knob[] {
  const sampler = typed ?? { order: 'threshold', threshold: LOW_THRESHOLD };
  const without: Setup = { reading, options };
  return [knob('sampler', ['none', sampler.order], without, read(without, { sampler }))];
}

/** @param otherForm what the task does not have */
function settingKnobs(base: Setup, otherForm: 'canonical' | 'paper'): readonly Knob[] {
  const choice: SamplerChoice = base.reading.sampler ?? { order: 'confidence' };
  /** A setting that was given is held against its absence. */
  const varied = (name: keyof typeof KEYS, other: number | string): Knob => {
    const { [KEYS[name]]: given, ...less } = choice;
    const sampler: SamplerChoice = given === undefined ? { ...choice, [KEYS[name]]: other } : less;
    return knob(name, [given ?? 'none', given === undefined ? other : 'none'], base, read(base, { sampler }));
  };
  const hasBlocks = choice.order !== 'block' && !isOwn(choice.order);
  return [
    ...(hasBlocks ? [varied('block', BLOCK)] : []),
    ...thresholdKnob(base, choice),
    temperatureKnob(base, choice),
    varied('top-p', TOP_P),
    varied('top-k', TOP_K),
    ...(isOwn(choice.order) ? [] : [varied('form', otherForm)]),
  ];
}

/** A threshold has a value always: held against another. */
function thresholdKnob(base: Setup, choice: SamplerChoice): readonly Knob[] {
  const published = THRESHOLDS[choice.order];
  if (published === undefined) return [];
  const { threshold = published } = choice;
  const other = threshold === LOW_THRESHOLD ? published : LOW_THRESHOLD;
  return [knob('threshold', [threshold, other], base, read(base, { sampler: { ...choice, threshold: other } }))];
}

/** Without one, tokens could not be drawn: held against half of it. */
function temperatureKnob(base: Setup, choice: SamplerChoice): Knob {
  const { temperature: given } = choice;
  const other = given === undefined || given === 0 ? TEMPERATURE : given / 2;
  return knob(
    'temperature',
    [given ?? 'none', other],
    base,
    read(base, { sampler: { ...choice, temperature: other } }),
  );
}
