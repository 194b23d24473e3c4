/** Which ids begin and end a text, which are left out when decoding, and what the tokenizer's defaults add to a text. */
import { z } from 'zod';
import { namedSpecialTokens } from './configured-definition.ts';
import type { TokenizerConfig, TokenizerDefinition } from './definition.ts';
import { END_OF_TEXT } from './gpt2-definition.ts';

export interface SpecialTokens {
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Ids that `skipSpecialTokens` leaves out. */
  readonly skipped: ReadonlySet<number>;
  /** What encoding with special tokens puts in front of and behind a text. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** Maps the name of a token to its id, over the vocabulary and the added tokens. */
export type IdOf = (token: string) => number | undefined;

/**
 * Reads the special tokens from `tokenizer_config.json`; where it says nothing, from the post-processor and from the names that
 * GPT-2 (`<|endoftext|>` for both) and LLaMA (`<s>`, `</s>`) use.
 */
export function specialTokens({ json, config }: TokenizerDefinition, idOf: IdOf): SpecialTokens {
  const idOrNull = (name: string | null | undefined) => (name == null ? null : (idOf(name) ?? null));
  const frame = postProcessorFrame(json.post_processor, idOf);
  const special = (name: string) =>
    json.added_tokens.some((token) => token.special && token.content === name) ? idOf(name) : undefined;
  const guessedEos = special('</s>') ?? special(END_OF_TEXT) ?? null;
  const guessedBos = frame.prefix[0] ?? special('<s>') ?? special(END_OF_TEXT) ?? null;
  const bosId = config.bos_token === undefined ? guessedBos : idOrNull(config.bos_token);
  const eosId = config.eos_token === undefined ? guessedEos : idOrNull(config.eos_token);

  const named = namedSpecialTokens(config).flatMap((name) => idOrNull(name) ?? []);
  const registered = json.added_tokens.flatMap((token) => (token.special ? [token.id] : []));

  const { prefix, suffix } = switchedFrame(config, bosId, eosId) ?? frame;
  return { bosId, eosId, skipped: new Set([...named, ...registered]), prefix, suffix };
}

/**
 * Classes that rewrite the post-processor from two switches when they are loaded, whatever the file says, with what an absent
 * `add_bos_token` means to them.
 */
const SWITCHED: readonly (readonly [RegExp, boolean])[] = [
  [/^(Code)?Llama|^Gemma|^Cohere/, true],
  [/^GPTNeoX/, false],
];

function switchedFrame(config: TokenizerConfig, bosId: number | null, eosId: number | null): Frame | null {
  const rule = SWITCHED.find(([pattern]) => pattern.test(config.tokenizer_class ?? ''));
  if (rule === undefined) return null;
  const adds = (stated: boolean | null | undefined, otherwise: boolean, id: number | null) =>
    (stated ?? otherwise) && id !== null ? [id] : [];
  return { prefix: adds(config.add_bos_token, rule[1], bosId), suffix: adds(config.add_eos_token, false, eosId) };
}

interface Frame {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

const NOTHING: Frame = { prefix: [], suffix: [] };
const templateSchema = z.looseObject({
  type: z.literal('TemplateProcessing'),
  single: z.array(z.union([z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) }), z.looseObject({})])),
  special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(z.int()) })).default({}),
});
const sequenceSchema = z.looseObject({ type: z.literal('Sequence'), processors: z.array(z.unknown()) });
const namedPairSchema = z.looseObject({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  cls: z.tuple([z.string(), z.int()]),
  sep: z.tuple([z.string(), z.int()]),
});

function postProcessorFrame(step: unknown, idOf: IdOf): Frame {
  const sequence = sequenceSchema.safeParse(step);
  if (sequence.success) {
    const frames = sequence.data.processors.map((inner) => postProcessorFrame(inner, idOf));
    return frames.find(({ prefix, suffix }) => prefix.length + suffix.length > 0) ?? NOTHING;
  }
  const pair = namedPairSchema.safeParse(step);
  if (pair.success) return { prefix: [pair.data.cls[1]], suffix: [pair.data.sep[1]] };
  const template = templateSchema.safeParse(step);
  return template.success ? templateFrame(template.data, idOf) : NOTHING;
}

function templateFrame(template: z.infer<typeof templateSchema>, idOf: IdOf): Frame {
  const prefix: number[] = [];
  const suffix: number[] = [];
  let side = prefix;
  for (const item of template.single) {
    const token = 'SpecialToken' in item ? (item.SpecialToken as { id: string }).id : null;
    if (token === null) side = suffix;
    else side.push(...(template.special_tokens[token]?.ids ?? [idOf(token)].filter((id) => id !== undefined)));
  }
  return { prefix, suffix };
}
