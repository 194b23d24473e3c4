/**
 * Pre-tokenizers: what `tokenizer.json` calls `pre_tokenizer`, as steps.
 *
 * @source huggingface/tokenizers (Rust), `pre_tokenizers/`
 */
import { z } from 'zod';
import { splitWords, wordEnd } from '../byte-level.ts';
import { type Step, stepSchema } from '../definition.ts';
import { makeStage, type StageMakers } from '../stage.ts';
import { metaspaceSchema, metaspaceSteps } from './metaspace.ts';
import { patternOf, patternSchema } from './pattern.ts';
import { SPLIT_BEHAVIORS, type SplitBehavior, splitAt } from './split.ts';
import type { CutStep } from './steps.ts';

const sequenceSchema = z.looseObject({ pretokenizers: z.array(stepSchema) });
const behaviorSchema = z.enum(SPLIT_BEHAVIORS);
const byteLevelSchema = z.looseObject({
  add_prefix_space: z.boolean().default(true),
  use_regex: z.boolean().default(true),
});
const splitSchema = z.looseObject({
  pattern: patternSchema,
  behavior: behaviorSchema,
  invert: z.boolean().default(false),
});
const digitsSchema = z.looseObject({ individual_digits: z.boolean().default(false) });
const punctuationSchema = z.looseObject({ behavior: behaviorSchema.default('Isolated') });
const delimiterSchema = z.looseObject({ delimiter: z.string().min(1) });
const lengthSchema = z.looseObject({ length: z.int().positive().default(5) });

/** @throws HarnessError 'not-supported' or 'bad-tokenizer' for a stage that cannot be made */
export function cutSteps(step: Step | null, source: string): readonly CutStep[] {
  if (step === null) return [];
  if (step.type !== 'Sequence') return makeStage('pre-tokenizer', MAKERS, step, source);
  const makers = { Sequence: (whole: Step) => sequenceSchema.parse(whole).pretokenizers };
  return makeStage('pre-tokenizer', makers, step, source).flatMap((part) => cutSteps(part, source));
}

const MAKERS: StageMakers<readonly CutStep[]> = {
  ByteLevel: (step) => byteLevel(byteLevelSchema.parse(step)),
  Metaspace: (step) => metaspaceSteps(metaspaceSchema.parse(step)),
  Split: (step) => split(splitSchema.parse(step)),
  Digits: (step) => digits(digitsSchema.parse(step).individual_digits),
  Punctuation: (step) => [splitStep(PUNCTUATION, punctuationSchema.parse(step).behavior)],
  Whitespace: () => [splitStep(WORDS_OR_SIGNS, 'Removed', true)],
  WhitespaceSplit: () => [splitStep(/\p{White_Space}/gu, 'Removed')],
  BertPreTokenizer: () => [splitStep(/\p{White_Space}/gu, 'Removed'), splitStep(PUNCTUATION, 'Isolated')],
  CharDelimiterSplit: (step) => [splitStep(patternOf({ String: delimiterSchema.parse(step).delimiter }), 'Removed')],
  FixedLength: (step) => [matchStep(new RegExp(`.{1,${lengthSchema.parse(step).length}}`, 'gsu'))],
};

const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/gu;
const WORDS_OR_SIGNS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/** For a pattern that covers every text. */
const matchStep = (pattern: RegExp): CutStep => ({ kind: 'cut', cut: (text) => text.match(pattern) ?? [] });

function splitStep(pattern: RegExp, behavior: SplitBehavior, inverts = false): CutStep {
  const stretches = (text: string) => splitAt(text, pattern, behavior, inverts);
  if (behavior === 'Removed') return { kind: 'pick', pick: stretches };
  return { kind: 'cut', cut: (text) => stretches(text).map(({ from, to }) => text.slice(from, to)) };
}

function split({ pattern, behavior, invert }: z.infer<typeof splitSchema>): readonly CutStep[] {
  const expression = patternOf(pattern);
  if (behavior !== 'Isolated') return [splitStep(expression, behavior, invert)];
  return [{ kind: 'cut', cut: isolating(expression) }];
}

/** Most patterns cover the whole text, and then all matches at once are several times faster than one after another. */
function isolating(pattern: RegExp): (text: string) => readonly string[] {
  return (text) => {
    const matches: readonly string[] = text.match(pattern) ?? [];
    let covered = 0;
    for (const match of matches) covered += match.length;
    if (covered === text.length && !matches.includes('')) return matches;
    return splitAt(text, pattern, 'Isolated', false).map(({ from, to }) => text.slice(from, to));
  };
}

const digits = (individual: boolean): readonly CutStep[] => [
  matchStep(individual ? /\p{N}|\P{N}+/gu : /\p{N}+|\P{N}+/gu),
];

const byteLevel = ({
  add_prefix_space: prefixed,
  use_regex: cuts,
}: z.infer<typeof byteLevelSchema>): readonly CutStep[] => [
  ...(prefixed ? [{ kind: 'mark' as const, mark: (text: string) => (text.startsWith(' ') ? text : ` ${text}`) }] : []),
  ...(cuts ? [{ kind: 'cut' as const, cut: splitWords, wordEnd }] : []),
  { kind: 'spell' as const },
];
