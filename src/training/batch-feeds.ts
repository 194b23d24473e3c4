/** A batch as the inputs of a program. */
import type { Architecture } from '../architectures/architecture.ts';
import { fillBias } from '../architectures/attention-bias.ts';
import { feedsOf } from '../architectures/index.ts';
import type { HostTensor } from '../tensor/ops.ts';
import type { BatchInput } from './gradient-program.ts';
import type { TrainingBatch } from './trainable.ts';

/** @throws RangeError when rows, targets and weights differ in number, or a sequence is cut short */
export function batchFeeds(net: Architecture, batch: TrainingBatch): Record<BatchInput, HostTensor> {
  const { ids, length, rows, targets } = batch;
  if (rows.length !== targets.length || rows.length !== batch.weights.length || ids.length % length !== 0) {
    throw new RangeError('a batch needs one target and one weight a row, and whole sequences');
  }
  return feedsOf(net, {
    ids: { dims: [ids.length], data: ids },
    positions: { dims: [ids.length], data: ids.map((_, i) => i % length) },
    slots: { dims: [ids.length / length, length], data: ids.map((_, i) => i) },
    bias: { dims: [1, 1, length, length], data: biasOf(batch) },
    rows: { dims: [rows.length], data: rows },
    targets: { dims: [rows.length], data: targets },
  });
}

function biasOf({ attention, length }: TrainingBatch): Float32Array {
  const bias = new Float32Array(length * length);
  if (attention === 'full') return bias;
  fillBias(bias, length, length, (query, open) => {
    if (attention === 'causal') return open(0, query + 1);
    for (let key = 0; key < length; key++) if (attention[query * length + key] === 1) open(key, key + 1);
  });
  return bias;
}
