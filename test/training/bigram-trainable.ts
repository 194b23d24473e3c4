/**
 * The smallest model that can be trained: the logits of a row are the row of a table that its token names. Plain loops and
 * float64 gradients of a softmax regression, with AdamW as `Trainable` promises it. Attention plays no part.
 */

import type { HostTensor } from '../../src/tensor/ops.ts';
import type { OptimizerSettings, Trainable, TrainingBatch, TrainingState } from '../../src/training/trainable.ts';

export const TABLE = 'table.weight';

export function bigramState(rows: number, fill: (i: number) => number = () => 0): TrainingState {
  const table: HostTensor = { dims: [rows, rows], data: Float32Array.from({ length: rows * rows }, (_, i) => fill(i)) };
  return { steps: 0, parameters: new Map([[TABLE, table]]), firstMoments: new Map(), secondMoments: new Map() };
}

export function bigramTrainable(rows: number, { betas, epsilon, weightDecay, clip }: OptimizerSettings): Trainable {
  const size = rows * rows;
  let steps = 0;
  let [table, first, second] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  const probabilities = (id: number): Float64Array => {
    const logits = Float64Array.from(table.subarray(id * rows, (id + 1) * rows));
    const largest = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - largest));
    const sum = exponentials.reduce((total, each) => total + each, 0);
    return exponentials.map((each) => each / sum);
  };
  const tokenAt = ({ ids, rows: read }: TrainingBatch, i: number) => ids[read[i] as number] as number;
  const tensor = (data: Float32Array): HostTensor => ({ dims: [rows, rows], data: data.slice() });
  return {
    async step(batches, learningRate) {
      const gradient = new Float64Array(size);
      let loss = 0;
      for (const batch of batches) {
        batch.weights.forEach((weight, i) => {
          const id = tokenAt(batch, i);
          const p = probabilities(id);
          const target = batch.targets[i] as number;
          loss -= weight * Math.log(p[target] as number);
          for (let k = 0; k < rows; k++) {
            const at = id * rows + k;
            gradient[at] = (gradient[at] as number) + weight * ((p[k] as number) - (k === target ? 1 : 0));
          }
        });
      }
      const gradientNorm = Math.hypot(...gradient);
      if (!Number.isFinite(loss)) return { loss, gradientNorm };
      steps += 1;
      const scale = clip === null ? 1 : Math.min(1, clip / gradientNorm);
      for (let i = 0; i < size; i++) {
        const g = scale * (gradient[i] as number);
        first[i] = betas[0] * (first[i] as number) + (1 - betas[0]) * g;
        second[i] = betas[1] * (second[i] as number) + (1 - betas[1]) * g * g;
        const m = (first[i] as number) / (1 - betas[0] ** steps);
        const v = (second[i] as number) / (1 - betas[1] ** steps);
        const decayed = (table[i] as number) * (1 - learningRate * weightDecay);
        table[i] = decayed - (learningRate * m) / (Math.sqrt(v) + epsilon);
      }
      return { loss, gradientNorm };
    },
    async crossEntropies(batch) {
      return Float32Array.from(
        batch.rows,
        (_, i) => -Math.log(probabilities(tokenAt(batch, i))[batch.targets[i] as number] as number),
      );
    },
    async state() {
      const moments = (data: Float32Array) => new Map(steps === 0 ? [] : [[TABLE, tensor(data)]]);
      return {
        steps,
        parameters: new Map([[TABLE, tensor(table)]]),
        firstMoments: moments(first),
        secondMoments: moments(second),
      };
    },
    async restore(state) {
      const values = (map: ReadonlyMap<string, HostTensor>) =>
        (map.get(TABLE)?.data.slice() as Float32Array<ArrayBuffer> | undefined) ?? new Float32Array(size);
      steps = state.steps;
      table = values(state.parameters);
      first = values(state.firstMoments);
      second = values(state.secondMoments);
    },
    async dispose() {},
  };
}
