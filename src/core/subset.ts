/** Which rows of a data set a run asks, where these are not all; what a `limit` leaves of them is counted from the first. */
import { z } from 'zod';

export const subsetSchema = z.discriminatedUnion('kind', [
  /** All but the first `offset` rows. */
  z.strictObject({ kind: z.literal('offset'), offset: z.int().positive() }),
  /** `size` rows, drawn without order from (seed, task). */
  z.strictObject({ kind: z.literal('sample'), size: z.int().positive(), seed: z.int().nonnegative() }),
  /** Rows by the ids of their items: how many, and the SHA-256 of the ids in data-set order. */
  z.strictObject({ kind: z.literal('items'), count: z.int().positive(), digest: z.string() }),
]);

export type Subset = Readonly<z.infer<typeof subsetSchema>>;

/** Rows that it leaves. */
export function subsetSize(rows: number, subset: Subset | undefined): number {
  if (subset === undefined) return rows;
  if (subset.kind === 'offset') return Math.max(0, rows - subset.offset);
  return Math.min(rows, subset.kind === 'sample' ? subset.size : subset.count);
}

/** In words, such as `sample of 50, seed 1`. */
export function subsetText(subset: Subset | undefined): string {
  if (subset === undefined) return 'all rows';
  if (subset.kind === 'offset') return `from row ${subset.offset}`;
  if (subset.kind === 'sample') return `sample of ${subset.size}, seed ${subset.seed}`;
  return `${subset.count} named items ${subset.digest.slice(0, 8)}`;
}
