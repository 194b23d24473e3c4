import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stream } from '../../../core/numbers/random.ts';
import { linear } from '../../../tensor/layers.ts';
import type { DecodedWeight, HostTensor, Program, Weights } from '../../../tensor/ops.ts';
import type { WeightDtype } from '../../engine.ts';
import { onnxEngine } from '../engine.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reduced-'));
  vi.stubEnv('BENCH_CACHE_DIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const [I, J, V] = [200, 48, 20];

function normal(name: string, count: number): Float32Array {
  const random = stream(3, name);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * random.uniform(2 * i + 1));
  });
}

const weight = (name: string, shape: readonly number[]): [string, DecodedWeight] => {
  const values = normal(
    name,
    shape.reduce((a, b) => a * b, 1),
  );
  return [name, { dtype: 'F32', shape, key: name, values: async () => values.slice() }];
};
const WEIGHTS: Weights = new Map([
  weight('columns', [I, J]),
  weight('rows', [J, I]),
  weight('table', [V, I]),
  weight('bias', [J]),
]);

const PROGRAM: Program<'x' | 'ids', 'byColumns' | 'byRows' | 'found'> = {
  name: 'weights in fewer bits',
  inputs: { x: { dtype: 'float32', dims: ['N', I] }, ids: { dtype: 'int32', dims: ['R'] } },
  outputs: {
    byColumns: { dtype: 'float32', dims: ['N', J] },
    byRows: { dtype: 'float32', dims: ['N', J] },
    found: { dtype: 'float32', dims: ['R', I] },
  },
  build: (ops, { x, ids }) => ({
    byColumns: linear(ops, x, ops.weight('columns'), ops.weight('bias'), false),
    byRows: linear(ops, x, ops.weight('rows'), null, true),
    found: ops.gather(ops.weight('table'), ids),
  }),
};

async function run(dtype: WeightDtype, x: Float32Array) {
  const engine = await onnxEngine({ dtype, threads: 1 });
  const executable = await engine.compile(PROGRAM, WEIGHTS, { digest: async () => 'a'.repeat(64) });
  const ids = { dims: [3], data: Int32Array.of(4, 0, V - 1) };
  const outputs = await executable.run({ x: { dims: [x.length / I, I], data: x }, ids });
  await executable.dispose();
  return outputs;
}

/** Root of the mean square of the differences, in those of the exact values. */
function errorOf(found: HostTensor, exact: HostTensor): number {
  const squares = (values: (i: number) => number) => [...exact.data.keys()].reduce((sum, i) => sum + values(i) ** 2, 0);
  const difference = squares((i) => (found.data[i] as number) - (exact.data[i] as number));
  return Math.sqrt(difference / squares((i) => exact.data[i] as number));
}

const ROWS = normal('x', 9 * I);
/** Largest relative error: of products, of rows of tables. */
const BOUNDS = { bfloat16: [3e-3, 3e-3], int8: [1.5e-2, 1e-2], int8x2: [1e-4, 5e-5], int4: [0.12, 0.12] } as const;
const DTYPES = Object.keys(BOUNDS) as (keyof typeof BOUNDS)[];

describe.each(DTYPES)('weights in %s', (dtype) => {
  const [ofProducts, ofRows] = BOUNDS[dtype];

  it('multiply and are looked up nearly as exact ones', async () => {
    const [found, exact] = [await run(dtype, ROWS), await run('float32', ROWS)];
    for (const name of ['byColumns', 'byRows'] as const) {
      expect(found[name].dims).toEqual([9, J]);
      expect(errorOf(found[name], exact[name])).toBeLessThan(ofProducts);
      expect(errorOf(found[name], exact[name])).toBeGreaterThan(0);
    }
    expect(errorOf(found.found, exact.found)).toBeLessThan(ofRows);
  });

  it('give a row the same bits alone, with others, and beside a wide one', async () => {
    const wide = ROWS.slice(0, I);
    wide[7] = 300;
    const together = await run(dtype, Float32Array.from([...ROWS, ...wide, ...ROWS, ...ROWS]));
    // The product of bfloat16 is that of float32, which treats few rows apart: batches are never smaller (lm/forward/forward.ts).
    const least = dtype === 'bfloat16' ? 16 : 1;
    const rows = [0, 8].map((n) => [n, ROWS.slice(n * I, (n + 1) * I)] as const);
    for (const [n, row] of [...rows, [9, wide] as const]) {
      const alone = await run(
        dtype,
        Float32Array.from({ length: least * I }, (_, i) => row[i % I] as number),
      );
      for (const name of ['byColumns', 'byRows'] as const) {
        expect(together[name].data.slice(n * J, (n + 1) * J)).toEqual(alone[name].data.slice(0, J));
      }
    }
  });

  it('pass NaN on, to its row alone', async () => {
    for (const at of [0, 63, I - 1]) {
      const broken = ROWS.slice(0, 2 * I);
      broken[at] = Number.NaN;
      const { byColumns, byRows } = await run(dtype, broken);
      for (const { data } of [byColumns, byRows]) {
        expect([...data.subarray(0, J)].every(Number.isNaN)).toBe(true);
        expect(data.subarray(J).some(Number.isNaN)).toBe(false);
      }
    }
  });

  it('multiply a row of zeros to zeros', async () => {
    expect([...(await run(dtype, new Float32Array(I))).byRows.data].every((value) => value === 0)).toBe(true);
  });
});

it('in int8, a row with a channel of 100 times the others loses no more than its weights do', async () => {
  const wide = ROWS.slice(0, I);
  wide[7] = 300;
  const others = ROWS.slice(0, I);
  others[7] = 0;
  // What the other channels give, without the wide one's share.
  const share = async (dtype: WeightDtype) => {
    const only = new Float32Array(I);
    only[7] = 300;
    const [all, one] = [await run(dtype, wide), await run(dtype, only)];
    return {
      dims: [1, J],
      data: all.byRows.data.map((value, j) => value - (one.byRows.data[j] as number)) as Float32Array,
    };
  };
  const exact = (await run('float32', others)).byRows;
  expect(errorOf(await share('int8'), exact)).toBeLessThan(2e-2);
});

it('in int8, a value that is an output as well is read where a row is wide', async () => {
  const program: Program<'x', 'doubled' | 'product'> = {
    name: 'an output that is read on',
    inputs: { x: { dtype: 'float32', dims: ['N', I] } },
    outputs: { doubled: { dtype: 'float32', dims: ['N', I] }, product: { dtype: 'float32', dims: ['N', J] } },
    build: (ops, { x }) => {
      const doubled = ops.add(x, x);
      return { doubled, product: linear(ops, doubled, ops.weight('columns'), null, false) };
    },
  };
  const engine = await onnxEngine({ dtype: 'int8', threads: 1 });
  const executable = await engine.compile(program, WEIGHTS, { digest: async () => 'a'.repeat(64) });
  const wide = ROWS.slice(0, 2 * I);
  wide[7] = 300;
  const { doubled, product } = await executable.run({ x: { dims: [2, I], data: wide } });
  await executable.dispose();
  expect(doubled.data).toEqual(wide.map((value) => 2 * value));
  const exact = (
    await run(
      'float32',
      wide.map((value) => 2 * value),
    )
  ).byColumns;
  const bias = (await run('float32', new Float32Array(I))).byColumns.data;
  const sums = { dims: [2, J], data: exact.data.map((value, i) => value - (bias[i % J] as number)) as Float32Array };
  expect(errorOf(product, sums)).toBeLessThan(1.5e-2);
});

it('file is refused where no weight lies in blocks', async () => {
  await expect(run('file', ROWS)).rejects.toMatchObject({
    code: 'not-supported',
    message: '--dtype file: expected weights in blocks of Q8_0 or Q4_0, as GGUF files have them, found none',
  });
});

it('float16 is refused, with the dtypes that there are', async () => {
  await expect(onnxEngine({ dtype: 'float16' })).rejects.toMatchObject({
    code: 'not-supported',
    message: expect.stringContaining('(float32, bfloat16, int8, int8x2, int4, file)'),
  });
});

const { device: found } = await onnxEngine({ device: 'auto' });

it.skipIf(found !== undefined)('float16 where auto takes the cpu is refused with the reason why it does', async () => {
  await expect(onnxEngine({ dtype: 'float16', device: 'auto' })).rejects.toMatchObject({
    message: expect.stringMatching(/, found float16 \(--device auto: cpu; .+\)$/),
  });
});
