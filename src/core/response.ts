/** What a language model answers to one question. Plain records; everything in them is stored, and parsed by the schema. */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { ErrorCode } from './errors.ts';
import type { Quantity, RankingName } from './names.ts';

export { NORMALISATIONS, type Normalisation, type Quantity, type RankingName } from './names.ts';

const QUANTITY =
  '(loglikelihood|nelbo|marginal|tube|(nelbo|official|likelihood)@\\d+|duel:[a-z-]+\\d*(:block=\\d+)?(@\\d+)?)';

const quantity = z.custom<Quantity>(matching(new RegExp(`^${QUANTITY}$`)));

const rankingName = z.custom<RankingName>(matching(new RegExp(`^${QUANTITY}/(sum|mean|byte|char)$`)));

function matching(pattern: RegExp) {
  return (value: unknown): boolean => typeof value === 'string' && pattern.test(value);
}

/** In nats. */
const monteCarlo = z.strictObject({
  value: z.number(),
  /** Monte-Carlo standard error; 0 when the value is exact. */
  stderr: z.number(),
});

/** The scores of one alternative, summed over scored positions (`official@T` is a mean by definition). */
const alternativeScore = z.strictObject({
  tokens: z.number(),
  /** A token straddled the border between visible and scored text (joint tokenisation). */
  crossing: z.boolean(),
  quantities: z.partialRecord(quantity, monteCarlo),
  /** Log-probability of each scored token, in nats (AR only). */
  tokenLogprobs: z.array(z.number()).exactOptional(),
  /** e(k), k = 1 … tokens: expected mean cross-entropy with k tokens masked; null where no draw had that k. */
  maskedCrossEntropy: z.array(z.number().nullable()).exactOptional(),
  /** Every value is exact (AR, or all masks enumerated). */
  exact: z.boolean(),
  /** In what its values were computed, such as int8; `mixed` where they were and are corrected by float32. Absent: as the run says. */
  precision: z.string().exactOptional(),
  /** Greedy decoding writes exactly this answer; null where that was not asked. */
  greedy: z.boolean().nullable(),
});

/** Which alternative wins under one quantity and normalisation, and by how much more than Monte-Carlo noise. */
const ranking = z.strictObject({
  best: z.number(),
  /** null when there is one alternative only. */
  runnerUp: z.number().nullable(),
  /** How much better the best is, in the units of the quantity after normalisation; ≥ 0. */
  margin: z.number(),
  /** Monte-Carlo standard error of `margin`, from paired draws. */
  stderr: z.number(),
});

/** How the answers of a question raced; one number each, in their order. */
const raceResponse = z.strictObject({
  /** One answer was left before the passes were at an end. */
  decided: z.boolean(),
  rounds: z.array(z.number()),
  /** Distinct forward passes; answers that share one count it each. */
  passes: z.array(z.number()),
});

const viewResponse = z.strictObject({
  alternatives: z.array(alternativeScore),
  rankings: z.partialRecord(rankingName, ranking),
  /** Of a race: then alternatives have no values, and margin and error of the ranking are those at the stop. */
  race: raceResponse.exactOptional(),
});

/** One text that a model wrote. */
const written = z.strictObject({
  /** Denoising steps T; null for left-to-right models, and for samplers in which T has no say. */
  steps: z.number().nullable(),
  /** Number of the repetition. */
  draw: z.number(),
  text: z.string(),
  /** Before the token that ended the text, if one did. */
  tokens: z.number(),
  nfe: z.number(),
});

const refusal = z.strictObject({ code: z.custom<ErrorCode>((code) => typeof code === 'string'), reason: z.string() });

export const responseSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('written'),
    /** By view name: for each T, each repetition. */
    views: z.record(z.string(), z.array(written)),
    /** Views that could not be answered, and why; absent where there are none. */
    refused: z.record(z.string(), refusal).exactOptional(),
    /** Forward passes for this question. */
    nfe: z.number(),
  }),
  z.strictObject({
    kind: z.literal('answered'),
    /** By view name, in the order of the question's views. */
    views: z.record(z.string(), viewResponse),
    /** Distinct sequences that went through the network for this question. */
    nfe: z.number(),
    /** Of them, those that the bounds from below alone took; absent where none was asked for, and in runs of the time before it was kept. */
    bracketNfe: z.number().exactOptional(),
  }),
  refusal.extend({ kind: z.literal('unanswered') }),
]);

export type MonteCarlo = DeepReadonly<z.infer<typeof monteCarlo>>;
export type AlternativeScore = DeepReadonly<z.infer<typeof alternativeScore>>;
export type Ranking = DeepReadonly<z.infer<typeof ranking>>;
export type ViewResponse = DeepReadonly<z.infer<typeof viewResponse>>;
export type Written = DeepReadonly<z.infer<typeof written>>;
export type Refusal = DeepReadonly<z.infer<typeof refusal>>;
export type Response = DeepReadonly<z.infer<typeof responseSchema>>;
