/**
 * What a tokenizer is made of: the content of Hugging Face's `tokenizer.json` and `tokenizer_config.json`, parsed at the
 * border. The other published layouts (vocabulary + merges, SentencePiece) are rebuilt into the same shape, so that
 * nothing behind this file knows where a tokenizer came from.
 */
import { z } from 'zod';
import { HarnessError } from '../core/errors.ts';

const addedTokenFields = {
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
};
const addedTokenSchema = z.object({ id: z.int().nonnegative(), ...addedTokenFields });
export const stepSchema = z.looseObject({ type: z.string() });
const pairSchema = z.tuple([z.string(), z.string()]);

const MODEL_TYPES = ['BPE', 'WordPiece', 'Unigram', 'WordLevel'] as const;
const modelSchema = z.looseObject({
  // Files older than 2021 leave the type out; then merges tell that it is BPE.
  type: z.enum(MODEL_TYPES, { error: 'expected a model of type BPE, WordPiece, Unigram or WordLevel' }).default('BPE'),
  vocab: z.union([z.record(z.string(), z.int().nonnegative()), z.array(z.tuple([z.string(), z.number()]))]),
  merges: z.array(z.union([z.string(), pairSchema])).optional(),
  continuing_subword_prefix: z.string().nullish(),
  end_of_word_suffix: z.string().nullish(),
  unk_token: z.string().nullish(),
  unk_id: z.int().nonnegative().nullish(),
  max_input_chars_per_word: z.int().positive().nullish(),
  dropout: z.number().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
  fuse_unk: z.boolean().nullish(),
});

const tokenizerJsonSchema = z.object({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: stepSchema.nullable().default(null),
  pre_tokenizer: stepSchema.nullable().default(null),
  post_processor: stepSchema.nullable().default(null),
  decoder: stepSchema.nullable().default(null),
  model: modelSchema,
});

const tokenNameSchema = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((name) => (typeof name === 'string' ? name : name.content));

const tokenizerConfigSchema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  bos_token: tokenNameSchema.nullish(),
  eos_token: tokenNameSchema.nullish(),
  unk_token: tokenNameSchema.nullish(),
  pad_token: tokenNameSchema.nullish(),
  mask_token: tokenNameSchema.nullish(),
  sep_token: tokenNameSchema.nullish(),
  cls_token: tokenNameSchema.nullish(),
  additional_special_tokens: z.array(tokenNameSchema).nullish(),
  add_bos_token: z.boolean().nullish(),
  add_eos_token: z.boolean().nullish(),
  add_prefix_space: z.boolean().nullish(),
  legacy: z.boolean().nullish(),
  extra_ids: z.int().nonnegative().nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  added_tokens_decoder: z.record(z.string(), z.looseObject(addedTokenFields)).nullish(),
});

/** One stage (normalizer, pre-tokenizer, ...) as `tokenizer.json` writes it: a `type` and its own fields. */
export type Step = z.infer<typeof stepSchema>;
export type AddedToken = z.infer<typeof addedTokenSchema>;
export type TokenizerJson = z.infer<typeof tokenizerJsonSchema>;
export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;

/** How a special token that training adds is written beside its `content`. */
export const SPECIAL_FLAGS = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/** A tokenizer before it is put together; `source` is the file that error messages name. */
export interface TokenizerDefinition {
  readonly source: string;
  readonly json: TokenizerJson;
  readonly config: TokenizerConfig;
}

/**
 * Reads the value of a `tokenizer.json`.
 *
 * @throws HarnessError 'bad-tokenizer' naming the file and the first field that is not as expected
 */
export function parseTokenizerJson(value: unknown, source: string): TokenizerJson {
  return parseWith(tokenizerJsonSchema, value, source, 'a Hugging Face tokenizer.json');
}

/** Reads the value of a `tokenizer_config.json` or `special_tokens_map.json`; errors as `parseTokenizerJson`. */
export function parseTokenizerConfig(value: unknown, source: string): TokenizerConfig {
  return parseWith(tokenizerConfigSchema, value, source, 'a Hugging Face tokenizer configuration');
}

function parseWith<Out>(schema: z.ZodType<Out>, value: unknown, source: string, expected: string): Out {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the top level' : `\`${issue.path.join('.')}\``;
  const message = `${source}: expected ${expected}; ${where}: ${issue?.message ?? 'invalid'}`;
  throw new HarnessError('bad-tokenizer', message, { cause: parsed.error });
}
