/** `bench.config.ts|json`: the rules of the gate. The published JSON schema is made from this one. */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { TESTS } from '../../stats/tests/paired-test.ts';

const judged = {
  margin: z
    .number()
    .gt(0)
    .optional()
    .describe(
      'largest loss that counts as none, in the units of the metric (a share for accuracies); 0.02, or 2 % of the baseline, where absent',
    ),
  test: z
    .enum(TESTS)
    .optional()
    .describe('test by which a loss is shown; McNemar for 0/1 values, else permuted signs or t, where absent'),
};

const rule = z
  .strictObject({
    metric: z.string().min(1).optional().describe('metric to judge; the headline where absent'),
    metrics: z
      .record(z.string().min(1), z.strictObject(judged))
      .refine((metrics) => Object.keys(metrics).length > 0, 'expected at least one metric')
      .meta({ minProperties: 1 })
      .optional()
      .describe(
        'several metrics to judge, by name, in place of metric; margin and test beside them are for those without',
      ),
    ...judged,
  })
  .refine(
    ({ metric, metrics }) => metric === undefined || metrics === undefined,
    'expected metric or metrics, not both',
  );

const guards = z.strictObject({
  unscored: z
    .int()
    .min(0)
    .optional()
    .describe('items more than in the baseline that may be without a score; 0 where absent'),
  nfe: z
    .number()
    .gt(0)
    .nullable()
    .optional()
    .describe('largest ratio of sequences an item to the baseline; null = any; 1.1 where absent'),
  seconds: z
    .number()
    .gt(0)
    .nullable()
    .optional()
    .describe('largest ratio of seconds an item to the baseline; null = any, also where absent'),
  environment: z
    .enum(['ignore', 'warn', 'require'])
    .optional()
    .describe(
      'another machine or engine than the baseline: nothing, a warning, or an inconclusive gate; warn where absent',
    ),
});

const gate = z.strictObject({
  alpha: z
    .number()
    .gt(0)
    .lt(0.5)
    .optional()
    .describe('chance of any false alarm over all tasks and metrics (Holm), and of each wrong pass; 0.05 where absent'),
  power: z
    .number()
    .gt(0.5)
    .lt(1)
    .optional()
    .describe('power for which the number of items that would decide is computed; 0.8 where absent'),
  defaults: rule.optional().describe('rule of every task; a task of its own overrides it key by key'),
  tasks: z.record(z.string(), rule).optional().describe('rules by task name; each must be in the baseline'),
  guards: guards.optional(),
});

export const CONFIG_SCHEMA = z.strictObject({
  $schema: z.string().optional().describe('where this schema is'),
  gate: gate.optional(),
  plugins: z
    .array(z.string().min(1))
    .optional()
    .describe('files, from this folder, or packages that add tasks, engines and more'),
});

export type BenchConfig = z.infer<typeof CONFIG_SCHEMA>;
export type GateRule = z.infer<typeof rule>;
/** How one metric is judged; the headline where it names none. */
export type MetricRule = Omit<GateRule, 'metrics'>;

/** Rules with nothing left open but what depends on the metric. */
export type GateRules = DeepReadonly<ReturnType<typeof resolveGateRules>>;

export function resolveGateRules({ gate: given = {} }: BenchConfig) {
  const { alpha = 0.05, power = 0.8, defaults = {}, tasks = {}, guards: limits = {} } = given;
  const { unscored = 0, nfe = 1.1, seconds = null, environment = 'warn' } = limits;
  return { alpha, power, defaults, tasks, guards: { unscored, nfe, seconds, environment } };
}

/** The rules of a task, one a metric; what it says of metrics replaces what the defaults say of them. */
export function metricRules(task: string, { defaults, tasks }: GateRules): readonly MetricRule[] {
  const own: GateRule = tasks[task] ?? {};
  const { metric, metrics } = own.metric === undefined && own.metrics === undefined ? defaults : own;
  const common: MetricRule = { ...defaults, ...own, metric };
  if (metrics === undefined) return [common];
  return Object.entries(metrics).map(([name, rule]) => ({ ...common, ...rule, metric: name }));
}

/** The published form, as `bench.config.schema.json` holds it. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(CONFIG_SCHEMA, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'bench.config', ...schema }, null, 2)}\n`;
}
