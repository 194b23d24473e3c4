/** Products of activations some channels of which are far above the others, as trained networks have them. */
import { stream } from '../../src/core/numbers/random.ts';
import type { WeightDtype } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { linear } from '../../src/tensor/layers.ts';
import type { DecodedWeight, Program } from '../../src/tensor/ops.ts';

const [ROWS, WIDTH, WIDE] = [64, 768, 4];

function normal(name: string, count: number): Float32Array {
  const random = stream(0, name);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * random.uniform(2 * i + 1));
  });
}

const PROGRAM: Program<'x', 'y'> = {
  name: 'wide channels',
  inputs: { x: { dtype: 'float32', dims: ['N', WIDTH] } },
  outputs: { y: { dtype: 'float32', dims: ['N', WIDTH] } },
  build: (ops, { x }) => ({ y: linear(ops, x, ops.weight('w'), null, true) }),
};

/** @param times how far a wide channel is above the others */
export async function wideError(dtype: WeightDtype, times: number): Promise<{ whole: number; others: number }> {
  const values = normal('weight', WIDTH * WIDTH);
  // The weights of the wide channels are exact in every dtype, so that what is measured is the rounding of activations.
  for (let j = 0; j < WIDTH; j++) values.fill(0, j * WIDTH, j * WIDTH + WIDE);
  const weight: DecodedWeight = {
    dtype: 'F32',
    shape: [WIDTH, WIDTH],
    key: 'wide',
    values: async () => values.slice(),
  };
  const x = normal('rows', ROWS * WIDTH).map((value, i) => (i % WIDTH < WIDE ? value * times : value));
  const product = async (as: WeightDtype): Promise<Float32Array> => {
    const engine = await onnxEngine({ dtype: as });
    const how = { digest: async () => 'wide channels'.padEnd(64, '0') };
    const executable = await engine.compile(PROGRAM, new Map([['w', weight]]), how);
    const { y } = await executable.run({ x: { dims: [ROWS, WIDTH], data: x as Float32Array } });
    await executable.dispose();
    return y.data as Float32Array;
  };
  const [found, exact] = [await product(dtype), await product('float32')];
  const size = (of: (i: number) => number) => Math.sqrt([...exact.keys()].reduce((sum, i) => sum + of(i) ** 2, 0));
  const error = size((i) => (found[i] as number) - (exact[i] as number));
  return { whole: error, others: error / size((i) => exact[i] as number) };
}
