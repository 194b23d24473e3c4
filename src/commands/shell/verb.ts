/** What a verb is, and how it reads its flags. */
import { HarnessError } from '../../core/errors.ts';
import { unknownName } from '../../core/nearest.ts';
import type { RawOptions } from '../run/run-schema.ts';
import type { Flags } from './flags.ts';
import type { CommandIo } from './io.ts';

export interface Verb {
  readonly name: string;
  /** Positional arguments in words, such as `RUN [ITEM]`; brackets mark those that may be left out. */
  readonly takes: string;
  readonly about: string;
  /** Further paragraphs of `bench VERB --help`. */
  readonly notes?: string;
  readonly flags: Flags;
  /** What it means by exit codes besides what all verbs mean; a clause. */
  readonly exits?: Readonly<Partial<Record<'failure' | 'regression' | 'inconclusive', string>>>;
  /** Command line after `bench`, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  execute(names: readonly string[], flags: RawOptions, io: CommandIo): Promise<number>;
}

/** How many positional arguments a verb takes, read from `takes`. */
export function arity(verb: Verb): { readonly least: number; readonly most: number } {
  const words = verb.takes.split(' ').filter((word) => word !== '');
  const least = words.filter((word) => !word.startsWith('[')).length;
  return { least, most: words.some((word) => word.includes('...')) ? Number.POSITIVE_INFINITY : words.length };
}

/** One of a closed list of words. @throws HarnessError 'unknown-name' with the nearest one */
export function oneOf<const C extends readonly string[]>(
  kind: string,
  found: string,
  candidates: C,
  listedBy: string,
): C[number] {
  const known = candidates.find((candidate) => candidate === found);
  if (known === undefined) throw unknownName({ kind, found, candidates, listedBy });
  return known;
}

/** A flag with one value; null where it was not given. */
export function text(flags: RawOptions, key: string): string | null {
  const value = flags[key];
  if (value === undefined) return null;
  if (typeof value === 'string' && value !== '') return value;
  throw new HarnessError(
    'bad-arguments',
    `--${key}: expected one value, found ${value === '' ? 'nothing' : 'several'}`,
  );
}

/** A switch that was given. */
export const isOn = (flags: RawOptions, key: string): boolean => flags[key] === true;
