/**
 * Which characters each token covers. The model is given normalized text, spelled as bytes or with `▁` for blanks and
 * possibly with one more `▁` in front, so token lengths are counted in UTF-8 bytes of that spelling and carried back to
 * UTF-16 code units of the text. A blank that was put in front counts as part of the first character.
 */
import { HarnessError } from '../core/errors.ts';
import type { Passage, Segment } from './segment.ts';
import { BLANK_MARK } from './sentencepiece-definition.ts';
import type { OffsetEncoding } from './tokenizer.ts';

export interface OffsetRules {
  /** Bytes that a token stands for in the spelling that the model reads; null when that is not known (unknown token). */
  readonly byteLength: (id: number) => number | null;
  /** Blanks are spelled `▁` after the normalizer (Metaspace pre-tokenizer). */
  readonly marksBlanks: boolean;
  /** What the pre-tokenizer may put in front of a run: `▁`, a blank, or nothing. */
  readonly insertedPrefix: string;
  readonly normalize: (text: string) => string;
}

/**
 * @throws HarnessError 'not-supported' when the tokens of a passage do not spell that passage (unknown tokens, a
 *         normalizer that drops or reorders text)
 */
export function encodingWithOffsets(segments: readonly Segment[], rules: OffsetRules): OffsetEncoding {
  const spans: Spans = { starts: [], ends: [] };
  let previous: Passage | null = null;
  let alignment: Alignment = null;
  for (const segment of segments) {
    const { passage, from, to } = segment;
    if (passage !== previous) alignment = align(passage, rules);
    previous = passage;
    if (segment.added) {
      // An added token may have swallowed blanks that its normalized spelling lacks; the passage knows.
      spans.starts.push(from === 0 ? passage.start : originalStart(passage, alignment, from));
      spans.ends.push(to === passage.normalized.length ? passage.end : originalEnd(passage, alignment, to));
    } else pushSpans(spans, segment, alignment, rules);
  }
  return { ids: segments.flatMap((segment) => segment.ids), ...spans };
}

interface Spans {
  readonly starts: number[];
  readonly ends: number[];
}

/** For each code unit of the normalized passage, the stretch of the passage it came from; null: the same unit. */
type Alignment = { readonly starts: readonly number[]; readonly ends: readonly number[] } | null;

function originalStart(passage: Passage, alignment: Alignment, unit: number): number {
  return passage.start + (alignment === null ? unit : (alignment.starts[unit] ?? 0));
}

function originalEnd(passage: Passage, alignment: Alignment, pastUnit: number): number {
  return passage.start + (alignment === null ? pastUnit : (alignment.ends[pastUnit - 1] ?? 0));
}

function pushSpans(spans: Spans, segment: Segment, alignment: Alignment, rules: OffsetRules): void {
  const { passage, from, to, ids } = segment;
  const text = passage.normalized;
  const widthAt = (index: number) => (rules.marksBlanks && text[index] === ' ' ? 3 : utf8Width(text, index));
  const widths = ids.map((id) => rules.byteLength(id) ?? Number.NaN);
  const inserted = insertedBytes(segment, widths, widthAt, rules);
  let character = from;
  let characterEnd = inserted + widthAt(from);
  let tokenEnd = 0;
  const advance = () => {
    character += unitsAt(text, character);
    characterEnd += widthAt(character);
  };
  for (const width of widths) {
    while (characterEnd <= tokenEnd && character < to) advance();
    spans.starts.push(originalStart(passage, alignment, character));
    tokenEnd += width;
    while (characterEnd < tokenEnd && character < to) advance();
    spans.ends.push(originalEnd(passage, alignment, character + unitsAt(text, character)));
  }
}

/** The prefix is there or not, depending on how the text begins; the bytes that are left over tell. */
function insertedBytes(
  { passage, from, to }: Segment,
  widths: readonly number[],
  widthAt: (index: number) => number,
  rules: OffsetRules,
): number {
  let inText = 0;
  for (let at = from; at < to; at += unitsAt(passage.normalized, at)) inText += widthAt(at);
  const inTokens = widths.reduce((sum, width) => sum + width, 0);
  if (Number.isNaN(inTokens)) throw notSpelled(passage, 'a character that the vocabulary lacks');
  const inserted = inTokens - inText;
  if (inserted === 0 || inserted === Buffer.byteLength(rules.insertedPrefix)) return inserted;
  throw notSpelled(passage, `${inTokens} bytes of tokens for ${inText} bytes of text`);
}

function align(passage: Passage, rules: OffsetRules): Alignment {
  const { text, normalized } = passage;
  if (text.length === normalized.length && sameButForBlanks(text, normalized)) return null;
  const prefix = normalized.length - text.length;
  if (prefix > 0 && sameButForBlanks(text, normalized.slice(prefix))) {
    const units = Array.from({ length: normalized.length }, (_, unit) => unit - prefix);
    const firstEnd = unitsAt(text, 0);
    return {
      starts: units.map((unit) => Math.max(0, unit)),
      ends: units.map((unit) => (unit < 0 ? firstEnd : unit + 1)),
    };
  }
  return alignClusters(passage, rules);
}

/** Texts that differ only in how blanks are written. */
const sameButForBlanks = (text: string, normalized: string): boolean =>
  text === normalized || text.replaceAll(' ', BLANK_MARK) === normalized.replaceAll(' ', BLANK_MARK);

/** Aligns by user-perceived characters: right for every normalizer that treats each of them by itself (NFC, NFKC, ...). */
function alignClusters({ text, normalized }: Passage, rules: OffsetRules): Alignment {
  const starts: number[] = [];
  const ends: number[] = [];
  let rebuilt = '';
  for (const { segment, index } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)) {
    const form = rules.normalize(segment);
    const changed = form !== segment;
    for (let unit = 0; unit < form.length; unit++) {
      starts.push(changed ? index : index + unit);
      ends.push(changed ? index + segment.length : index + unit + 1);
    }
    rebuilt += form;
  }
  if (rebuilt !== normalized) throw notSpelled({ text }, 'that the normalizer rewrites it as a whole');
  return { starts, ends };
}

function unitsAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function utf8Width(text: string, index: number): number {
  const point = text.codePointAt(index) ?? 0;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

function notSpelled({ text }: Pick<Passage, 'text'>, found: string): HarnessError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return new HarnessError(
    'not-supported',
    `expected tokens that spell ${JSON.stringify(shown)} character by character, found ${found}`,
    { hint: 'this tokenizer cannot split a joint encoding of context and answer; use separate tokenisation' },
  );
}
