import { afterEach, expect, it, vi } from 'vitest';
import type { Program } from '../../tensor/ops.ts';
import type { CompileOptions } from '../engine.ts';
import { onnxEngine } from './engine.ts';
import { loadOnnxruntime } from './library.ts';

const ort = await loadOnnxruntime();

const DOUBLE: Program<'x', 'doubled'> = {
  name: 'double',
  inputs: { x: { dtype: 'float32', dims: ['N'] } },
  outputs: { doubled: { dtype: 'float32', dims: ['N'] } },
  build: (ops, { x }) => ({ doubled: ops.add(x, x) }),
};

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  [true, {}],
  [true, { keepsMemoryPlans: true }],
  [false, { keepsMemoryPlans: false }],
] as const)(
  'keeps memory plans (%s) as each program is compiled (%o), with the same results',
  async (kept, options: CompileOptions) => {
    const create = vi.spyOn(ort.InferenceSession, 'create');
    const executable = await (await onnxEngine({ threads: 1 })).compile(DOUBLE, new Map(), options);
    expect(create.mock.lastCall?.[1 as never]).toMatchObject({ enableMemPattern: kept });
    for (const length of [3, 5, 3]) {
      const x = { dims: [length], data: Float32Array.from({ length }, (_, i) => i) };
      const { doubled } = await executable.run({ x });
      expect([...doubled.data]).toEqual(Array.from({ length }, (_, i) => 2 * i));
    }
    await executable.dispose();
  },
);
