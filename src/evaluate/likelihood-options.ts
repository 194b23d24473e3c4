/** Likelihoods beside those of the protocol, on request. */
import { z } from 'zod';
import { duelRuleOf, headroomOf } from '../core/duel-rule.ts';
import { list } from '../options/fields.ts';
import { option } from '../options/option.ts';

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
};
