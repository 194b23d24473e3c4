/** The border of `compare`, `gate` and `bless`: flags to options. */
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';
import { TESTS } from '../../gate/compare/test-difference.ts';
import { DIFFERENCES } from '../../gate/measured/comparability.ts';
import { PAIRED_INTERVALS } from '../../stats/intervals/paired-interval.ts';
import { decimal, list, optional, parse, type RawOptions } from '../run/run-schema.ts';
import type { BlessOptions } from './bless.ts';
import type { CompareOptions } from './compare.ts';
import { COMPARE_DEFAULTS } from './compare-defaults.ts';
import type { GateOptions } from './gate.ts';

const share = (most: number) => decimal.pipe(z.number().gt(0).lt(most));

const pattern = (text: string, context: z.RefinementCtx): RegExp => {
  try {
    return new RegExp(text);
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
};
const names = list(z.string().trim().min(1));

const COMPARE_SCHEMA = z.strictObject({
  models: optional(
    'two model names separated by a comma: reference, candidate',
    names.pipe(z.array(z.string()).length(2)),
  ),
  tasks: optional('one or more task names, separated by commas', names),
  metrics: optional('one or more metric names, separated by commas', names),
  test: optional(TESTS.join(' or '), z.enum(TESTS)),
  interval: optional(PAIRED_INTERVALS.join(' or '), z.enum(PAIRED_INTERVALS)),
  clusters: optional('a regular expression for item ids', z.string().min(1).transform(pattern)),
  alpha: optional('a share above 0 and below 0.5', share(0.5)),
  power: optional('a share above 0.5 and below 1', decimal.pipe(z.number().gt(0.5).lt(1))),
  margin: optional('a share above 0 and below 1', share(1)),
  'allow-different': optional(`one or more of ${DIFFERENCES.join(', ')}`, list(z.enum(DIFFERENCES))),
  flips: optional('a whole number of at least 0', z.string().regex(/^\d+$/).transform(Number)),
  format: optional('md or csv', z.enum(['md', 'csv'])),
  json: optional('true or false', z.boolean()),
});

/** @throws HarnessError 'bad-arguments' that names the flag, what was expected and what was found */
export function resolveCompareOptions(paths: readonly string[], flags: RawOptions): CompareOptions {
  const given = parse(COMPARE_SCHEMA, flags, (key) => `--${key}`);
  const [first, second] = given.models ?? [];
  if (given.clusters !== undefined && given.test?.startsWith('mcnemar') === true) {
    throw new HarnessError('bad-arguments', `--test: expected permutation or t with --clusters, found ${given.test}`, {
      hint: 'McNemar’s test is for independent items',
    });
  }
  return {
    reference: paths[0] ?? '',
    candidate: paths[1] ?? null,
    models: first === undefined || second === undefined ? null : [first, second],
    tasks: given.tasks ?? null,
    metrics: given.metrics ?? null,
    test: given.test ?? COMPARE_DEFAULTS.test,
    interval: given.interval ?? COMPARE_DEFAULTS.interval,
    clusters: given.clusters ?? null,
    alpha: given.alpha ?? COMPARE_DEFAULTS.alpha,
    power: given.power ?? COMPARE_DEFAULTS.power,
    margin: given.margin ?? COMPARE_DEFAULTS.margin,
    allowed: given['allow-different'] ?? [],
    flips: given.flips ?? 0,
    format: given.json === true ? 'json' : (given.format ?? 'table'),
  };
}

const GATE_SCHEMA = z.strictObject({
  baseline: z.string().min(1).describe('a baseline file, run folder or folder of runs'),
  candidate: z.string().min(1).describe('a run folder or folder of runs'),
  config: optional('a file', z.string().min(1)),
  'baseline-model': optional('a model name', z.string().min(1)),
  'candidate-model': optional('a model name', z.string().min(1)),
  markdown: optional('a file', z.string().min(1)),
  junit: optional('a file', z.string().min(1)),
  json: optional('true or false', z.boolean()),
});

/** @param env for the variables by which GitHub says that it listens */
export function resolveGateOptions(flags: RawOptions, env: NodeJS.ProcessEnv): GateOptions {
  const given = parse(GATE_SCHEMA, flags, (key) => `--${key}`);
  const summary = env.GITHUB_STEP_SUMMARY ?? '';
  return {
    baseline: given.baseline,
    candidate: given.candidate,
    baselineModel: given['baseline-model'] ?? null,
    candidateModel: given['candidate-model'] ?? null,
    config: given.config ?? null,
    markdown: given.markdown ?? null,
    junit: given.junit ?? null,
    stepSummary: summary === '' ? null : summary,
    annotate: env.GITHUB_ACTIONS === 'true',
    json: given.json ?? false,
  };
}

const BLESS_SCHEMA = z.strictObject({
  name: optional('a name', z.string().min(1)),
  models: optional('one or more model names, separated by commas', names),
  tasks: optional('one or more task names, separated by commas', names),
  out: optional('a folder', z.string().min(1)),
  json: optional('true or false', z.boolean()),
});

export function resolveBlessOptions(path: string, flags: RawOptions): BlessOptions {
  const given = parse(BLESS_SCHEMA, flags, (key) => `--${key}`);
  return {
    path,
    name: given.name ?? null,
    models: given.models ?? null,
    tasks: given.tasks ?? null,
    out: given.out ?? 'results/baselines',
    json: given.json ?? false,
  };
}
