/**
 * Text to token ids: added tokens, normalizer, words, model, as `tokenizer.json` orders them, with the characters that each
 * token covers.
 */
import { once } from '../core/collect.ts';
import { addedTokenFinder } from './added-tokens.ts';
import type { Alignment } from './alignment.ts';
import type { AddedToken } from './definition.ts';
import type { WordModel } from './models/tokens.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { OffsetEncoding } from './tokenizer.ts';
import { rememberingEncoder, type StretchEncoder } from './word-encoder.ts';
import type { GiveToken } from './word-table.ts';
import { type Cut, type CutStep, cutStretches } from './words/steps.ts';

/** Encodes well-formed texts (no lone surrogates) without special tokens. */
export interface Encoder {
  readonly ids: (text: string) => number[];
  readonly withOffsets: (text: string) => OffsetEncoding;
}

/** A stretch of normalized text between added tokens, or one of these. */
interface Run {
  /** Of an added token; null for text. */
  readonly id: number | null;
  readonly text: string;
  /** Nothing stands before it. */
  readonly first: boolean;
  /** Where it begins in a passage that was normalized as a whole, and where that begins in the text. */
  readonly from: number;
  readonly passage: number;
  /** Of the passage; null: code unit for code unit. */
  readonly align: () => Alignment | null;
}

/** What an encoder is made of. */
export interface EncoderParts {
  readonly added: readonly AddedToken[];
  readonly normalizer: Normalizer;
  readonly steps: readonly CutStep[];
  readonly model: WordModel;
  /** Words begin at every `▁` that stands behind something else: cutting there changes no encoding. */
  readonly cutsAtMarks: boolean;
}

export function createEncoder(parts: EncoderParts): Encoder {
  const runsOf = runFinder(parts);
  const { steps, encodeWord } = wordEncoder(parts);
  return {
    ids(text) {
      const ids: number[] = [];
      for (const run of runsOf(text)) {
        if (run.id !== null) ids.push(run.id);
        else for (const cut of cutStretches(run.text, steps, run.first)) pushIds(ids, cut, encodeWord);
      }
      return ids;
    },
    withOffsets(text) {
      const spans: Spans = { ids: [], starts: [], ends: [] };
      for (const run of runsOf(text)) {
        const place = placer(spans, run);
        if (run.id !== null) place(run.id, 0, run.text.length);
        else for (const cut of cutStretches(run.text, steps, run.first)) placeTokens(place, cut, encodeWord);
      }
      return withoutGaps(spans, text);
    },
  };
}

function pushIds(ids: number[], { text, units, ends }: Cut, encodeWord: StretchEncoder): void {
  let from = 0;
  for (const end of ends) {
    encodeWord.appendIds(text, units, from, end, ids);
    from = end;
  }
}

/** What was put in front counts as part of the first character. */
function placeTokens(place: GiveToken, { text, units, ends, start, inserted }: Cut, encodeWord: StretchEncoder): void {
  let from = 0;
  for (const end of ends) {
    const origin = from - inserted;
    encodeWord.eachToken(text, units, from, end, (id, first, past) =>
      place(id, start + Math.max(0, origin + first), start + Math.max(1, origin + past)),
    );
    from = end;
  }
}

/** Cuts a text at its added tokens: some are looked for in the text as it is, others in what the normalizer leaves of it. */
function runFinder({ added, normalizer }: EncoderParts): (text: string) => readonly Run[] {
  const isLate = (token: AddedToken) => token.normalized ?? !token.special;
  const findEarly = addedTokenFinder(
    added.filter((token) => !isLate(token)),
    (content) => content,
  );
  const findLate = addedTokenFinder(added.filter(isLate), normalizer.normalize);
  return (text) =>
    findEarly(text).flatMap(({ start, end, id }): readonly Run[] => {
      const passage = text.slice(start, end);
      if (id !== null) return [{ id, text: passage, first: false, from: 0, passage: start, align: () => null }];
      const normalized = normalizer.normalize(passage);
      const align = once(() => normalizer.align(passage));
      return findLate(normalized).map((run) => ({
        id: run.id,
        text: normalized.slice(run.start, run.end),
        first: start === 0 && run.start === 0,
        from: run.start,
        passage: start,
        align,
      }));
    });
}

/** Adds a token to the spans: from code units of the run to those of the text as it was given. */
function placer(spans: Spans, { passage, from, align }: Run): GiveToken {
  const alignment = align();
  const offset = passage + from;
  if (alignment === null) return (id, start, end) => push(spans, id, offset + start, offset + end);
  const { starts, ends } = alignment;
  const last = passage + (ends.at(-1) ?? 0);
  return (id, start, end) =>
    push(spans, id, passage + (starts[from + start] ?? last), passage + (ends[from + end - 1] ?? last));
}

/** Words are cut, then remembered as they are; only those that are new are spelled as bytes and cut further. */
function wordEncoder({ steps, model, cutsAtMarks }: EncoderParts) {
  const spells = steps.findIndex(({ kind }) => kind === 'spell');
  if (spells >= 0) {
    return { steps: steps.slice(0, spells), encodeWord: rememberingEncoder(model, steps.slice(spells + 1)) };
  }
  return { steps: cutsAtMarks ? [...steps, CUT_AT_MARKS] : steps, encodeWord: rememberingEncoder(model, null) };
}

const MARK = 0x2581;
const CUT_AT_MARKS: CutStep = {
  kind: 'cut',
  cut: (text) => text.match(/▁*[^▁]+|▁+/g) ?? [],
  wordEnd(_, units, at) {
    let end = at;
    while (end < units.length && units[end] === MARK) end++;
    while (end < units.length && units[end] !== MARK) end++;
    return end;
  },
};

interface Spans {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

function push({ ids, starts, ends }: Spans, id: number, start: number, end: number): void {
  ids.push(id);
  starts.push(start);
  ends.push(end);
}

/** What no token stands for (blanks that the pre-tokenizer drops) goes to the token behind it, at the end to the last one. */
function withoutGaps({ ids, starts, ends }: Spans, text: string): OffsetEncoding {
  for (let i = 0; i < ids.length; i++) {
    const before = i === 0 ? 0 : (ends[i - 1] as number);
    starts[i] = Math.min(starts[i] as number, before);
    ends[i] = i + 1 === ids.length ? text.length : Math.max(before, afterPair(text, ends[i] as number));
  }
  return { ids, starts, ends };
}

/** Behind the character, where an index stands inside one. */
function afterPair(text: string, index: number): number {
  const [high, low] = [text.charCodeAt(index - 1), text.charCodeAt(index)];
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000 ? index + 1 : index;
}
