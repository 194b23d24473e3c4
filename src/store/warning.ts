import { z } from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';

/** Something a reader of results should know that did not stop the run. Shown by reports; never just a log line. */
export const warningSchema = z.strictObject({
  /**
   * `damaged-records`: lines were set aside and their items recomputed, or are to be;
   * `damaged-environment`: clock and host facts of earlier sessions were set aside;
   * `damaged-traces`: stored steps of texts were cut off and are to be made again;
   * `stale-lock`: an earlier process ended without releasing the run;
   * `not-reproduced`: an item that was computed a second time gave another record;
   * `mixed-engines`: another engine or type of number computed these items (`bench merge --allow-different`);
   * `lint`: model, tokenizer and data do not go together as they should (src/lint).
   */
  code: z.enum([
    'damaged-records',
    'damaged-environment',
    'damaged-traces',
    'stale-lock',
    'not-reproduced',
    'mixed-engines',
    'lint',
  ]),
  message: z.string(),
  exampleIds: z.array(z.string()),
});

export type RunWarning = DeepReadonly<z.infer<typeof warningSchema>>;

export const warning = (code: RunWarning['code'], message: string, exampleIds: readonly string[] = []): RunWarning => ({
  code,
  message,
  exampleIds,
});
