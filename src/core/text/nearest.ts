/** "Did you mean …": the nearest known name, and the error that says so. */
import { distance } from 'fastest-levenshtein';
import { HarnessError } from '../errors.ts';

/** Names listed in a hint before it refers to `--help` or `bench list` instead. */
const LISTED = 12;

/**
 * The candidate nearest to `found`, or null when none is near enough to be what was meant: a candidate that starts with
 * `found` (three characters or more), else one within an edit for every three characters of the longer of both names, or
 * with two neighbouring letters swapped.
 */
export function nearest(found: string, candidates: readonly string[]): string | null {
  const wanted = found.toLowerCase();
  if (wanted === '') return null;
  const prefixed = candidates.filter((candidate) => wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted));
  if (prefixed.length > 0) return prefixed.reduce((a, b) => (b.length < a.length ? b : a));
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const d = distance(wanted, candidate.toLowerCase());
    if (d < bestDistance && d <= reach(wanted, candidate)) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** Largest edit distance of a slip; two letters swapped count two. Of three letters the first is rarely the one that slips: `gpu` is not `cpu`. */
function reach(wanted: string, candidate: string): number {
  if (wanted.length === 3 && candidate.length === 3 && wanted[0] !== candidate[0]?.toLowerCase()) return 0;
  const most = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
  return most === 1 && isSwapped(wanted, candidate.toLowerCase()) ? 2 : most;
}

function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.slice(0, at) + a.charAt(at + 1) + a.charAt(at) + a.slice(at + 2) === b;
}

export interface UnknownName {
  /** What kind of thing was named: `task`, `model`, `flag`. */
  readonly kind: string;
  readonly found: string;
  readonly candidates: readonly string[];
  /** The command that names them all; shown when nothing is near and the list is long. */
  readonly listedBy: string;
}

/** The error for a name that does not exist; its hint names the nearest one, or all of them, or how to list them. */
export function unknownName({ kind, found, candidates, listedBy }: UnknownName): HarnessError {
  const near = nearest(found, candidates);
  const all = candidates.length <= LISTED ? `known: ${candidates.join(', ')}` : `list them with: ${listedBy}`;
  const hint = near === null ? all : `did you mean ${near}? (${all})`;
  return new HarnessError('unknown-name', `unknown ${kind} "${found}"`, { hint });
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
