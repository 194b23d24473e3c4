/** Which data sets the actions of `bench data` mean. */
import { dataLock, sourceNames } from '../../datasets/lock.ts';

export interface DataOptions {
  /** Task names (`piqa`) or names of one source (`hellaswag/text`); none = all. */
  readonly names: readonly string[];
  /** null = `BENCH_DATA_DIR`, then the cache folder. */
  readonly dataDir: string | null;
}

/** Names of sources, in the order asked; all when none is named. */
export function selected(names: readonly string[]): readonly string[] {
  if (names.length === 0) return Object.keys(dataLock().sources);
  return [...new Set(names.flatMap((name) => sourceNames(name)))];
}

/** Of data sets, whatever their forms: `hellaswag`. */
export function setNames(): readonly string[] {
  return [...new Set(Object.keys(dataLock().sources).map((name) => name.slice(0, name.indexOf('/'))))];
}
