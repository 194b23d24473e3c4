import { expect, it } from 'vitest';
import { HarnessError } from '../../../core/errors.ts';
import type { HostTensor, Program } from '../../../tensor/ops.ts';
import type { Executable } from '../../engine.ts';
import { referenceEngine } from '../../reference.ts';
import type { Dialect } from '../dialect.ts';
import { probeDevice } from './probe.ts';

type Outputs = Readonly<Record<string, HostTensor>>;

/** A device that computes as the reference does, but for what is changed. */
const device =
  (changed: (program: string, dialect: Dialect, outputs: Outputs) => Outputs) =>
  async (dialect: Dialect, program: Program<string, string>): Promise<Executable<string, string>> => {
    const exact = await referenceEngine().compile(program, new Map());
    return { ...exact, run: async (feeds) => changed(program.name, dialect, await exact.run(feeds)) as never };
  };

const without = ({ dims, data }: HostTensor): HostTensor => ({
  dims,
  data: (data as Float32Array).map((value) => (Number.isNaN(value) ? 0 : value)) as Float32Array,
});

it('uses every kernel of a device that is right', async () => {
  const { dialect, spelledOut, fault } = await probeDevice(device((_, __, outputs) => outputs));
  expect([dialect.kernels.size, dialect.guarded.size, spelledOut.size, fault]).toEqual([8, 0, 0, null]);
});

it('spells out kernels that are off, hide NaN, or are missing, and no others', async () => {
  const { dialect, spelledOut, fault } = await probeDevice(
    device((name, { kernels }, outputs) => {
      if (name === 'probe of GELU' && kernels.has('geluTanh')) throw new HarnessError('engine', 'expected a kernel');
      if (name === 'probe of softmax' && kernels.has('softmax')) {
        return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, without(tensor)]));
      }
      if (name !== 'probe of attention' || !kernels.has('attention')) return outputs;
      const { mixed } = outputs as Record<'mixed', HostTensor>;
      return { mixed: { ...mixed, data: (mixed.data as Float32Array).map((value) => value + 1) as Float32Array } };
    }),
  );
  expect(fault).toBeNull();
  expect([...spelledOut]).toEqual([
    ['geluTanh', 'has no kernel'],
    ['softmax', 'hides NaN'],
    ['attention', expect.stringMatching(/^is off by /)],
  ]);
  expect([...dialect.kernels]).toEqual(['linear', 'fusedMatmul', 'layerNorm', 'layerNormParts', 'logSoftmax']);
});

it('adds NaN beside operations that lose it', async () => {
  const { dialect, fault } = await probeDevice(
    device((name, { guarded }, outputs) =>
      name === 'probe of single operations' && !guarded.has('Exp')
        ? { ...outputs, Exp: without(outputs.Exp as HostTensor) }
        : outputs,
    ),
  );
  expect([[...dialect.guarded], fault]).toEqual([['Exp'], null]);
});

it('refuses a device on which nothing helps', async () => {
  const blind = device((name, _, outputs) =>
    name === 'probe of single operations' ? { ...outputs, Mul: without(outputs.Mul as HostTensor) } : outputs,
  );
  expect((await probeDevice(blind)).fault).toBe('Mul hides NaN');
  const wrong = device((name, _, outputs) =>
    name === 'probe of softmax'
      ? Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, without(tensor)]))
      : outputs,
  );
  expect((await probeDevice(wrong)).fault).toBe('softmax, spelled out, hides NaN');
});
