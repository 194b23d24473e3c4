/**
 * Text to token ids: added tokens, normalizer, words, model, as `tokenizer.json` orders them, with the characters that each
 * token covers.
 */
import { addedTokenFinder } from './added-tokens.ts';
import type { Alignment } from './alignment.ts';
import type { AddedToken } from './definition.ts';
import type { WordModel } from './models/tokens.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { OffsetEncoding } from './tokenizer.ts';
import { placed, rememberingEncoder } from './word-encoder.ts';
import { type CutStep, cutTexts, cutWords } from './words/steps.ts';

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
  /** From code units of the run to those of the text as it was given. */
  readonly place: (start: number, end: number) => readonly [number, number];
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
        else
          for (const word of cutTexts(run.text, steps, run.first)) for (const id of encodeWord(word).ids) ids.push(id);
      }
      return ids;
    },
    withOffsets(text) {
      const spans: Spans = { ids: [], starts: [], ends: [] };
      for (const run of runsOf(text)) {
        if (run.id !== null) push(spans, run.id, run.place(0, run.text.length));
        else {
          for (const word of cutWords(run.text, steps, run.first)) {
            const { ids, starts, ends } = placed(encodeWord(word.text), word);
            for (const [i, id] of ids.entries()) push(spans, id, run.place(starts[i] as number, ends[i] as number));
          }
        }
      }
      return withoutGaps(spans, text);
    },
  };
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
      if (id !== null) return [{ id, text: passage, first: false, place: (from, to) => [start + from, start + to] }];
      const normalized = normalizer.normalize(passage);
      const place = placeIn(passage, start, normalizer.align);
      return findLate(normalized).map((run) => ({
        id: run.id,
        text: normalized.slice(run.start, run.end),
        first: start === 0 && run.start === 0,
        place: (from, to) => place(run.start + from, run.start + to),
      }));
    });
}

/** The alignment is worked out when it is first asked for: plain encoding never asks. */
function placeIn(passage: string, offset: number, align: (text: string) => Alignment | null): Run['place'] {
  let alignment: Alignment | null | undefined;
  return (start, end) => {
    alignment = alignment === undefined ? align(passage) : alignment;
    if (alignment === null) return [offset + start, offset + end];
    return [offset + (alignment.starts[start] ?? passage.length), offset + (alignment.ends[end - 1] ?? passage.length)];
  };
}

interface WordEncoder {
  readonly steps: readonly CutStep[];
  readonly encodeWord: WordModel;
}

/** Words are cut, then remembered as they are; only those that are new are spelled as bytes and cut further. */
function wordEncoder({ steps, model, cutsAtMarks }: EncoderParts): WordEncoder {
  const spells = steps.findIndex(({ kind }) => kind === 'spell');
  if (spells >= 0) {
    return { steps: steps.slice(0, spells), encodeWord: rememberingEncoder(model, steps.slice(spells + 1)) };
  }
  return { steps: cutsAtMarks ? [...steps, CUT_AT_MARKS] : steps, encodeWord: rememberingEncoder(model, null) };
}

const CUT_AT_MARKS: CutStep = { kind: 'cut', cut: (text) => text.match(/▁*[^▁]+|▁+/g) ?? [] };

interface Spans {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

function push({ ids, starts, ends }: Spans, id: number, [start, end]: readonly [number, number]): void {
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
