/** Puts a tokenizer together from its definition. */
import { digestOf, sha256 } from '../core/text/digest.ts';
import { createDecoder } from './decoders/create-decoder.ts';
import type { AddedToken, Step, TokenizerDefinition, TokenizerJson } from './definition.ts';
import { createEncoder } from './encoder.ts';
import { createModel } from './models/create-model.ts';
import { createNormalizer } from './normalizers/create-normalizer.ts';
import { BLANK_MARK } from './sentencepiece-definition.ts';
import { type SpecialTokens, specialTokens } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';
import { cutSteps } from './words/create-cutter.ts';

/**
 * @throws HarnessError 'bad-tokenizer' when the definition contradicts itself; 'not-supported' when it names a stage that is not known
 */
export function createTokenizer(given: TokenizerDefinition): Tokenizer {
  const model = createModel(given);
  const added = withIds(given.json.added_tokens, model.idOf);
  const definition = { ...given, json: { ...given.json, added_tokens: added } };
  const { json, source } = definition;
  const { idOf, tokenOf } = vocabularyOf(definition, model.idOf);
  const special = specialTokens(definition, (token) => idOf.get(token));
  const encoder = createEncoder({
    added,
    normalizer: createNormalizer(json.normalizer, source),
    steps: cutSteps(json.pre_tokenizer, source),
    model: model.tokensOf,
    cutsAtMarks: mergesStayInWords(json.model),
  });
  const join = createDecoder(json.decoder, new Set(added.map(({ content }) => content)), source);
  return {
    digest: digestOf(canonicalContent(definition, special)),
    size: idOf.size,
    bosId: special.bosId,
    eosId: special.eosId,
    unknownId: unknownId(definition, idOf),
    addsBos: special.bosId !== null && special.prefix[0] === special.bosId,
    // UTF-16 halves without a partner have no UTF-8 form; every published tokenizer sees U+FFFD in their place.
    encode(text, options) {
      const ids = encoder.ids(text.toWellFormed());
      return options.specialTokens ? [...special.prefix, ...ids, ...special.suffix] : ids;
    },
    encodeWithOffsets: (text) => encoder.withOffsets(text.toWellFormed()),
    decode(ids, options) {
      const kept = options.skipSpecialTokens ? ids.filter((id) => !special.skipped.has(id)) : ids;
      return join(kept.flatMap((id) => tokenOf[id] ?? []));
    },
    token: (id) => tokenOf[id] ?? null,
    id: (token) => idOf.get(token) ?? null,
  };
}

/**
 * An added token has the id that the vocabulary gives it, or else the next free one, as in Hugging Face's library; what the file
 * says is the same in files that this library wrote.
 */
function withIds(added: readonly AddedToken[], model: ReadonlyMap<string, number>): AddedToken[] {
  const ids = new Map<string, number>();
  let next = added.reduce((most, { content }) => Math.max(most, (model.get(content) ?? -1) + 1), model.size);
  return added.map((token) => {
    const id = ids.get(token.content) ?? model.get(token.content) ?? next++;
    ids.set(token.content, id);
    return { ...token, id };
  });
}

/** With the added tokens, which may have names that the model lacks. */
function vocabularyOf({ json }: TokenizerDefinition, model: ReadonlyMap<string, number>) {
  const idOf = new Map(model);
  for (const { content, id } of json.added_tokens) idOf.set(content, id);
  const tokenOf: (string | undefined)[] = [];
  for (const [token, id] of idOf) tokenOf[id] = token;
  for (const { content, id } of json.added_tokens) tokenOf[id] = content;
  return { idOf, tokenOf };
}

/** Of vocabularies that cannot spell every text by its bytes. */
function unknownId({ json }: TokenizerDefinition, idOf: ReadonlyMap<string, number>): number | null {
  const { type, unk_token: unknown, unk_id: id, byte_fallback: fallsBack } = json.model;
  if (fallsBack === true || spellsBytes(json.pre_tokenizer)) return null;
  return type === 'Unigram' ? (id ?? null) : (idOf.get(unknown ?? '') ?? null);
}

/** True when tokens spell bytes as GPT-2 does. */
function spellsBytes(step: Step | null): boolean {
  if (step?.type === 'Sequence' && Array.isArray(step.pretokenizers)) return step.pretokenizers.some(spellsBytes);
  return step?.type === 'ByteLevel';
}

/**
 * True when no merge joins a `▁` to something that is not `▁` before it. Then cutting in front of such a `▁` cannot
 * change an encoding, and LLaMA, which has no pre-tokenizer, need not merge whole texts.
 */
function mergesStayInWords(model: TokenizerJson['model']): boolean {
  const { type, merges, ignore_merges: ignoreMerges, fuse_unk: fuseUnk, byte_fallback: byteFallback } = model;
  if (type !== 'BPE' || merges === undefined || ignoreMerges === true) return false;
  if (model.continuing_subword_prefix || model.end_of_word_suffix) return false;
  if (fuseUnk === true && byteFallback !== true) return false;
  return merges.every((merge) => {
    const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ') : merge;
    return left.endsWith(BLANK_MARK) || !right.startsWith(BLANK_MARK);
  });
}

/**
 * Everything that can change an encoding or a decoding, in one spelling: the same GPT-2 read from `tokenizer.json` and from
 * `vocab.json` with `merges.txt` has one digest.
 */
function canonicalContent({ json }: TokenizerDefinition, special: SpecialTokens): object {
  const { vocab, merges, ...model } = json.model;
  const pairs = merges?.map((merge) => (typeof merge === 'string' ? merge.split(' ') : merge));
  // Hashed by themselves: the canonical JSON of 50,000 members takes longer than all the rest of loading.
  const tokens = Array.isArray(vocab) ? vocab : Object.entries(vocab).sort(([, a], [, b]) => a - b);
  const byId = [...json.added_tokens].sort((a, b) => a.id - b.id);
  const added = byId.map(({ normalized, ...token }) => ({
    ...meaningful(token),
    ...(json.normalizer === null ? {} : { normalized: normalized ?? !token.special }),
  }));
  return {
    model: {
      ...meaningful(model),
      vocabulary: sha256(JSON.stringify(tokens)),
      merges: sha256(JSON.stringify(pairs ?? [])),
    },
    added,
    normalizer: json.normalizer,
    preTokenizer: json.pre_tokenizer === null ? null : cutting(json.pre_tokenizer),
    decoder: json.decoder?.type === 'ByteLevel' ? 'ByteLevel' : json.decoder,
    bos: special.bosId,
    eos: special.eosId,
    prefix: special.prefix,
    suffix: special.suffix,
    skipped: [...special.skipped].sort((a, b) => a - b),
    ...(json.pre_tokenizer !== null && wasReadOtherwise(json.pre_tokenizer) ? { reading: 2 } : {}),
  };
}

/** Stages that earlier versions read as something else: their runs must not be taken for runs of today. */
function wasReadOtherwise({ type, split, pretokenizers }: Step): boolean {
  if (type === 'Sequence') return Array.isArray(pretokenizers) && pretokenizers.some(wasReadOtherwise);
  return type === 'Digits' || (type === 'Metaspace' && split !== false);
}

/** Drops what means the same as not being there. */
function meaningful(fields: Record<string, unknown>): Record<string, unknown> {
  const idle = (value: unknown) => value == null || value === false || value === '';
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !idle(value)));
}

/** Without what does not change where text is cut; older files leave `use_regex` out, which means true. */
function cutting({ trim_offsets: _, use_regex: useRegex, ...step }: Step): object {
  return useRegex === false ? { ...step, use_regex: false } : step;
}
