import type { Seconds } from '../../src/core/units.ts';

interface Entry {
  readonly at: Seconds;
  readonly happens: () => void;
}

/** What is to happen, under a clock that goes from one event to the next: a binary heap by time. */
export class Agenda {
  readonly #heap: Entry[] = [];
  now: Seconds = 0;

  at(time: Seconds, happens: () => void): void {
    const heap = this.#heap;
    let place = heap.length;
    const entry = { at: time, happens };
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((heap[above] as Entry).at <= time) break;
      heap[place] = heap[above] as Entry;
      place = above;
    }
    heap[place] = entry;
  }

  after(time: Seconds, happens: () => void): void {
    this.at(this.now + time, happens);
  }

  /** @throws RangeError where nothing is to happen any more */
  next(): void {
    const [first] = this.#heap;
    if (first === undefined) throw new RangeError('Agenda: nothing is to happen any more');
    const last = this.#heap.pop() as Entry;
    if (this.#heap.length > 0) this.#sink(last);
    this.now = first.at;
    first.happens();
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const below = this.#earlierBelow(place);
      if (below === null || (heap[below] as Entry).at >= entry.at) break;
      heap[place] = heap[below] as Entry;
      place = below;
    }
    heap[place] = entry;
  }

  #earlierBelow(place: number): number | null {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    const [a, b] = [this.#heap[left], this.#heap[right]];
    if (a === undefined) return null;
    return b === undefined || a.at <= b.at ? left : right;
  }
}
