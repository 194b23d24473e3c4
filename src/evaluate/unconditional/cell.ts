/** A set of texts written without a prompt by one model under one setting, and what is stored of it. */

import { z } from 'zod';
import { notSupported } from '../../core/errors.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import { digestOf } from '../../core/text/digest.ts';
import { type Engine, engineFacts } from '../../engines/engine.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { ModelFiles } from '../run-parts.ts';

/** Where an engine computed; absent: the CPU, or texts of an earlier version. */
const place = { device: z.string().exactOptional(), provider: z.string().exactOptional() };

/** Everything that can change a text. */
const setting = z.strictObject({
  model: z.string(),
  family: z.enum(['autoregressive', 'diffusion']),
  weightsDigest: z.string(),
  tokenizerDigest: z.string(),
  engine: z.string(),
  dtype: z.string(),
  ...place,
  /** T; null for an autoregressive model. */
  steps: z.number().nullable(),
  temperature: z.number(),
  topP: z.number(),
  /** Of the random-keep sampler; null for an autoregressive model. */
  form: z.enum(['canonical', 'paper']).nullable(),
  shift: z.boolean(),
  maskId: z.number().nullable(),
  /** Tokens of a text, its start token included. */
  length: z.number(),
  samples: z.number(),
  seed: z.number(),
});
export type CellSetting = Readonly<z.infer<typeof setting>>;

export const CELL_FORMAT = 'bench-texts/1';

export const cellSchema = z.strictObject({
  format: z.literal(CELL_FORMAT),
  setting,
  /** Wall time of the writing; no part of the result. */
  seconds: z.number(),
  texts: z.array(
    z.strictObject({
      /** Behind the start token; an autoregressive text may end early. */
      ids: z.array(z.number()),
      text: z.string(),
      nfe: z.number(),
    }),
  ),
});
export type Cell = z.infer<typeof cellSchema>;

export const JUDGED_FORMAT = 'bench-judged-texts/1';

export const judgedSchema = z.strictObject({
  format: z.literal(JUDGED_FORMAT),
  /** Of the cell's setting. */
  cell: z.string(),
  judge: z.strictObject({
    ...{ name: z.string(), weightsDigest: z.string(), engine: z.string(), dtype: z.string() },
    ...place,
  }),
  /** By text: nats of its tokens under the judge, how many these are, and whether the judge's context cut it. */
  texts: z.array(z.strictObject({ nats: z.number(), tokens: z.number(), isCut: z.boolean() })),
});
export type Judged = z.infer<typeof judgedSchema>;

/** An engine's name says where it computes, so that texts of before are found. */
const placeless = <Setting extends Pick<CellSetting, 'device' | 'provider'>>({
  device: _device,
  provider: _provider,
  ...setting
}: Setting) => setting;

/** Name of the file: the same setting is the same texts. */
export const cellName = (of: CellSetting): string => {
  const spelt = of.model.replaceAll(/[^\w.-]+/g, '-');
  const how = of.steps === null ? `t${of.temperature}` : `T${of.steps}-t${of.temperature}`;
  return `${spelt}-${how}-${digestOf(canonicalJson(placeless(of))).slice(0, 12)}`;
};

export const judgedName = (cell: string, { judge }: Pick<Judged, 'judge'>): string =>
  `${cell}.judge-${digestOf(canonicalJson(placeless(judge))).slice(0, 12)}`;

/** What all texts of a model share: everything but T and temperature. */
export async function textSetting(
  { checkpoint, tokenizer }: ModelFiles,
  engine: Engine,
  asked: Pick<CellSetting, 'length' | 'samples' | 'topP' | 'form' | 'seed'>,
): Promise<Omit<CellSetting, 'steps' | 'temperature'>> {
  const { family, shift, maskId } = checkpoint.options;
  const { length, samples, topP, form, seed } = asked;
  return {
    ...{ model: checkpoint.name, family, weightsDigest: await checkpoint.digest(), tokenizerDigest: tokenizer.digest },
    ...engineFacts(engine),
    ...{ topP, form: family === 'diffusion' ? form : null, shift, maskId, length, samples, seed },
  };
}

/** @throws HarnessError 'not-supported' where the tokenizer has neither BOS nor EOS */
export function startToken({ bosId, eosId }: Tokenizer): number {
  const start = bosId ?? eosId;
  if (start !== null) return start;
  throw notSupported('texts without a prompt begin with BOS or EOS, and the tokenizer has neither');
}
