import type { Ops } from '../../tensor/ops.ts';
import * as rules from '../../tensor/shape-rules.ts';
import type { LayerKernel } from './dialect.ts';
import type { ReducedKernels } from './reduced/kernels.ts';
import { ABSENT, type GraphNodes, type Value } from './value.ts';

/**
 * Kernels of whole layers that onnxruntime has.
 *
 * @param wanted  those to use
 * @param reduced multiplies with weights that are held in fewer bits; then always used
 */
export function fusedKernels(
  ops: GraphNodes,
  wanted: ReadonlySet<string>,
  reduced: ReducedKernels | null = null,
): Ops<Value>['fused'] {
  const isWanted = (name: string): boolean => wanted.has(name) || (name === 'linear' && reduced !== null);
  return Object.fromEntries(Object.entries(allKernels(ops, reduced)).filter(([name]) => isWanted(name)));
}

function allKernels(ops: GraphNodes, reduced: ReducedKernels | null): Pick<Required<Ops<Value>['fused']>, LayerKernel> {
  return {
    linear: (x, weight, bias, transposed) => {
      const shape = rules.matmulShape(x.shape, weight.shape, { transposeB: transposed });
      if (weight.weight !== undefined && reduced !== null) {
        const product = reduced.linear(x, { weight: weight.weight, shape: weight.shape, transposed }, bias, shape);
        if (product !== null) return product;
      }
      return ops.node('Gemm', bias === null ? [x, weight] : [x, weight, bias], shape, { transB: transposed ? 1 : 0 });
    },
    layerNorm: (x, gain, bias, epsilon) =>
      ops.node('LayerNormalization', [x, gain, bias], x.shape, { axis: -1, epsilon: { float: epsilon } }),
    layerNormParts: (x, gain, bias, epsilon) => {
      const row = rules.reducedShape(x.shape);
      const attributes = { axis: -1, epsilon: { float: epsilon } };
      const outputs = ops.nodeOf('LayerNormalization', [x, gain, bias], [x.shape, row, row], attributes);
      const [normed, mean, inverse] = outputs as [Value, Value, Value];
      return { normed, mean, inverse };
    },
    geluTanh: (x) => ops.node('FastGelu', [x], x.shape, {}, 'com.microsoft'),
    softmax: (x) => ops.node('Softmax', [x], x.shape, { axis: -1 }),
    logSoftmax: (x) => ops.node('LogSoftmax', [x], x.shape, { axis: -1 }),
    attention: (q, k, v, bias, heads) => {
      const inputs = [q, k, v, ABSENT, ABSENT, bias];
      return ops.node('MultiHeadAttention', inputs, q.shape, { num_heads: heads }, 'com.microsoft');
    },
  };
}
