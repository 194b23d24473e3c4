/** Kernels that the WebAssembly backend lacks, computed by the plain JavaScript backend in between. */
import type * as Tfjs from '@tensorflow/tfjs';

/** What our operations and their gradients need and WebAssembly lacks. Nothing a forward pass runs is among them. */
export const LENT_KERNELS = ['UnsortedSegmentSum'] as const;

/** The two calls by which a backend's tensors are read and made. */
interface Memory {
  readSync(dataId: object): Tfjs.DataTypeMap[Tfjs.DataType];
  write(values: Tfjs.DataTypeMap[Tfjs.DataType], shape: number[], dtype: Tfjs.DataType): object;
  disposeData(dataId: object): boolean;
}

/** Registers each lent kernel once. Data is copied to the cpu backend and back at every call. */
export function lendKernels(tf: typeof Tfjs): void {
  for (const kernelName of LENT_KERNELS) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) continue;
    const lender = tf.getKernel(kernelName, 'cpu');
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const [wasm, cpu] = [backend as Memory, tf.findBackend('cpu') as unknown as Memory];
        const move = (tensor: Tfjs.TensorInfo, from: Memory, to: Memory): Tfjs.TensorInfo => {
          const { dataId, shape, dtype } = tensor;
          return { dataId: to.write(from.readSync(dataId), shape, dtype), shape, dtype };
        };
        const lent = Object.fromEntries(
          Object.entries(inputs).map(([name, tensor]) => [name, move(tensor as Tfjs.TensorInfo, wasm, cpu)]),
        );
        const result = lender.kernelFunc({ inputs: lent, attrs: attrs ?? {}, backend: cpu }) as Tfjs.TensorInfo;
        const returned = move(result, cpu, wasm);
        for (const { dataId } of [...Object.values(lent), result]) cpu.disposeData(dataId);
        return returned;
      },
    });
  }
}
