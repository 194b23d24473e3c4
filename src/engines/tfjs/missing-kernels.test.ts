import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { loadTfjs, type TfjsRuntime } from './runtime.ts';

/** Runs in WebAssembly, whatever is installed. */
let runtime: TfjsRuntime;
beforeAll(async () => {
  runtime = await loadTfjs(async (name) => {
    if (name.includes('tfjs-node')) throw new Error('not for this test');
    return import(name);
  });
});

it('the kernels that WebAssembly goes without are none that a net or its gradient runs', () => {
  const { tf } = runtime;
  const own = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
  expect(own.has('UnsortedSegmentSum')).toBe(true); // ours
  const lacking = tf.getKernelsForBackend('cpu').filter(({ kernelName }) => !own.has(kernelName));
  // Complex numbers, Fourier transforms, strings, ragged tensors and convolutions.
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

it('the sum of segments is that of the cpu backend, with repeated and absent segments', async () => {
  const { tf } = runtime;
  const sum = () => {
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), tf.tensor1d([3, 0, 3], 'int32'), 5),
    );
    const found = [sums.shape, ...sums.dataSync()];
    sums.dispose();
    return found;
  };
  const found = sum();
  expect(found).toEqual([[5, 2], 3, 4, 0, 0, 0, 0, 6, 8, 0, 0]);
  await tf.setBackend('cpu');
  expect(sum()).toEqual(found);
  await tf.setBackend('wasm');
});

it('gather is differentiable and leaves no tensor behind', () => {
  const { tf } = runtime;
  const before = tf.memory().numTensors;
  const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
  const ids = tf.tensor1d([2, 0, 2], 'int32');
  const squares = (x: Tensor) => tf.sum(tf.square(tf.gather(x, ids)));
  const gradient = tf.grad(squares)(table);
  // Row 2 is read twice, row 1 never: d/dx of a sum of squares is 2x a reading.
  expect([...gradient.dataSync()]).toEqual([2, 4, 0, 0, 20, 24]);
  tf.dispose([table, ids, gradient]);
  expect(tf.memory().numTensors).toBe(before);
});
