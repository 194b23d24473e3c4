import type { Tokens } from './models/tokens.ts';
import type { Units } from './units.ts';

/** What is remembered of words, found by a stretch of code units without making a string of it. */
export class WordTable {
  /** Per slot: index of the word, plus one; 0: free. */
  #slots = new Int32Array(1 << 13);
  /** The code units of all words, one after the other, and where each begins; the last entry is where the next will. */
  #units = new Uint16Array(1 << 16);
  #starts: number[] = [0];
  #tokens: Tokens[] = [];

  get size(): number {
    return this.#tokens.length;
  }

  /** The tokens of code units `from` to `to`; undefined for a word that is not remembered. */
  find(units: Units, from: number, to: number): Tokens | undefined {
    const index = this.#slots[this.#slotOf(units, from, to)] as number;
    return index === 0 ? undefined : this.#tokens[index - 1];
  }

  add(units: Units, from: number, to: number, tokens: Tokens): void {
    const start = this.#starts.at(-1) as number;
    this.#makeRoom(start + to - from);
    for (let at = from; at < to; at++) this.#units[start + at - from] = units[at] as number;
    this.#slots[this.#slotOf(units, from, to)] = this.#tokens.push(tokens);
    this.#starts.push(start + to - from);
  }

  clear(): void {
    this.#slots.fill(0);
    this.#starts = [0];
    this.#tokens = [];
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

  #makeRoom(length: number): void {
    if (length > this.#units.length) {
      const units = new Uint16Array(Math.max(length, this.#units.length * 2));
      units.set(this.#units);
      this.#units = units;
    }
    if (this.size * 2 < this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let index = 0; index < this.size; index++) {
      const slot = this.#slotOf(this.#units, this.#starts[index] as number, this.#starts[index + 1] as number);
      this.#slots[slot] = index + 1;
    }
  }
}

/** FNV-1a over code units, its high bits mixed in. */
function hashOf(units: Units, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (units[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
