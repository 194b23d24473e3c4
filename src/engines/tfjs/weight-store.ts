/** Weights as tensors, read once from their published files and shared by every program of a model. */
import type { Tensor } from '@tensorflow/tfjs';
import type { WeightSource } from '../../tensor/ops.ts';
import { SharedWeights } from '../shared-weights.ts';
import { readWeight } from '../weight-file.ts';
import type { Tf } from './runtime.ts';

/** float32, whatever the file holds. */
export type WeightStore = SharedWeights<WeightSource, Tensor>;

export function weightStore(tf: Tf): WeightStore {
  return new SharedWeights(
    async (source) => tf.tensor(await readWeight(source), [...source.shape], 'float32'),
    (tensor) => tensor.dispose(),
  );
}
