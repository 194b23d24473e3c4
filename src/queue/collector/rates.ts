import type { Seconds } from '../../core/units.ts';

/** Units of a worker by which it is judged. */
const LATEST = 9;

/** How long workers take for an item, as measured of the units that they handed in lately. */
export class Rates {
  /** Seconds an item of each unit, the oldest first, by worker. */
  readonly #measured = new Map<string, readonly Seconds[]>();

  note(worker: string, items: number, seconds: Seconds): void {
    if (items > 0) this.#measured.set(worker, [...(this.#measured.get(worker) ?? []), seconds / items].slice(-LATEST));
  }

  /** Workers that are gone hold nobody back. */
  keep(workers: ReadonlySet<string>): void {
    for (const name of this.#measured.keys()) if (!workers.has(name)) this.#measured.delete(name);
  }

  /** Seconds an item of the slowest worker; null where nothing was measured. The first unit of a worker loads its model, so medians are taken. */
  get slowest(): Seconds | null {
    const each = this.#typical();
    return each.length === 0 ? null : Math.max(...each);
  }

  /** Of the worker in the middle; null likewise. */
  get typical(): Seconds | null {
    const each = this.#typical();
    return each.length === 0 ? null : lowerMedian(each);
  }

  #typical(): readonly Seconds[] {
    return [...this.#measured.values()].map(lowerMedian);
  }
}

function lowerMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}
