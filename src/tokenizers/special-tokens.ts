/** Which ids begin and end a text, which are left out when decoding, and what the tokenizer's defaults add to a text. */
import { z } from 'zod';
import { HarnessError, quoted } from '../core/errors.ts';
import { namedSpecialTokens } from './configured-definition.ts';
import { type Step, stepSchema, type TokenizerConfig, type TokenizerDefinition } from './definition.ts';
import { END_OF_TEXT } from './gpt2-definition.ts';
import { makeStage, type StageMakers } from './stage.ts';

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
 *
 * @throws HarnessError 'not-supported' or 'bad-tokenizer' for a post-processor that cannot be read
 */
export function specialTokens({ json, config, source }: TokenizerDefinition, idOf: IdOf): SpecialTokens {
  const idOrNull = (name: string | null | undefined) => (name == null ? null : (idOf(name) ?? null));
  const frame = postProcessorFrame(json.post_processor, idOf, source);
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
  single: z.array(z.union([z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) }), z.looseObject({})])),
  special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(z.int()) })).default({}),
});
const sequenceSchema = z.looseObject({ processors: z.array(stepSchema) });
const namedToken = z.tuple([z.string(), z.int()]);
const namedPairSchema = z.looseObject({ cls: namedToken, sep: namedToken });

/** @throws HarnessError 'not-supported' or 'bad-tokenizer' for a post-processor that cannot be read */
function postProcessorFrame(step: Step | null, idOf: IdOf, source: string): Frame {
  return step === null ? NOTHING : makeStage('post-processor', framesBy(idOf, source), step, source);
}

function framesBy(idOf: IdOf, source: string): StageMakers<Frame> {
  const pair = (step: Step): Frame => {
    const { cls, sep } = namedPairSchema.parse(step);
    return { prefix: [cls[1]], suffix: [sep[1]] };
  };
  return {
    // It moves offsets, not ids.
    ByteLevel: () => NOTHING,
    TemplateProcessing: (step) => templateFrame(templateSchema.parse(step), idOf, source),
    BertProcessing: pair,
    RobertaProcessing: pair,
    Sequence: (step) =>
      sequenceSchema
        .parse(step)
        .processors.map((inner) => postProcessorFrame(inner, idOf, source))
        .reduce(
          (inside, around) => ({
            prefix: [...around.prefix, ...inside.prefix],
            suffix: [...inside.suffix, ...around.suffix],
          }),
          NOTHING,
        ),
  };
}

function templateFrame(template: z.infer<typeof templateSchema>, idOf: IdOf, source: string): Frame {
  const prefix: number[] = [];
  const suffix: number[] = [];
  let side = prefix;
  for (const item of template.single) {
    const token = 'SpecialToken' in item ? (item.SpecialToken as { id: string }).id : null;
    if (token === null) side = suffix;
    else side.push(...(template.special_tokens[token]?.ids ?? [requireId(token, idOf, source)]));
  }
  return { prefix, suffix };
}

function requireId(token: string, idOf: IdOf, source: string): number {
  const id = idOf(token);
  if (id !== undefined) return id;
  const message = `${source}: its post-processor adds ${quoted(token)}, which is no token of it`;
  throw new HarnessError('bad-tokenizer', message);
}
