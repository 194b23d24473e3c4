import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { responseSchema } from './response.ts';
import { scoreSchema } from './score.ts';

/** The stored result of one item. Nothing in it depends on time, machine load or the other items. */
export const recordSchema = z.strictObject({
  id: z.string(),
  index: z.int().nonnegative(),
  score: scoreSchema,
  response: responseSchema,
});

export type ItemRecord = DeepReadonly<z.infer<typeof recordSchema>>;
