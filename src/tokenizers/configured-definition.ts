/**
 * What `tokenizer_config.json` and the files beside it change in a definition when transformers loads it.
 *
 * @source huggingface/transformers, `tokenization_utils_fast.py` (`__init__`), `tokenization_utils_base.py` (`_from_pretrained`)
 */
import { HarnessError } from '../core/errors.ts';
import type { AddedToken, Step, TokenizerConfig, TokenizerDefinition, TokenizerJson } from './definition.ts';

/** The names of the special tokens that a configuration gives, in the order in which new ones are numbered. */
export function namedSpecialTokens(config: TokenizerConfig): readonly string[] {
  const { bos_token, eos_token, unk_token, sep_token, pad_token, cls_token, mask_token } = config;
  const names = [bos_token, eos_token, unk_token, sep_token, pad_token, cls_token, mask_token];
  return [...names, ...(config.additional_special_tokens ?? [])].filter((name) => typeof name === 'string');
}

/**
 * @param listed the content of `added_tokens.json` (name to id), which counts where the configuration lists no added tokens itself
 * @throws HarnessError 'bad-tokenizer' where the configuration gives a token another id than the vocabulary
 */
export function configuredDefinition(
  definition: TokenizerDefinition,
  listed: Readonly<Record<string, number>>,
): TokenizerDefinition {
  const { json, config, source } = definition;
  const more =
    config.added_tokens_decoder == null ? fromList(listed, config) : fromDecoder(config.added_tokens_decoder);
  for (const token of more) requireSameId(token, json, source);
  const added = withNamed(merged(json.added_tokens, more), config);
  return { ...definition, json: withPrefixSpace({ ...json, added_tokens: added }, config) };
}

function fromList(listed: Readonly<Record<string, number>>, config: TokenizerConfig): readonly AddedToken[] {
  const named = new Set(namedSpecialTokens(config));
  const tokens = Object.entries(listed).map(([content, id]) => addedToken(content, id, named.has(content)));
  return tokens.sort((a, b) => a.id - b.id);
}

const addedToken = (content: string, id: number, special: boolean): AddedToken => ({
  ...{ id, content, special, normalized: !special },
  ...{ single_word: false, lstrip: false, rstrip: false },
});

function fromDecoder(decoder: NonNullable<TokenizerConfig['added_tokens_decoder']>): readonly AddedToken[] {
  return Object.entries(decoder)
    .map(([key, { content, single_word, lstrip, rstrip, normalized, special }]) => ({
      ...{ id: Number(key), content, single_word, lstrip, rstrip, normalized, special },
    }))
    .sort((a, b) => a.id - b.id);
}

/** The flags of the configuration win over those of `tokenizer.json`. */
function merged(own: readonly AddedToken[], more: readonly AddedToken[]): readonly AddedToken[] {
  const byContent = new Map([...own, ...more].map((token) => [token.content, token]));
  return [...byContent.values()];
}

function requireSameId(token: AddedToken, { model, added_tokens: own }: TokenizerJson, source: string): void {
  const { content, id } = token;
  const known =
    own.find((other) => other.content === content)?.id ??
    (Array.isArray(model.vocab) || !Object.hasOwn(model.vocab, content) ? undefined : model.vocab[content]);
  if (known === undefined || known === id) return;
  const message = `${source}: ${JSON.stringify(content)} has id ${known} here and ${id} among the added tokens of the configuration beside it`;
  const hint = 'the files may come from two different tokenizers: fetch them again from one place';
  throw new HarnessError('bad-tokenizer', message, { hint });
}

/** Special tokens that only their names tell of: from the vocabulary, or new ones behind it. */
function withNamed(added: readonly AddedToken[], config: TokenizerConfig): AddedToken[] {
  const known = new Set(added.map(({ content }) => content));
  const absent = [...new Set(namedSpecialTokens(config))].filter((name) => name !== '' && !known.has(name));
  const past = added.reduce((most, { id }) => Math.max(most, id + 1), 0);
  return [...added, ...absent.map((name, at) => addedToken(name, past + at, true))];
}

/** Byte-level tokenizers take the blank in front from the configuration, and so do LLaMA's. */
function withPrefixSpace(
  json: TokenizerJson,
  { add_prefix_space: adds, tokenizer_class: name }: TokenizerConfig,
): TokenizerJson {
  if (typeof adds !== 'boolean') return json;
  const step = json.pre_tokenizer;
  if (step?.type === 'ByteLevel') return { ...json, pre_tokenizer: { ...step, add_prefix_space: adds } };
  if (adds || !/^(Code)?Llama/.test(name ?? '')) return json;
  return {
    ...json,
    normalizer: without(json.normalizer, 'normalizers', 'Prepend'),
    pre_tokenizer: step?.type === 'Metaspace' ? { ...step, prepend_scheme: 'never' } : step,
    decoder: without(json.decoder, 'decoders', 'Strip'),
  };
}

function without(step: Step | null, parts: string, type: string): Step | null {
  if (step?.type === type) return null;
  const list = step?.[parts];
  return step !== null && Array.isArray(list) ? { ...step, [parts]: list.filter((part) => part?.type !== type) } : step;
}
