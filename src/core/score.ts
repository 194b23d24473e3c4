/** What a response is worth under a task's metrics. A failure is a tagged state, never 0 and never NaN. */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { ErrorCode } from './errors.ts';
import type { Family, Normalisation, ProtocolName } from './names.ts';
import { type ProgramJudge, VERDICTS } from './program.ts';

export const scoreSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scored'),
    /** Metric name -> value of this item; accuracies are 0 or 1. */
    values: z.record(z.string(), z.number()),
    /** Index of the chosen alternative under the headline metric; null for fill questions. */
    answer: z.number().nullable(),
    gold: z.number(),
    /** The choice could change under Monte-Carlo noise: margin below two standard errors. */
    undecided: z.boolean(),
    /** By view: what became of each program that was written, in the order of the texts. Absent where none was. */
    verdicts: z.record(z.string(), z.array(z.enum(VERDICTS))).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('unscored'),
    code: z.custom<ErrorCode>((code) => typeof code === 'string'),
    reason: z.string(),
  }),
]);

export type Score = DeepReadonly<z.infer<typeof scoreSchema>>;

/** What a task is told when it scores a response. */
export interface ScoreContext {
  readonly family: Family;
  readonly protocol: ProtocolName;
  readonly headline: Normalisation;
  /** Texts that the run asks for: their steps T (none for left-to-right models), and how many for each T. Absent: one. */
  readonly texts?: { readonly steps: readonly number[]; readonly draws: number };
  /** Present when the task needs it. */
  readonly judge?: ProgramJudge;
}
