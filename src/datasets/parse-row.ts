/** One row through its schema; what is wrong with it is said in one sentence that names file, line and field. */

import { type ZodType, z } from 'zod';
import { HarnessError } from '../core/errors.ts';

/** Where a row stands in its file. `number` counts from 1. */
export interface RowPlace {
  readonly file: string;
  readonly unit: 'line' | 'row';
  readonly number: number;
}

/** Longest excerpt of a bad value in a message. */
const SHOWN = 60;

/** @throws HarnessError 'bad-dataset' */
export function parseRow<Row>(schema: ZodType<Row>, value: unknown, place: RowPlace): Row {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const expected = issue === undefined ? 'a valid row' : expectation(issue);
  const hint = `correct that ${place.unit}, or the schema of the rows; bench data verify checks published files`;
  throw badRow(place, path.join('.'), expected, valueAt(value, path), hint);
}

/** What a schema asks for, so that it completes `expected …`: its author's words as they stand, zod's without what is said beside. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'no such field';
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.message === 'Invalid input') {
    const firsts = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first]));
    if (firsts.every(({ path }) => path.length === 0)) return [...new Set(firsts.map(expectation))].join(' or ');
  }
  return issue.message
    .replace(/^Invalid input: expected (.*), received \S+$/, '$1')
    .replace(/^(?:[A-Z][\w ]*[:.] )?[Ee]xpected /, '')
    .replace(/^Invalid (string|number): /, '$1 that ')
    .replace(/^Invalid (input$)?/, (_all, input) => `a valid ${input === undefined ? '' : 'value'}`);
}

/** The error for a row that is not what it should be. `field` is empty when the row as a whole is meant. */
export function badRow(
  place: RowPlace,
  field: string,
  expected: string,
  found: unknown,
  hint = `correct that ${place.unit}`,
): HarnessError {
  const where = `${place.file}, ${place.unit} ${place.number}${field === '' ? '' : `, field ${field}`}`;
  return new HarnessError('bad-dataset', `${where}: expected ${expected}, found ${shown(found)}`, { hint });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

/**
 * Schema of a label: an integer from `first` to `last`, as a number or as its decimal digits (published files have
 * both). Anything else, the empty text included, is refused.
 */
export function label(first: number, last: number): ZodType<number> {
  return z.unknown().transform((value, context) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= first && number <= last) return number;
    context.addIssue({ code: 'custom', message: `an integer from ${first} to ${last}` });
    return z.NEVER;
  });
}
