import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Program, WeightSource, Weights } from '../../tensor/ops.ts';
import { tfjsEngine } from './engine.ts';
import { loadTfjs, type TfjsRuntime } from './runtime.ts';

/** x · w and e^x, for x `[N, 2]` and w `[2, 3]`. */
const PRODUCT: Program<'x', 'product' | 'grown'> = {
  name: 'product',
  inputs: { x: { dtype: 'float32', dims: ['N', 2] } },
  outputs: { product: { dtype: 'float32', dims: ['N', 3] }, grown: { dtype: 'float32', dims: ['N', 2] } },
  build: (ops, { x }) => ({ product: ops.matmul(x, ops.weight('w')), grown: ops.exp(x) }),
};
const ROWS: Program<'ids', 'rows'> = {
  name: 'rows',
  inputs: { ids: { dtype: 'int32', dims: ['N'] } },
  outputs: { rows: { dtype: 'float32', dims: ['N', 3] } },
  build: (ops, { ids }) => ({ rows: ops.gather(ops.weight('w'), ids) }),
};
const X = { dims: [1, 2], data: Float32Array.of(1, 2) };

let runtime: TfjsRuntime;
let folder: string;
let w: WeightSource;
let weights: Weights;
beforeAll(async () => {
  runtime = await loadTfjs();
  folder = await mkdtemp(join(tmpdir(), 'bench-tfjs-'));
  const file = join(folder, 'weights');
  await writeFile(file, new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
  w = { file, offset: 0, byteLength: 24, dtype: 'F32', shape: [2, 3] };
  weights = new Map([['w', w]]);
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = () => runtime.tf.memory().numTensors;

describe('tensors', () => {
  it('are gone after a run but for the weights, and those after the last program that reads them', async () => {
    const base = tensors();
    const engine = await tfjsEngine(runtime);
    const product = await engine.compile(PRODUCT, weights);
    expect(tensors()).toBe(base + 1);
    const { product: found } = await product.run({ x: X });
    expect([...found.data]).toEqual([9, 12, 15]);
    await product.run({ x: X }, ['grown']);
    expect(tensors()).toBe(base + 1);
    const rows = await engine.compile(ROWS, weights);
    expect(tensors()).toBe(base + 1);
    await product.dispose();
    const { rows: second } = await rows.run({ ids: { dims: [1], data: Int32Array.of(1) } });
    expect([...second.data]).toEqual([4, 5, 6]);
    await rows.dispose();
    await rows.dispose();
    expect(tensors()).toBe(base);
  });

  it('are gone when a run fails, and the error names the program', async () => {
    const base = tensors();
    const executable = await (await tfjsEngine(runtime)).compile(PRODUCT, weights);
    const wrong = executable.run({ x: { dims: [1, 3], data: Float32Array.of(1, 2, 3) } });
    await expect(wrong).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(/^tfjs-\S+ .* could not run the product program: .*inner/i),
      hint: expect.stringContaining('--engine onnx'),
    });
    await executable.dispose();
    expect(tensors()).toBe(base);
  });

  it('are gone when a weight cannot be read', async () => {
    const base = tensors();
    const engine = await tfjsEngine(runtime);
    const cut = new Map([['w', { ...w, offset: 4 }]]);
    await expect(engine.compile(PRODUCT, cut)).rejects.toMatchObject({ code: 'bad-checkpoint' });
    expect(tensors()).toBe(base);
    const again = await engine.compile(PRODUCT, weights);
    expect([...(await again.run({ x: X })).product.data]).toEqual([9, 12, 15]);
    await again.dispose();
  });
});

it('a result goes into the memory that is given for it, which may be that of an input', async () => {
  const executable = await (await tfjsEngine(runtime)).compile(PRODUCT, weights);
  const x = { dims: [1, 2], data: Float32Array.of(1, 2) };
  const { grown, product } = await executable.run({ x }, ['grown', 'product'], { grown: x });
  expect(grown).toBe(x);
  expect([...x.data]).toEqual([Math.fround(Math.E), expect.closeTo(Math.E ** 2, 5)]);
  expect([...product.data]).toEqual([9, 12, 15]);
  await executable.dispose();
});

it('a feed whose memory changes later gives the result of what it was', async () => {
  const executable = await (await tfjsEngine(runtime)).compile(PRODUCT, weights);
  const data = Float32Array.of(1, 2);
  const running = executable.run({ x: { dims: [1, 2], data } });
  data.fill(0);
  expect([...(await running).product.data]).toEqual([9, 12, 15]);
  await executable.dispose();
});
