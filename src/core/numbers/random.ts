/**
 * Counter-based random numbers: a draw is a pure function of (seed, purpose, keys, counter), so batch size, item order,
 * shards, resume and neighbours never change a result.
 *
 * The key of a stream is the SHA-256 of its name; the numbers are Philox4x32-10 blocks.
 *
 * @source Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10)
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../text/canonical-json.ts';

/** A random function: the same counter always gives the same number. */
export interface RandomStream {
  /** Uniform in [0, 1) with 53 random bits, for `counter` = 0, 1, 2, … (below 2^32). */
  uniform(counter: number): number;
}

/**
 * The stream named by `seed` and `keys`. Different names give independent streams.
 *
 * @param seed non-negative integer given by the user
 * @param keys what the numbers are for, coarse to fine: purpose, task, example id, draw …
 */
export function stream(seed: number, ...keys: readonly (string | number)[]): RandomStream {
  const digest = hash('sha256', canonicalJson([seed, ...keys]), 'binary'); // a character a byte: a third of a buffer's time
  const key0 = wordAt(digest, 0);
  const key1 = wordAt(digest, 4);
  const counter1 = wordAt(digest, 8);
  const counter2 = wordAt(digest, 12);
  // A block holds two numbers, which are mostly asked for one after the other.
  let [held, odd] = [-1, 0];
  return {
    uniform(counter) {
      const block = counter >>> 1;
      if (block === held && (counter & 1) === 1) return odd;
      const [a, b, c, d] = philox([block, counter1, counter2, 0], key0, key1);
      held = block;
      odd = fraction(c, d);
      return (counter & 1) === 1 ? odd : fraction(a, b);
    },
  };
}

/** 32 bits, the first byte the least. */
const wordAt = (bytes: string, at: number): number =>
  (bytes.charCodeAt(at) |
    (bytes.charCodeAt(at + 1) << 8) |
    (bytes.charCodeAt(at + 2) << 16) |
    (bytes.charCodeAt(at + 3) << 24)) >>>
  0;

/** 53 bits of two words of 32, in [0, 1). */
const fraction = (a: number, b: number): number => ((a >>> 5) * 67108864 + (b >>> 6)) / 9007199254740992;

/** A uniformly random order of 0 … n−1 (Fisher-Yates, counters 0 … n−2). */
export function permutation(random: RandomStream, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform(n - 1 - i) * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

/** As many of 0 … n−1 as are asked for, in a uniformly random order, none twice (counters 0, 1, …). */
export function* inRandomOrder(random: RandomStream, n: number): Generator<number> {
  const moved = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor(random.uniform(i) * (n - i));
    const drawn = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    yield drawn;
  }
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

type Words = [number, number, number, number];

/** Ten Philox rounds. Exported for its known-answer test. */
export function philox(counter: Readonly<Words>, key0: number, key1: number): Words {
  let [c0, c1, c2, c3] = counter;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const next0 = (highWord(M1, c2) ^ c1 ^ k0) >>> 0;
    const next2 = (highWord(M0, c0) ^ c3 ^ k1) >>> 0;
    c1 = Math.imul(M1, c2) >>> 0;
    c3 = Math.imul(M0, c0) >>> 0;
    c0 = next0;
    c2 = next2;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The upper 32 bits of a 32 × 32 bit product. */
function highWord(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  // Each sum is below 2^32, so that the lower 32 bits are all of it.
  const middle = Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16);
  const cross = Math.imul(a0, b1) + (middle & 0xffff);
  return (Math.imul(a1, b1) + (middle >>> 16) + (cross >>> 16)) >>> 0;
}
