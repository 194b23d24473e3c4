import type { Seconds } from '../../core/units.ts';

/** Units of a worker by which it is judged. */
const LATEST = 9;

/** How long workers take for an item, as measured of the units that they handed in lately. */
export class Rates {
  /** By worker: seconds an item of each unit, the oldest first, and of the one in the middle. */
  readonly #measured = new Map<string, { readonly units: readonly Seconds[]; readonly median: Seconds }>();
  /** Medians of all workers, in order, as they were `#since` notes ago. */
  #sorted: readonly Seconds[] = [];
  #since = 0;

  note(worker: string, items: number, seconds: Seconds): void {
    if (items === 0) return;
    const units = [...(this.#measured.get(worker)?.units ?? []), seconds / items].slice(-LATEST);
    this.#measured.set(worker, { units, median: lowerMedian(units.toSorted(upwards)) });
    this.#since++;
  }

  /** Workers that are gone hold nobody back. */
  keep(workers: ReadonlySet<string>): void {
    for (const name of this.#measured.keys()) if (!workers.has(name)) this.#measured.delete(name);
    this.#sort();
  }

  /** Seconds an item of the slowest worker; null where nothing was measured. The first unit of a worker loads its model, so medians are taken. */
  get slowest(): Seconds | null {
    return this.#typical().at(-1) ?? null;
  }

  /** Of the worker in the middle; null likewise. */
  get typical(): Seconds | null {
    const each = this.#typical();
    return each.length === 0 ? null : lowerMedian(each);
  }

  /** Of a thousand workers, not for each note anew. */
  #typical(): readonly Seconds[] {
    if (this.#since > this.#measured.size / 16) this.#sort();
    return this.#sorted;
  }

  #sort(): void {
    this.#sorted = [...this.#measured.values()].map(({ median }) => median).sort(upwards);
    this.#since = 0;
  }
}

const upwards = (a: number, b: number): number => a - b;
const lowerMedian = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)] as number;
