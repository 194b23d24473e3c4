import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { LENT_KERNELS } from './lent-kernels.ts';
import { loadTfjs, type TfjsRuntime } from './runtime.ts';

/** Runs in WebAssembly, whatever is installed. */
let runtime: TfjsRuntime;
beforeAll(async () => {
  runtime = await loadTfjs(async (name) => {
    if (name.includes('tfjs-node')) throw new Error('not for this test');
    return import(name);
  });
});

describe('lent kernels', () => {
  it('are those that WebAssembly lacks and the cpu backend has', async () => {
    const { tf } = runtime;
    const own = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
    for (const kernel of LENT_KERNELS) {
      expect(tf.getKernel(kernel, 'cpu')).toBeDefined();
      expect(own.has(kernel)).toBe(true); // registered by us
    }
    const lacking = tf.getKernelsForBackend('cpu').filter(({ kernelName }) => !own.has(kernelName));
    // Complex numbers, Fourier transforms, strings, ragged tensors and convolutions: no net of ours has any.
    expect(lacking.map(({ kernelName }) => kernelName).sort()).toEqual([
      'Complex',
      'ComplexAbs',
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'Draw',
      'Einsum',
      'FFT',
      'IFFT',
      'Imag',
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'Real',
      'StaticRegexReplace',
    ]);
  });

  it('give what the cpu backend gives, leave no tensor behind and make gather differentiable', async () => {
    const { tf } = runtime;
    const before = { tensors: tf.memory().numTensors, cpu: tf.findBackend('cpu').numDataIds() };
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const ids = tf.tensor1d([2, 0, 2], 'int32');
    const squares = (x: Tensor) => tf.sum(tf.square(tf.gather(x, ids)));
    const gradient = tf.grad(squares)(table);
    // Row 2 is read twice, row 1 never: d/dx of a sum of squares is 2x a reading.
    expect([...gradient.dataSync()]).toEqual([2, 4, 0, 0, 20, 24]);
    tf.dispose([table, ids, gradient]);
    expect({ tensors: tf.memory().numTensors, cpu: tf.findBackend('cpu').numDataIds() }).toEqual(before);
  });
});
