/** The parts of a summary that a baseline repeats, as they are parsed at the border. */
import { z } from 'zod';
import type { Estimate } from '../../core/estimate.ts';

export const estimateSchema: z.ZodType<Estimate> = z.strictObject({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: z.number(),
  stderr: z.number(),
  n: z.number(),
  unscored: z.number(),
  method: z.string(),
});

export const summaryCounts = {
  runId: z.string(),
  complete: z.boolean(),
  items: z.number(),
  expectedItems: z.number(),
  unscored: z.record(z.string(), z.number()),
  undecided: z.number(),
  nfe: z.number(),
};
