/** What options accept: text as typed after a flag, JSON values of a configuration file, and what code passes, alike. */
import { z } from 'zod';

/** Text, without blanks around it. */
export const text = (expected: string) => z.string().trim().min(1).describe(expected);

export const switched = z.boolean().describe('true or false');

export const onOrOff = z
  .union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')])
  .describe('on or off');

/** One of these words. */
export const choice = <const C extends readonly string[]>(
  words: C,
  expected = words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
) => z.enum(words).describe(expected);

const number = (written: RegExp) =>
  z.union([z.number(), z.string().trim().regex(written).transform(Number)]).pipe(z.number().finite());

/** @param limits such as `z.number().min(0)` */
export const decimal = (expected: string, limits: z.ZodType<number, number>) =>
  number(/^\d*\.?\d+(e-?\d+)?$/i)
    .pipe(limits)
    .describe(expected);

export const whole = (least: number, most?: number) =>
  number(/^\d+$/)
    .pipe(
      z
        .int()
        .min(least)
        .max(most ?? Number.MAX_SAFE_INTEGER),
    )
    .describe(most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`);

/** One or more, separated by commas or repeated. */
export const list = <T>(expected: string, item: z.ZodType<T>): z.ZodType<readonly T[]> =>
  z.preprocess(splitList, z.array(item).min(1)).describe(expected);

/** Names, each once. @param what such as `task names` */
export const names = (what: string) => {
  const expected = `one or more ${what}, separated by commas`;
  const once = (given: readonly string[]): readonly string[] => [...new Set(given)];
  return list(expected, text(expected)).transform(once).describe(expected);
};

/** Numbers, each once, the smallest first. */
export const ascending = (expected: string, item: z.ZodType<number>): z.ZodType<readonly number[]> =>
  list(expected, item)
    .transform((given) => [...new Set(given)].sort((a, b) => a - b))
    .describe(expected);

/** `"A,B"`, `["A", "B"]`, `["A,B"]` and `3` as a list of items. */
function splitList(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap(splitList);
  return typeof value === 'string' ? value.split(',') : value === undefined ? undefined : [value];
}
