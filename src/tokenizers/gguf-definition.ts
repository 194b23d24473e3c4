/**
 * The tokenizer in the metadata of a GGUF file, rebuilt as the `tokenizer.json` that gives the ids of llama.cpp: `llama`
 * vocabularies (SentencePiece, scores) and `gpt2` vocabularies (byte-level BPE, merges).
 *
 * @source ggml-org/llama.cpp, `src/llama-vocab.cpp`
 */
import { z } from 'zod';
import { HarnessError, notSupported } from '../core/errors.ts';
import {
  parseTokenizerConfig,
  parseTokenizerJson,
  type TokenizerDefinition,
  type TokenizerJson,
} from './definition.ts';
import { GGUF_WORD_RULES, ggufWordRule } from './gguf-words.ts';
import { sentencePieceDefinition } from './sentencepiece-definition.ts';
import type { SentencePiece } from './sentencepiece-model.ts';

const PREFIX = 'tokenizer.ggml.';
/** By the numbers of `tokenizer.ggml.token_type`. */
const TOKEN_KINDS = ['', 'normal', 'unknown', 'control', 'user-defined', 'unused', 'byte'] as const;

const idSchema = z.coerce.number().int().nonnegative().optional();
const metadataSchema = z.object({
  model: z.string(),
  pre: z.string().optional(),
  tokens: z.array(z.string()).min(1),
  scores: z.array(z.number()).optional(),
  token_type: z.array(z.number()).optional(),
  merges: z.array(z.string()).optional(),
  bos_token_id: idSchema,
  eos_token_id: idSchema,
  unknown_token_id: idSchema,
  padding_token_id: idSchema,
  mask_token_id: idSchema,
  add_bos_token: z.boolean().optional(),
  add_eos_token: z.boolean().optional(),
  add_space_prefix: z.boolean().optional(),
});
type Metadata = z.infer<typeof metadataSchema>;

/** By `tokenizer.ggml.model`. */
const KINDS: Readonly<Record<string, (fields: Metadata, source: string) => TokenizerJson>> = {
  llama: sentencePieceJson,
  gpt2: byteLevelJson,
};

/**
 * @param metadata the key-value pairs of the file's header (`tokenizer.ggml.…`)
 * @param source   the file that messages name
 * @returns        null where the metadata holds no tokenizer
 * @throws HarnessError 'bad-tokenizer' for metadata that contradict each other; 'not-supported' for a kind of tokenizer, or a way
 *         of cutting words, that is not known
 */
export function ggufTokenizerDefinition(
  metadata: Readonly<Record<string, unknown>>,
  source: string,
): TokenizerDefinition | null {
  const kind = metadata[`${PREFIX}model`];
  if (kind === undefined || kind === 'none' || kind === 'no_vocab') return null;
  const build = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (build === undefined) {
    const message = `${source}: expected ${PREFIX}model to be one of ${Object.keys(KINDS).join(', ')}, found ${JSON.stringify(kind)}`;
    throw notSupported(message, "put the model's tokenizer.json beside the file: it is read first");
  }
  const fields = parseMetadata(metadata, source);
  return { source, json: build(fields, source), config: configOf(fields, source) };
}

function parseMetadata(metadata: Readonly<Record<string, unknown>>, source: string): Metadata {
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(PREFIX));
  const parsed = metadataSchema.safeParse(
    Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), value])),
  );
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = `${PREFIX}${issue?.path.join('.') ?? ''}`;
    const message = `${source}: ${where}: ${issue?.message ?? 'invalid'}`;
    throw new HarnessError('bad-tokenizer', message, { cause: parsed.error });
  }
  const { tokens, scores, token_type: types } = parsed.data;
  for (const [name, list] of [
    ['scores', scores],
    ['token_type', types],
  ] as const) {
    if (list === undefined || list.length === tokens.length) continue;
    const found = `${list.length} for ${tokens.length} tokens`;
    const message = `${source}: expected ${PREFIX}${name} to have one entry a token, found ${found}`;
    throw new HarnessError('bad-tokenizer', message);
  }
  return parsed.data;
}

function sentencePieceJson(fields: Metadata, source: string): TokenizerJson {
  const { scores } = fields;
  if (scores === undefined) throw new HarnessError('bad-tokenizer', `${source}: expected ${PREFIX}scores, found none`);
  const pieces = fields.tokens.map(
    (text, id): SentencePiece => ({ text, score: scores[id] ?? 0, kind: kindOf(fields, id) }),
  );
  const model = {
    kind: 'bpe' as const,
    pieces,
    byteFallback: true,
    whitespaceAsSuffix: false,
    unkId: fields.unknown_token_id ?? 0,
    bosId: addsBos(fields) ? (fields.bos_token_id ?? 1) : -1,
    eosId: fields.eos_token_id ?? 2,
    addDummyPrefix: fields.add_space_prefix ?? true,
    removeExtraWhitespaces: false,
    characterMap: null,
  };
  return sentencePieceDefinition(model, source);
}

function byteLevelJson(fields: Metadata, source: string): TokenizerJson {
  const rule = wordRuleOf(fields, source);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: fields.add_space_prefix === true, use_regex: false };
  const cuts = rule.patterns.map((Regex) => ({
    type: 'Split',
    pattern: { Regex },
    behavior: 'Isolated',
    invert: false,
  }));
  const added = fields.tokens.flatMap((content, id) => {
    const kind = kindOf(fields, id);
    const special = kind === 'control' || kind === 'unknown';
    return special || kind === 'user-defined' ? [{ id, content, special, normalized: false }] : [];
  });
  const value = {
    added_tokens: added,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...cuts, byteLevel] },
    post_processor: addsBos(fields) ? bosTemplate(fields) : null,
    decoder: { ...byteLevel, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(fields.tokens.map((token, id) => [token, id])),
      merges: fields.merges ?? [],
      ignore_merges: rule.ignoresMerges === true,
    },
  };
  return parseTokenizerJson(value, source);
}

function wordRuleOf({ pre }: Metadata, source: string) {
  const rule = pre === undefined ? undefined : ggufWordRule(pre);
  if (rule !== undefined) return rule;
  const found = pre === undefined ? 'no such key' : JSON.stringify(pre);
  const message = `${source}: expected ${PREFIX}pre to be one of ${GGUF_WORD_RULES.join(', ')}, found ${found}: how text is cut into words is not known`;
  throw notSupported(message, "put the model's tokenizer.json beside the file: it is read first");
}

function kindOf({ token_type: types }: Metadata, id: number): SentencePiece['kind'] {
  return TOKEN_KINDS[types?.[id] ?? 1] ?? '';
}

/** Where the file does not say: `llama` vocabularies and those of Llama 3 begin a text with BOS. */
const addsBos = ({ model, pre, add_bos_token: stated }: Metadata): boolean =>
  stated ?? (KINDS[model] === sentencePieceJson || ggufWordRule(pre ?? '')?.names.includes('llama-bpe') === true);

function bosTemplate({ tokens, bos_token_id: id }: Metadata): object | null {
  const bos = id === undefined ? undefined : tokens[id];
  if (bos === undefined) return null;
  return {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: bos, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    special_tokens: { [bos]: { id: bos, ids: [id], tokens: [bos] } },
  };
}

function configOf(fields: Metadata, source: string) {
  const name = (id: number | undefined) => (id === undefined ? null : (fields.tokens[id] ?? null));
  const sentencePiece = KINDS[fields.model] === sentencePieceJson;
  const value = {
    bos_token: name(fields.bos_token_id ?? (sentencePiece ? 1 : undefined)),
    eos_token: name(fields.eos_token_id ?? (sentencePiece ? 2 : undefined)),
    unk_token: name(fields.unknown_token_id ?? (sentencePiece ? 0 : undefined)),
    pad_token: name(fields.padding_token_id),
    mask_token: name(fields.mask_token_id),
    add_bos_token: addsBos(fields),
    add_eos_token: fields.add_eos_token === true,
  };
  return parseTokenizerConfig(value, source);
}
