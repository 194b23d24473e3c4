import type { Tokens } from './models/tokens.ts';
import type { Units } from './units.ts';

/** Takes a token: its id, and the code units of its word that it stands for. */
export type GiveToken = (id: number, start: number, end: number) => void;

/** What is remembered of words, found by a stretch of code units without making a string of it. Words are of fewer than 2^16 code units. */
export class WordTable {
  /** Per slot: index of the word, plus one; 0: free. */
  #slots = new Int32Array(1 << 16);
  /** The code units of all words, one after the other, and where each begins; the last entry is where the next will. */
  #units = new Uint16Array(1 << 17);
  #starts = new Int32Array(1 << 14);
  /** The tokens of all words, likewise: an object a word would take many times as much. */
  #ids = new Int32Array(1 << 15);
  #tokenStarts = new Uint16Array(1 << 15);
  #tokenEnds = new Uint16Array(1 << 15);
  #idStarts = new Int32Array(1 << 14);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Gives the tokens of code units `from` to `to`, one by one. @returns false for a word that is not remembered */
  eachToken(units: Units, from: number, to: number, give: GiveToken): boolean {
    const index = this.#slots[this.#slotOf(units, from, to)] as number;
    if (index === 0) return false;
    const past = this.#idStarts[index] as number;
    for (let at = this.#idStarts[index - 1] as number; at < past; at++) {
      give(this.#ids[at] as number, this.#tokenStarts[at] as number, this.#tokenEnds[at] as number);
    }
    return true;
  }

  /** Appends the ids of code units `from` to `to`. @returns false for a word that is not remembered */
  appendIds(units: Units, from: number, to: number, into: number[]): boolean {
    const index = this.#slots[this.#slotOf(units, from, to)] as number;
    if (index === 0) return false;
    const past = this.#idStarts[index] as number;
    for (let at = this.#idStarts[index - 1] as number; at < past; at++) into.push(this.#ids[at] as number);
    return true;
  }

  add(units: Units, from: number, to: number, { ids, starts, ends }: Tokens): void {
    const start = this.#starts[this.size] as number;
    const idStart = this.#idStarts[this.size] as number;
    this.#makeRoom(start + to - from, idStart + ids.length);
    for (let at = from; at < to; at++) this.#units[start + at - from] = units[at] as number;
    this.#ids.set(ids, idStart);
    this.#tokenStarts.set(starts, idStart);
    this.#tokenEnds.set(ends, idStart);
    const slot = this.#slotOf(units, from, to);
    this.#slots[slot] = ++this.#size;
    this.#starts[this.size] = start + to - from;
    this.#idStarts[this.size] = idStart + ids.length;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  /** The slot of a word, or the free one where it would stand. */
  #slotOf(units: Units, from: number, to: number): number {
    const last = this.#slots.length - 1;
    let slot = hashOf(units, from, to) & last;
    for (let index = this.#slots[slot] as number; index !== 0; index = this.#slots[slot] as number) {
      if (this.#isWord(index - 1, units, from, to)) return slot;
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #isWord(index: number, units: Units, from: number, to: number): boolean {
    const own = this.#units;
    const start = this.#starts[index] as number;
    const length = to - from;
    if ((this.#starts[index + 1] as number) - start !== length) return false;
    for (let at = 0; at < length; at++) if (own[start + at] !== units[from + at]) return false;
    return true;
  }

  #makeRoom(units: number, ids: number): void {
    if (units > this.#units.length) this.#units = grown(this.#units, new Uint16Array(units * 2));
    if (ids > this.#ids.length) {
      this.#ids = grown(this.#ids, new Int32Array(ids * 2));
      this.#tokenStarts = grown(this.#tokenStarts, new Uint16Array(ids * 2));
      this.#tokenEnds = grown(this.#tokenEnds, new Uint16Array(ids * 2));
    }
    if (this.size + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Int32Array(this.#starts.length * 4));
      this.#idStarts = grown(this.#idStarts, new Int32Array(this.#idStarts.length * 4));
    }
    if (this.size * 2 < this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let index = 0; index < this.size; index++) {
      const slot = this.#slotOf(this.#units, this.#starts[index] as number, this.#starts[index + 1] as number);
      this.#slots[slot] = index + 1;
    }
  }
}

function grown<A extends Uint16Array | Int32Array>(values: A, into: A): A {
  into.set(values);
  return into;
}

/** FNV-1a over code units, its high bits mixed in. */
function hashOf(units: Units, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (units[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
