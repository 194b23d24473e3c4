/** Puts a tokenizer together from its definition. */
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { HarnessError } from '../core/errors.ts';
import { digestOf, sha256 } from '../core/text/digest.ts';
import { unspellBytes } from './byte-level.ts';
import { byteOfToken, createDecoder } from './decoder.ts';
import type { Step, TokenizerDefinition } from './definition.ts';
import { createEncoder, isByteLevel, preTokenizers } from './encoder.ts';
import { encodingWithOffsets, type OffsetRules } from './offsets.ts';
import { BLANK_MARK } from './sentencepiece-definition.ts';
import { type SpecialTokens, specialTokens } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

/** UTF-16 halves without a partner have no UTF-8 form; every published tokenizer sees U+FFFD in their place. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * @throws HarnessError 'bad-tokenizer' when the definition names a stage that does not exist or contradicts itself
 */
export function createTokenizer(definition: TokenizerDefinition): Tokenizer {
  const library = createLibrary(definition);
  const special = specialTokens(definition, (token) => library.token_to_id(token));
  const encoder = createEncoder(definition, library);
  const segmentsOf = (text: string) => encoder(text.replace(LONE_SURROGATE, '\ufffd'));
  const join = createDecoder(definition, library);
  const rules = offsetRules(definition, library);
  return {
    digest: digestOf(canonicalContent(definition, special)),
    size: library.model?.tokens_to_ids.size ?? 0,
    bosId: special.bosId,
    eosId: special.eosId,
    unknownId: unknownId(definition, library),
    addsBos: special.bosId !== null && special.prefix[0] === special.bosId,
    encode(text, options) {
      const ids = segmentsOf(text).flatMap((segment) => segment.ids);
      return options.specialTokens ? [...special.prefix, ...ids, ...special.suffix] : ids;
    },
    encodeWithOffsets: (text) => encodingWithOffsets(segmentsOf(text), rules),
    decode(ids, options) {
      const kept = options.skipSpecialTokens ? ids.filter((id) => !special.skipped.has(id)) : ids;
      return join(kept.flatMap((id) => library.id_to_token(id) ?? []));
    },
    token: (id) => library.id_to_token(id) ?? null,
    id: (token) => library.token_to_id(token) ?? null,
  };
}

/** Of vocabularies that cannot spell every text by its bytes. */
function unknownId(definition: TokenizerDefinition, library: Library): number | null {
  const { unk_token: unknown = null, byte_fallback: fallsBack } = definition.json.model;
  if (unknown === null || fallsBack === true || isByteLevel(definition)) return null;
  return library.token_to_id(unknown) ?? null;
}

function createLibrary({ json, config, source }: TokenizerDefinition): Library {
  try {
    const library = new Library(json, config);
    if (library.model === null) throw new TypeError('no model');
    return library;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-tokenizer', `${source}: the tokenizer cannot be put together: ${reason}`, { cause });
  }
}

function offsetRules(definition: TokenizerDefinition, library: Library): OffsetRules {
  const { model, added_tokens: added } = definition.json;
  const byteLevel = isByteLevel(definition);
  const steps = preTokenizers(definition.json.pre_tokenizer);
  const marksBlanks = steps.some((step) => step.type === 'Metaspace');
  const unknown = model.unk_token ?? null;
  const addedIds = new Set(added.map((token) => token.id));
  const widths = new Map<number, number | null>();
  const byteLength = (id: number): number | null => {
    const token = library.id_to_token(id);
    if (token === undefined || token === unknown) return null;
    if (byteLevel && !addedIds.has(id)) return unspellBytes(token)?.length ?? null;
    if (model.byte_fallback === true && byteOfToken(token) !== null) return 1;
    return Buffer.byteLength(token);
  };
  return {
    byteLength(id) {
      const known = widths.get(id);
      if (known !== undefined) return known;
      const width = byteLength(id);
      widths.set(id, width);
      return width;
    },
    marksBlanks,
    insertedPrefix: marksBlanks ? BLANK_MARK : steps.some((step) => step.add_prefix_space === true) ? ' ' : '',
    normalize: (text) => library.normalizer?.normalize(text) ?? text,
  };
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
  };
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
