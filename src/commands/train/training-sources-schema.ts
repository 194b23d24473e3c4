/** `data` and `task`: file names, task names, and the objects that a configuration file may hold, as sources with weights. */
import { z } from 'zod';
import { PROBLEM_GENERATORS } from '../../../tasks/problems/index.ts';
import { HarnessError } from '../../core/errors.ts';
import { nearest, unknownName } from '../../core/nearest.ts';
import { PAIR_LAYOUTS } from '../../training/data/pair-rows.ts';
import type { SourceOptions, TrainingVerb } from '../../training/start/options.ts';

const weight = z.number().positive().default(1);
const length = z.int().min(2).nullable().default(null);
const layout = z.enum(PAIR_LAYOUTS).optional();
const path = z.string().min(1);
const SCHEMAS = {
  text: z.strictObject({ kind: z.literal('text'), path, weight, length }),
  pairs: z.strictObject({ kind: z.literal('pairs'), path, layout, weight, length }),
  task: z.strictObject({
    kind: z.literal('task'),
    task: z.string(),
    settings: z.record(z.string(), z.unknown()).default({}),
    layout,
    weight,
    length,
  }),
};
const KINDS = ['text', 'pairs', 'task'] as const;

/**
 * Fine-tuning takes one pair a row and learns answers only, the other verbs pack pairs as running text; `layout` overrides it.
 *
 * @throws HarnessError 'bad-arguments' or 'unknown-name' that names the source
 */
export function resolveSources(
  verb: TrainingVerb,
  data: readonly (string | Readonly<Record<string, unknown>>)[],
  tasks: readonly string[],
): readonly SourceOptions[] {
  const named = [...data.map(ofPath), ...tasks.map((task) => ({ kind: 'task', task }))];
  if (named.length === 0) {
    throw new HarnessError('bad-arguments', '--data or --task: expected something to learn from, found neither', {
      hint: `bench ${verb} --help shows examples`,
    });
  }
  return named.map((source, i) => resolve(source, `data[${i}]`, verb));
}

const ofPath = (source: string | Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  typeof source === 'string' ? { kind: source.endsWith('.jsonl') ? 'pairs' : 'text', path: source } : source;

function resolve(source: Readonly<Record<string, unknown>>, where: string, verb: TrainingVerb): SourceOptions {
  const kind = KINDS.find((each) => each === source.kind);
  if (kind === undefined) {
    throw new HarnessError(
      'bad-arguments',
      `${where}: expected a kind of ${KINDS.join(', ')}, found ${JSON.stringify(source.kind)}`,
    );
  }
  const schema: z.ZodObject = SCHEMAS[kind];
  const parsed = SCHEMAS[kind].safeParse(source);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const key = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : null;
    const near = key === null ? null : nearest(key, Object.keys(schema.shape));
    throw new HarnessError(
      'bad-arguments',
      key === null ? `${where}.${issue?.path.join('.')}: ${issue?.message}` : `${where}: unknown key "${key}"`,
      { hint: near === null ? `known: ${Object.keys(schema.shape).join(', ')}` : `did you mean "${near}"?` },
    );
  }
  const found = parsed.data;
  if (found.kind === 'text') return found;
  if (found.kind === 'task') requireTask(found.task);
  return { ...found, layout: found.layout ?? (verb === 'finetune' ? 'rows' : 'packed') };
}

function requireTask(found: string): void {
  const candidates = PROBLEM_GENERATORS.map(({ name }) => name);
  if (!candidates.includes(found))
    throw unknownName({ kind: 'task', found, candidates, listedBy: 'bench finetune --help' });
}
