/** What was given, checked option by option and completed. Every refusal says where, what was expected, what was found. */
import { badArguments } from '../core/errors.ts';
import { nearest } from '../core/text/nearest.ts';
import { type Declared, flagOf, type GivenOf, type Option, type OptionsOf } from './option.ts';

/** Values by flag: text as typed, or members of a configuration file. */
export type Given = Readonly<Record<string, unknown>>;

/**
 * Options from flags.
 *
 * @param where how messages name a flag: `--limit`, `"limit" in run.json`
 * @param also  keys that may stand beside them and are read elsewhere, for hints
 * @throws HarnessError 'bad-arguments' on an unknown key, a wrong value, or none where one must be given
 */
export function optionsOf<D extends Declared>(
  declared: D,
  given: Given,
  where: (flag: string) => string = (flag) => `--${flag}`,
  also: readonly string[] = [],
): OptionsOf<D> {
  const entries = Object.entries(declared).map(([key, each]) => [key, flagOf(key, each), each] as const);
  const flags = entries.map(([, flag]) => flag);
  const unknown = Object.keys(given).find((key) => !flags.includes(key));
  if (unknown !== undefined) {
    const known = [...flags, ...also];
    const near = nearest(unknown, known);
    const hint = near === null ? `known: ${known.join(', ')}` : `did you mean "${near}"?`;
    throw badArguments(`${where(unknown)}: unknown key`, hint);
  }
  const values = entries.map(([key, flag, each]) => [key, checked(each, given[flag], where(flag))]);
  return Object.fromEntries(values) as OptionsOf<D>;
}

/** Options from a call in code: the same checks and presets, by member. @throws HarnessError as `optionsOf` */
export function completed<D extends Declared>(declared: D, given: GivenOf<D>): OptionsOf<D> {
  const byMember = Object.entries(declared).map(([key, each]) => [key, { ...each, flag: key }]);
  const said = Object.entries(given).filter(([key, value]) => value !== declared[key]?.preset);
  return optionsOf(Object.fromEntries(byMember) as D, Object.fromEntries(said), (key) => key);
}

function checked({ field, preset }: Option, given: unknown, where: string): unknown {
  if (given === undefined && preset !== undefined) return preset;
  const parsed = field.safeParse(given);
  if (parsed.success) return parsed.data;
  const expected = limited(field.description ?? 'another value', given);
  const near = nearest(String(given), expected.split(/,? and |, | or /));
  const hint = near === null ? undefined : `did you mean ${near}?`;
  throw badArguments(`${where}: expected ${expected}, found ${shown(given)}`, hint);
}

/** A number too large to be counted is refused by the limit that nobody else meets. */
function limited(expected: string, given: unknown): string {
  const isOpen = /^a whole number of at least \d+$/.test(expected);
  return isOpen && Number(given) > Number.MAX_SAFE_INTEGER
    ? `${expected}, at most ${Number.MAX_SAFE_INTEGER}`
    : expected;
}

/** A value that was given, in a message. */
export function shown(value: unknown): string {
  if (value === undefined || value === '' || value === null) return 'nothing';
  return Array.isArray(value) ? value.map(shown).join(' and ') : JSON.stringify(value);
}
