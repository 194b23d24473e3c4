/**
 * What the WebAssembly backend of tfjs 4.22 lacks of the kernels that our operations and tfjs's own gradients of them run:
 * `UnsortedSegmentSum`, the gradient of gather. It is a scatter, which WebAssembly has.
 */
import type * as Tfjs from '@tensorflow/tfjs';

export function addMissingKernels(tf: typeof Tfjs): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm') !== undefined) return;
  const scatter = tf.getKernel('ScatterNd', 'wasm');
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x: updates, segmentIds } = inputs as Readonly<Record<'x' | 'segmentIds', Tfjs.TensorInfo>>;
      const indices = { ...segmentIds, shape: [...segmentIds.shape, 1] };
      const shape = [attrs?.numSegments as number, ...updates.shape.slice(1)];
      return scatter.kernelFunc({ inputs: { indices, updates }, attrs: { shape }, backend });
    },
  });
}
