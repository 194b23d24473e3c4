/** Puts the normalizer of a definition together. */
import { z } from 'zod';
import { spellBytes } from '../byte-level.ts';
import { type Step, stepSchema } from '../definition.ts';
import { makeStage, type StageMakers } from '../stage.ts';
import { patternOf, patternSchema } from '../words/pattern.ts';
import { bertRewrites, lowercase } from './bert.ts';
import { inTurn, type Normalizer } from './normalizer.ts';
import { precompiledMap } from './precompiled.ts';
import { type Rewrite, rewriteMatches } from './rewrite.ts';
import { unicodeForm } from './unicode-form.ts';

const flag = z.boolean();
const bertSchema = z.looseObject({
  clean_text: flag.default(true),
  handle_chinese_chars: flag.default(true),
  strip_accents: flag.nullish().transform((value) => value ?? null),
  lowercase: flag.default(true),
});
const stripSchema = z.looseObject({ strip_left: flag, strip_right: flag });
const prependSchema = z.looseObject({ prepend: z.string() });
const replaceSchema = z.looseObject({ pattern: patternSchema, content: z.string() });
const charactersSchema = z.looseObject({ precompiled_charsmap: z.base64() });
const sequenceSchema = z.looseObject({ normalizers: z.array(stepSchema) });

/** @throws HarnessError 'not-supported' or 'bad-tokenizer' for a stage that cannot be made */
export function createNormalizer(step: Step | null, source: string): Normalizer {
  return inTurn(step === null ? [] : rewritesOf(step, source));
}

function rewritesOf(step: Step, source: string): readonly Rewrite[] {
  if (step.type !== 'Sequence') return makeStage('normalizer', MAKERS, step, source);
  const parts = makeStage('normalizer', { Sequence: (whole) => sequenceSchema.parse(whole).normalizers }, step, source);
  return parts.flatMap((part) => rewritesOf(part, source));
}

const MAKERS: StageMakers<readonly Rewrite[]> = {
  NFC: () => [unicodeForm('NFC')],
  NFD: () => [unicodeForm('NFD')],
  NFKC: () => [unicodeForm('NFKC')],
  NFKD: () => [unicodeForm('NFKD')],
  Lowercase: () => [lowercase()],
  Strip: (step) => stripBlanks(stripSchema.parse(step)),
  StripAccents: () => [rewriteMatches(/\p{M}/gu, () => '')],
  Prepend: (step) => prepend(prependSchema.parse(step).prepend),
  Replace: (step) => replace(replaceSchema.parse(step)),
  Nmt: () => NMT,
  Precompiled: (step) => [precompiledMap(Buffer.from(charactersSchema.parse(step).precompiled_charsmap, 'base64'))],
  BertNormalizer: (step) => bertRewrites(bertSchema.parse(step)),
  ByteLevel: () => [rewriteMatches(/./gsu, spellBytes)],
};

const stripBlanks = ({ strip_left: left, strip_right: right }: z.infer<typeof stripSchema>): readonly Rewrite[] => [
  ...(left ? [rewriteMatches(/^\p{White_Space}+/gu, () => '')] : []),
  ...(right ? [rewriteMatches(/(?<!\p{White_Space})\p{White_Space}+$/gu, () => '')] : []),
];

const prepend = (content: string): readonly Rewrite[] => [
  {
    apply: (text) => (text === '' ? text : content + text),
    edits: (text) => (text === '' ? [] : [{ from: 0, to: 0, text: content }]),
  },
];

/** Rewrites blanks for blanks as often as there are words, so the common case is the engine's own. */
function replace({ pattern, content }: z.infer<typeof replaceSchema>): readonly Rewrite[] {
  const matches = rewriteMatches(patternOf(pattern), () => content);
  if (!('String' in pattern) || pattern.String === '') return [matches];
  const { String: literal } = pattern;
  return [{ ...matches, apply: (text) => text.replaceAll(literal, () => content) }];
}

/** @source huggingface/tokenizers (Rust), `normalizers/unicode.rs` */
const NMT: readonly Rewrite[] = [
  rewriteMatches(/(?![\0\t\n\f\r\u0080-\u008e\u0090-\u009e])\p{Cc}/gu, () => ''),
  rewriteMatches(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu, () => ' '),
];
