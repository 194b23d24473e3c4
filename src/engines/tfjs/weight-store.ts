/** Weights as tensors, read once from their published files and shared by every program of a model. */
import type { Tensor } from '@tensorflow/tfjs';
import type { WeightSource } from '../../tensor/ops.ts';
import { readWeight } from '../weight-file.ts';
import type { Tf } from './runtime.ts';

export class WeightStore {
  readonly #tf: Tf;
  readonly #held = new Map<string, { users: number; readonly tensor: Promise<Tensor> }>();

  constructor(tf: Tf) {
    this.#tf = tf;
  }

  /** float32, whatever the file holds. Each call is matched by one of `release`. */
  acquire(source: WeightSource): Promise<Tensor> {
    const key = keyOf(source);
    const held = this.#held.get(key) ?? { users: 0, tensor: this.#read(source) };
    held.users += 1;
    this.#held.set(key, held);
    return held.tensor;
  }

  async release(source: WeightSource): Promise<void> {
    const key = keyOf(source);
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.users -= 1;
    if (held.users > 0) return;
    this.#held.delete(key);
    // A weight that could not be read holds nothing; whoever acquired it has the error.
    const tensor = await held.tensor.catch(() => null);
    tensor?.dispose();
  }

  async #read(source: WeightSource): Promise<Tensor> {
    return this.#tf.tensor(await readWeight(source), [...source.shape], 'float32');
  }
}

const keyOf = ({ file, offset, dtype, shape }: WeightSource): string => `${file}:${offset}:${dtype}:${shape.join()}`;
