/**
 * Pointer chasing: a table f(1) … f(n) and a start s are given, and the answer lists the hops f(s), f(f(s)), …
 *
 * Written last hop first, the first token of the answer needs all hops and the last needs one: a model that writes from left
 * to right meets the hardest token first, one that may choose its order need not. It tests the order of writing by
 * construction, and nothing else; first hop first is the control.
 */
import { z } from 'zod';
import { problemGenerator, wholeNumber } from './generator.ts';

/** What the prompt ends with says which order is asked for. */
const MARK = { 'last-hop-first': ':', 'first-hop-first': '>' } as const;

export const pointerChasing = problemGenerator({
  name: 'pointer-chasing',
  about: 'follow pointers in a table, written last hop first (or first hop first)',
  version: 2,
  words: [...Object.values(MARK)],
  schema: z.strictObject({
    /** Entries of the table. */
    entries: wholeNumber(2, 99).default(10),
    hops: wholeNumber(1, 16).default(4),
    order: z.enum(['last-hop-first', 'first-hop-first']).default('last-hop-first'),
  }),
  propose(random, { entries, hops, order }) {
    const table = Array.from({ length: entries }, () => random.between(1, entries));
    const start = random.between(1, entries);
    const visited: number[] = [];
    for (let at = start; visited.length < hops; ) {
      at = table[at - 1] as number;
      visited.push(at);
    }
    const written = order === 'last-hop-first' ? visited.toReversed() : visited;
    return {
      prompt: `${[...table, start].join(' ')} ${MARK[order]}`,
      answer: written.join(' '),
      key: [...table, start].join(),
    };
  },
  isCorrect: ({ answer }, written) => written === answer,
});
