/** Stored records as they are parsed at the border. The types are core's; a field that is missing here is refused. */
import { z } from 'zod';
import type { ErrorCode } from '../../core/errors.ts';
import { VERDICTS } from '../../core/program.ts';
import type { ItemRecord } from '../../core/record.ts';
import { QUANTITY_PATTERN, type Quantity, RANKING_PATTERN, type RankingName } from '../../core/response.ts';

const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string', 'expected an error code');
const monteCarlo = z.strictObject({ value: z.number(), stderr: z.number() });

const quantity = z.custom<Quantity>((value) => typeof value === 'string' && QUANTITY_PATTERN.test(value));

const rankingName = z.custom<RankingName>((value) => typeof value === 'string' && RANKING_PATTERN.test(value));

const alternative = z.strictObject({
  tokens: z.number(),
  crossing: z.boolean(),
  quantities: z.record(quantity, monteCarlo),
  tokenLogprobs: z.array(z.number()).exactOptional(),
  maskedCrossEntropy: z.array(z.number().nullable()).exactOptional(),
  exact: z.boolean(),
  greedy: z.boolean().nullable(),
});

const ranking = z.strictObject({
  best: z.number(),
  runnerUp: z.number().nullable(),
  margin: z.number(),
  stderr: z.number(),
});

const viewResponse = z.strictObject({
  alternatives: z.array(alternative),
  rankings: z.record(rankingName, ranking),
});

const written = z.strictObject({
  steps: z.number().nullable(),
  draw: z.number(),
  text: z.string(),
  tokens: z.number(),
  nfe: z.number(),
});

const refusal = z.strictObject({ code: errorCode, reason: z.string() });

const response = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('written'),
    views: z.record(z.string(), z.array(written)),
    refused: z.record(z.string(), refusal).exactOptional(),
    nfe: z.number(),
  }),
  z.strictObject({ kind: z.literal('answered'), views: z.record(z.string(), viewResponse), nfe: z.number() }),
  z.strictObject({ kind: z.literal('unanswered'), code: errorCode, reason: z.string() }),
]);

const score = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scored'),
    values: z.record(z.string(), z.number()),
    answer: z.number().nullable(),
    gold: z.number(),
    undecided: z.boolean(),
    verdicts: z.record(z.string(), z.array(z.enum(VERDICTS))).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('unscored'), code: errorCode, reason: z.string() }),
]);

export const recordSchema: z.ZodType<ItemRecord> = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  score,
  response,
});
