/**
 * Python's `random.seed(n)` and `random.shuffle` (CPython 3.2 and later), to check lists that were published as the result of
 * a Python seed. For tests only: the harness draws from `core/numbers/random.ts`.
 *
 * @source Matsumoto and Nishimura 1998, MT19937, `init_by_array`; CPython `Lib/random.py`
 */
const SIZE = 624;
const SHIFT = 397;

/** `items` in the order in which `random.seed(seed); random.shuffle(items)` leaves them. `seed` is below 2^32. */
export function pythonShuffled<Item>(seed: number, items: readonly Item[]): Item[] {
  const next = mersenneTwister(seed);
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = below(next, i + 1);
    const kept = shuffled[i] as Item;
    shuffled[i] = shuffled[j] as Item;
    shuffled[j] = kept;
  }
  return shuffled;
}

/** As many random bits as `n` has, drawn again until they are below it. */
function below(next: () => number, n: number): number {
  const bits = 32 - Math.clz32(n);
  for (;;) {
    const drawn = next() >>> (32 - bits);
    if (drawn < n) return drawn;
  }
}

function mersenneTwister(seed: number): () => number {
  const state = initByArray([seed]);
  let at = SIZE;
  return () => {
    if (at === SIZE) {
      twist(state);
      at = 0;
    }
    let y = state[at++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % SIZE] as number) & 0x7fffffff);
    state[i] = (state[(i + SHIFT) % SIZE] as number) ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
  }
}

function initByArray(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(SIZE);
  state[0] = 19650218;
  const mixed = (i: number) => (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
  for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, mixed(i)) + i;
  let i = 1;
  const step = (value: number) => {
    state[i] = value;
    i += 1;
    if (i < SIZE) return;
    state[0] = state[SIZE - 1] as number;
    i = 1;
  };
  for (let k = 0; k < Math.max(SIZE, key.length); k++) {
    const j = k % key.length;
    step(((state[i] as number) ^ Math.imul(mixed(i), 1664525)) + (key[j] as number) + j);
  }
  for (let k = 0; k < SIZE - 1; k++) step(((state[i] as number) ^ Math.imul(mixed(i), 1566083941)) - i);
  state[0] = 0x80000000;
  return state;
}
