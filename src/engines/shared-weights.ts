/** Weights as an engine holds them, made once and shared by every program of a model. */
import { isDecoded, type WeightSource } from '../tensor/ops.ts';

export class SharedWeights<Source extends WeightSource, Held> {
  readonly #make: (source: Source) => Promise<Held>;
  readonly #drop: (held: Held) => void | Promise<void>;
  readonly #held = new Map<string, { users: number; readonly made: Promise<Held> }>();

  /**
   * @param make what is held of a weight; called for the first of its users
   * @param drop called after the last one
   */
  constructor(make: (source: Source) => Promise<Held>, drop: (held: Held) => void | Promise<void>) {
    this.#make = make;
    this.#drop = drop;
  }

  /** Each call is matched by one of `release`. */
  acquire(source: Source): Promise<Held> {
    const key = keyOf(source);
    const held = this.#held.get(key) ?? { users: 0, made: this.#make(source) };
    held.users += 1;
    this.#held.set(key, held);
    return held.made;
  }

  async release(source: Source): Promise<void> {
    const key = keyOf(source);
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.users -= 1;
    if (held.users > 0) return;
    this.#held.delete(key);
    // What could not be made holds nothing; whoever acquired it has the error.
    const made = await held.made.catch(() => null);
    if (made !== null) await this.#drop(made);
  }
}

function keyOf(source: WeightSource): string {
  if (isDecoded(source)) return source.key;
  return `${source.file}:${source.offset}:${source.dtype}:${source.shape.join()}`;
}
