/**
 * Text to token ids: added tokens, normalizer, pre-tokenizer, model. The stages are `@huggingface/tokenizers`'s; this
 * file runs them itself because it must know which stretch of text each id came from, and because encoding a word once
 * and remembering it is many times faster.
 */
import type { Tokenizer as Library } from '@huggingface/tokenizers';
import { addedTokenFinder } from './added-tokens.ts';
import { spellBytes, splitWords } from './byte-level.ts';
import type { Step, TokenizerDefinition } from './definition.ts';
import type { Segment } from './segment.ts';
import { BLANK_MARK } from './sentencepiece-definition.ts';

/** A remembered word is not longer than this, and there are not more of them; both only bound memory. */
const LONGEST_REMEMBERED = 64;
const MOST_REMEMBERED = 200_000;

/** Returns the function that encodes a well-formed text (no lone surrogates) without special tokens. */
export function createEncoder(definition: TokenizerDefinition, library: Library): (text: string) => readonly Segment[] {
  const { added_tokens: added, normalizer } = definition.json;
  const normalize = (text: string) => library.normalizer?.normalize(text) ?? text;
  // A token is looked for in the normalized text when it says so; without a normalizer the two texts are one.
  const late = added.filter((token) => normalizer !== null && (token.normalized ?? !token.special));
  const findRaw = addedTokenFinder(
    added.filter((token) => !late.includes(token)),
    (content) => content,
  );
  const findNormalized = late.length === 0 ? null : addedTokenFinder(late, normalize);
  const encodeRun = createRunEncoder(definition, library);

  return (text) => {
    const segments: Segment[] = [];
    for (const { start, end, id } of findRaw(text)) {
      const stretch = text.slice(start, end);
      if (id !== null) {
        const passage = { start, end, text: stretch, normalized: stretch };
        segments.push({ ids: [id], passage, from: 0, to: stretch.length, added: true });
        continue;
      }
      const passage = { start, end, text: stretch, normalized: normalize(stretch) };
      const runs = findNormalized?.(passage.normalized) ?? [{ start: 0, end: passage.normalized.length, id: null }];
      for (const run of runs) {
        const ids = run.id === null ? encodeRun(passage.normalized.slice(run.start, run.end), start === 0) : [run.id];
        segments.push({ ids, passage, from: run.start, to: run.end, added: run.id !== null });
      }
    }
    return segments;
  };
}

/** True when tokens spell bytes as GPT-2 does. */
export function isByteLevel({ json }: TokenizerDefinition): boolean {
  return preTokenizers(json.pre_tokenizer).some((step) => step.type === 'ByteLevel');
}

/** The stages of a pre-tokenizer, a `Sequence` taken apart. */
export function preTokenizers(step: Step | null): readonly Step[] {
  if (step === null) return [];
  if (step.type !== 'Sequence' || !Array.isArray(step.pretokenizers)) return [step];
  return (step.pretokenizers as Step[]).flatMap(preTokenizers);
}

function createRunEncoder(
  definition: TokenizerDefinition,
  library: Library,
): (run: string, first: boolean) => number[] {
  const { split, spell } = wordSplitter(definition, library);
  const remembered = new Map<string, readonly number[]>();
  const encodeWord = (word: string): readonly number[] => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const tokens: readonly string[] = library.model?._call([spell(word)]) ?? [];
    const ids = tokens.flatMap((token) => library.token_to_id(token) ?? []);
    if (word.length <= LONGEST_REMEMBERED) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(word, ids);
    }
    return ids;
  };
  return (run, first) => {
    const ids: number[] = [];
    for (const word of split(run, first)) for (const id of encodeWord(word)) ids.push(id);
    return ids;
  };
}

interface WordSplitter {
  readonly split: (run: string, first: boolean) => readonly string[];
  /** What the model is given for a word. */
  readonly spell: (word: string) => string;
}

function wordSplitter(definition: TokenizerDefinition, library: Library): WordSplitter {
  const step = definition.json.pre_tokenizer;
  const asIs = (word: string) => word;
  if (step?.type === 'ByteLevel' && step.use_regex !== false) {
    const prefixed = step.add_prefix_space === true;
    const split = (run: string) => splitWords(prefixed && !run.startsWith(' ') ? ` ${run}` : run);
    return { split, spell: spellBytes };
  }
  if (library.pre_tokenizer === null) {
    const split = mergesStayInWords(definition) ? splitAtMarks : (run: string) => (run === '' ? [] : [run]);
    return { split, spell: asIs };
  }
  const split = (run: string, first: boolean) =>
    library.pre_tokenizer?.pre_tokenize(run, { section_index: first ? 0 : 1 }) ?? [];
  return { split, spell: asIs };
}

/**
 * True when no merge joins a `▁` to something that is not `▁` before it. Then cutting in front of such a `▁` cannot
 * change an encoding, and LLaMA, which has no pre-tokenizer, need not merge whole texts.
 */
function mergesStayInWords({ json }: TokenizerDefinition): boolean {
  const { merges, ignore_merges: ignoreMerges, fuse_unk: fuseUnk, byte_fallback: byteFallback } = json.model;
  if (merges === undefined || ignoreMerges === true || (fuseUnk === true && byteFallback !== true)) return false;
  return merges.every((merge) => {
    const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : merge;
    return left.endsWith(BLANK_MARK) || !right.startsWith(BLANK_MARK);
  });
}

const splitAtMarks = (run: string): readonly string[] => run.match(/▁*[^▁]+|▁+/g) ?? [];
