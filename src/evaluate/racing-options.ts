/** Races between answers in place of a fixed number of passes. */
import { z } from 'zod';
import { LEAST_PASSES } from '../lm/likelihood/mask-plan.ts';
import { decimal, whole } from '../options/fields.ts';
import { option } from '../options/option.ts';

/** More passes or steps than this are a slip of the hand: their masks are planned in memory. */
export const MOST_PASSES = 65_536;

/** Forward passes of an answer where nothing says how many, and of questions without a choice in a run that races. */
export const STANDARD_PASSES = 32;

/** Of a scored alternative: so many, or as many as it takes. */
export type Passes = number | 'auto';

const PASSES = `a whole number from ${LEAST_PASSES} to ${MOST_PASSES}, or auto`;
const RISK = 'a number above 0 and at most 0.99, such as 0.005';

/** Where single answers are asked about: there is nothing to race for. */
export const fixedPasses = option(
  whole(LEAST_PASSES, MOST_PASSES),
  'forward passes a scored answer may take; fewer when all masks can be enumerated',
  STANDARD_PASSES,
);

/** Not under `paper`, whose T says how many passes there are. */
export const passes = option<Passes>(
  z.union([z.literal('auto'), whole(LEAST_PASSES, MOST_PASSES)]).describe(PASSES),
  'forward passes a scored answer may take, fewer when all masks can be enumerated; or auto: choices are raced until they are decided, and no values are kept',
  STANDARD_PASSES,
);

export const RACING_OPTIONS = {
  risk: option(
    decimal(RISK, z.number().gt(0).max(0.99)),
    'with --passes auto: chance that another answer wins than the first one',
    0.005,
  ),
  mostPasses: option(
    whole(LEAST_PASSES, MOST_PASSES),
    'with --passes auto: passes after which an answer that is still in the race ends it, undecided',
    33,
  ),
};
