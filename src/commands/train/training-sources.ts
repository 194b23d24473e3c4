/** `data` and `task`: file names, task names, and the objects that a configuration file may hold, as sources with weights. */
import { z } from 'zod';
import { PROBLEM_GENERATORS } from '../../../tasks/problems/index.ts';
import { badArguments } from '../../core/errors.ts';
import { unknownName } from '../../core/text/nearest.ts';
import { choice, text } from '../../options/fields.ts';
import { option } from '../../options/option.ts';
import { optionsOf } from '../../options/read-options.ts';
import { PAIR_LAYOUTS } from '../../training/data/pair-rows.ts';
import type { SourceOptions, TrainingVerb } from '../../training/start/options.ts';

const path = option(text('a path'), 'what is learnt');
const share = {
  weight: option(z.number().positive().describe('a number above 0'), 'share of the rows', 1),
  length: option(z.int().min(2).nullable().describe('a whole number of at least 2'), 'tokens a row', null),
};
const layout = option(choice(PAIR_LAYOUTS), 'one a row, or packed as running text', null);
const settings = option(z.record(z.string(), z.unknown()).describe('an object'), 'of the task', {});
const PAIRS = { path, layout, ...share };
const TASK = { task: option(text('a task'), 'its name'), settings, layout, ...share };

/** A source as it may be written: a path, or an object. */
type Written = string | Readonly<Record<string, unknown>>;

/**
 * Fine-tuning takes one pair a row and learns answers only, the other verbs pack pairs as running text; `layout` overrides it.
 *
 * @throws HarnessError 'bad-arguments' or 'unknown-name' that names the source
 */
export function resolveSources(
  verb: TrainingVerb,
  data: readonly Written[],
  tasks: readonly string[],
): readonly SourceOptions[] {
  const named = [...data.map(ofPath), ...tasks.map((task) => ({ kind: 'task', task }))];
  if (named.length === 0) {
    const hint = `bench ${verb} --help shows examples`;
    throw badArguments('--data or --task: expected something to learn from, found neither', hint);
  }
  return named.map((source, i) => resolve(source, `data[${i}]`, verb === 'finetune' ? 'rows' : 'packed'));
}

const ofPath = (source: Written): Exclude<Written, string> =>
  typeof source === 'string' ? { kind: source.endsWith('.jsonl') ? 'pairs' : 'text', path: source } : source;

function resolve(source: Exclude<Written, string>, name: string, standard: 'rows' | 'packed'): SourceOptions {
  const { kind, ...given } = source;
  const where = (key: string) => `${name}.${key}`;
  switch (kind) {
    case 'text':
      return { kind, ...optionsOf({ path, ...share }, given, where) };
    case 'pairs':
      return { kind, ...withLayout(optionsOf(PAIRS, given, where), standard) };
    case 'task': {
      const found = optionsOf(TASK, given, where);
      requireTask(found.task);
      return { kind, ...withLayout(found, standard) };
    }
    default: {
      const found = JSON.stringify(kind);
      throw badArguments(`${name}: expected a kind of text, pairs, task, found ${found}`);
    }
  }
}

/** One that was given keeps its place among the members: stored records show them in this order. */
function withLayout<S extends { readonly layout: 'rows' | 'packed' | null }>(source: S, standard: 'rows' | 'packed') {
  const { layout: given, ...others } = source;
  return given === null ? { ...others, layout: standard } : { ...source, layout: given };
}

function requireTask(found: string): void {
  const candidates = PROBLEM_GENERATORS.map(({ name }) => name);
  if (!candidates.includes(found))
    throw unknownName({ kind: 'task', found, candidates, listedBy: 'bench finetune --help' });
}
