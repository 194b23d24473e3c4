/** Likelihoods beside those of the protocol, on request. */
import { z } from 'zod';
import { duelRuleOf, headroomOf } from '../core/duel-rule.ts';
import { LEAST_ORDERS } from '../lm/likelihood/mask-plan.ts';
import { list, whole } from '../options/fields.ts';
import { option } from '../options/option.ts';

/** More than these orders are a slip of the hand. */
const MOST_ORDERS = 1024;

const RULES =
  'one or more of duel:confidence, duel:entropy, duel:margin and duel:left-to-right, each also as NAME:block=N, and duel:best-of-K, separated by commas';

const rule = z
  .string()
  .trim()
  .refine((name) => duelRuleOf(name) !== null || headroomOf(name) !== null, RULES);

export const LIKELIHOOD_OPTIONS = {
  score: option(
    list(RULES, rule)
      .transform((given): readonly string[] => [...new Set(given)].sort())
      .describe(RULES),
    'further likelihoods of scored answers, under deterministic samplers: duel:confidence, duel:entropy, duel:margin, duel:left-to-right; each also as NAME:block=N; and duel:best-of-K, the most likely of K random orders',
    null,
    'none',
  ),
  /** Of answers of which not all masks are run; not under `paper`. */
  bracket: option(
    whole(LEAST_ORDERS, MOST_ORDERS),
    'bound −log p of scored answers from below too, from so many random orders, each one pass a token; with the NELBO that is a bracket',
    null,
    'none',
  ),
};
