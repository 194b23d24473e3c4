import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { linear } from '../../../tensor/layers.ts';
import type { DecodedWeight, Program, Weights } from '../../../tensor/ops.ts';
import { decodedFiles } from '../decoded-files.ts';
import { CPU } from '../device/device.ts';
import { buildGraph } from '../engine.ts';
import { loadOnnxruntime } from '../library.ts';
import { openSession, runSession } from '../session.ts';
import { sessionsHere } from '../sessions.ts';
import { NotedWeights, placeWeights } from '../weight-places.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'float16-'));
  vi.stubEnv('BENCH_CACHE_DIR', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const [I, J] = [24, 6];
const numbers = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(1 + 3 * i));
const weight = (name: string, shape: readonly number[]): [string, DecodedWeight] => {
  const values = numbers(shape.reduce((a, b) => a * b, 1));
  return [name, { dtype: 'F32', shape, key: name, values: async () => values.slice() }];
};
const WEIGHTS: Weights = new Map([weight('columns', [I, J]), weight('rows', [J, I]), weight('bias', [J])]);

const PROGRAM: Program<'x' | 'ids', 'byColumns' | 'byRows' | 'found'> = {
  name: 'weights in 16 bits',
  inputs: { x: { dtype: 'float32', dims: ['N', I] }, ids: { dtype: 'int32', dims: ['R'] } },
  outputs: {
    byColumns: { dtype: 'float32', dims: ['N', J] },
    byRows: { dtype: 'float32', dims: ['N', J] },
    found: { dtype: 'float32', dims: ['R', I] },
  },
  build: (ops, { x, ids }) => ({
    byColumns: linear(ops, x, ops.weight('columns'), ops.weight('bias'), false),
    byRows: linear(ops, x, ops.weight('rows'), null, true),
    found: ops.gather(ops.weight('rows'), ids),
  }),
};

/** The graph that a device is given, on the CPU, which computes in 16 bits slowly. */
async function run(dtype: 'float16' | 'float32', x: Float32Array) {
  const maker = { device: CPU, dtype, settings: {}, threads: 1 } as const;
  const noted = new NotedWeights(WEIGHTS);
  const { lookups } = buildGraph(PROGRAM, noted, maker);
  const weights = await placeWeights(noted, WEIGHTS, decodedFiles(), dtype, { digest: async () => 'b'.repeat(64) });
  const { graph } = buildGraph(PROGRAM, weights, maker);
  const session = await openSession(sessionsHere(await loadOnnxruntime()), maker, graph, weights, {});
  const ids = { dims: [2], data: Int32Array.of(4, 0) };
  const feeds = { x: { dims: [x.length / I, I], data: x }, ids };
  const found = await runSession(maker, session, { program: PROGRAM, lookups }, feeds);
  await session.release();
  await weights.release();
  return found;
}

/** 11 bits of mantissa in each factor, sums of 24 products of at most 1. */
const HALF_PRECISION = 2e-2;

it('products and rows are those of float32 within 11 bits, and NaN passes', async () => {
  const x = numbers(3 * I);
  const [half, exact] = [await run('float16', x), await run('float32', x)];
  for (const name of ['byColumns', 'byRows', 'found'] as const) {
    const errors = [...exact[name].data].map((value, i) => Math.abs(value - (half[name].data[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(HALF_PRECISION);
    expect(Math.max(...errors)).toBeGreaterThan(0);
  }
  x[1] = Number.NaN;
  const { byRows } = await run('float16', x);
  expect([...byRows.data].map(Number.isNaN)).toEqual(Array.from({ length: 3 * J }, (_, i) => i < J));
});
