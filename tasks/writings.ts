/** How models write in most tasks. */
import type { Writing } from '#harness';

/** As many tokens as the reference has, each the likeliest. */
export const GREEDY: Writing = { length: 'gold', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] };

/** The published sampler: tokens are drawn. */
export const DRAWN: Writing = { ...GREEDY, form: 'paper', temperature: 'published' };
