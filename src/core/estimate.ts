import { z } from 'zod';

/** A number that does not travel alone. */
export const estimateSchema = z.strictObject({
  value: z.number(),
  /** Two-sided confidence interval. */
  low: z.number(),
  high: z.number(),
  /** A share in 0..1. */
  confidence: z.number(),
  stderr: z.number(),
  /** Items that the value is computed from. */
  n: z.number(),
  /** Clusters that these fall into; absent where each item stands alone. */
  clusters: z.number().exactOptional(),
  /** Items left out because they could not be scored. */
  unscored: z.number(),
  /** Name of the estimator of value and interval, such as `mean, Wilson`. */
  method: z.string(),
});

export type Estimate = Readonly<z.infer<typeof estimateSchema>>;
