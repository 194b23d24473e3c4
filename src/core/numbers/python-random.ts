/**
 * Python's `random.Random(seed)`, where another program's requests depend on the order in which it draws. What this program draws
 * itself comes from `random.ts`, which has no state.
 *
 * @source Matsumoto and Nishimura 1998 (MT19937, `init_by_array`); CPython, `Modules/_randommodule.c` and `Lib/random.py`
 */

const SIZE = 624;
const PERIOD = 397;

export class PythonRandom {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  /** @param seed a whole number, 0 <= seed < 2^32 */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(`PythonRandom: seed ${seed}, expected a whole number from 0 to 2^32 - 1`);
    }
    this.#seedByArray(seed);
  }

  /** `random.shuffle`, in place. */
  shuffle<T>(values: T[]): T[] {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [values[i], values[j]] = [values[j] as T, values[i] as T];
    }
    return values;
  }

  /** `random.sample(range(n), count)`: positions, none twice. @throws RangeError where there are fewer than `count` */
  sample(n: number, count: number): readonly number[] {
    if (count < 0 || count > n) throw new RangeError(`PythonRandom: a sample of ${count} from ${n}`);
    // Python copies small populations and remembers what it took of large ones; the draws differ.
    const copied = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
    return n <= copied ? this.#sampleOfCopy(n, count) : this.#sampleOfMany(n, count);
  }

  /** Uniform in 0 … n − 1; 1 <= n < 2^32. */
  below(n: number): number {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const drawn = this.#word() >>> (32 - bits);
      if (drawn < n) return drawn;
    }
  }

  #sampleOfCopy(n: number, count: number): readonly number[] {
    const pool = Array.from({ length: n }, (_, i) => i);
    return Array.from({ length: count }, (_, i) => {
      const j = this.below(n - i);
      const taken = pool[j] as number;
      pool[j] = pool[n - i - 1] as number;
      return taken;
    });
  }

  #sampleOfMany(n: number, count: number): readonly number[] {
    const taken = new Set<number>();
    while (taken.size < count) {
      let j = this.below(n);
      while (taken.has(j)) j = this.below(n);
      taken.add(j);
    }
    return [...taken];
  }

  #seedByArray(seed: number): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, mixed(state[i - 1] as number)) + i;
    let i = 1;
    for (let k = 0; k < SIZE; k++) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(state[i - 1] as number), 1664525)) + seed;
      i = this.#following(i);
    }
    for (let k = 0; k < SIZE - 1; k++) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(state[i - 1] as number), 1566083941)) - i;
      i = this.#following(i);
    }
    state[0] = 0x80000000;
  }

  #following(i: number): number {
    if (i + 1 < SIZE) return i + 1;
    this.#state[0] = this.#state[SIZE - 1] as number;
    return 1;
  }

  #word(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % SIZE] as number) & 0x7fffffff);
      state[i] = (state[(i + PERIOD) % SIZE] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}

const mixed = (word: number): number => word ^ (word >>> 30);
