/** Which runs are set against which. */
import { describe, expect, it } from 'vitest';
import { type ScriptedRun, scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import { WEIGHT_DTYPES } from '../../engines/engine.ts';
import { toReportView } from './report-view.ts';
import { toRunColumns } from './to-run-columns.ts';

const GPT2 = { name: 'gpt2', family: 'autoregressive', weightsDigest: 'c'.repeat(64), maskId: null } as const;
const LLAMA = { ...GPT2, name: 'llama', weightsDigest: 'e'.repeat(64) };
const DIFFUSION = { name: 'diffu', weightsDigest: 'd'.repeat(64) };
const SHARED = ['float32', 'bfloat16', 'int8', 'int8x2', 'int4'];

const held = (model: ScriptedRun['model'] & object, ...dtypes: readonly string[]): readonly ScriptedRun[] =>
  dtypes.map((dtype) => ({ model: { ...model, dtype }, records: [] }));

function pairsOf(...runs: readonly (readonly ScriptedRun[])[]): readonly string[] {
  const records = [1, 0, 1].map((acc, index) => scriptedRecord(index, { acc }));
  const columns = runs
    .flat()
    .map((run) => toRunColumns(scriptedStoredRun({ ...run, records }), { chance: 0.5, ranking: 'mean', metric: null }));
  return toReportView({ runs: columns, unreadable: [] }).pairs.map(({ model, reference }) => `${model} - ${reference}`);
}

describe('runs of one model', () => {
  it('are set against the one in float32', () => {
    expect(pairsOf(held(GPT2, ...SHARED))).toEqual([
      'gpt2 (int8x2) - gpt2 (float32)',
      'gpt2 (bfloat16) - gpt2 (float32)',
      'gpt2 (int8) - gpt2 (float32)',
      'gpt2 (int4) - gpt2 (float32)',
    ]);
  });

  it.each([
    ['float16', ['bfloat16', 'float16', 'int8']],
    ['int8x2', ['int4', 'int8', 'int8x2']],
    ['int8', ['file', 'int4', 'int8']],
    ['float64', ['bfloat16', 'float64']],
  ])('are set against the most exact one where there is none in float32: %s', (reference, dtypes) => {
    const pairs = pairsOf(held(GPT2, ...dtypes));
    expect(pairs).toHaveLength(dtypes.length - 1);
    for (const pair of pairs) expect(pair).toContain(` - gpt2 (${reference})`);
  });

  it('rank every dtype that a run can have: one that is not known comes last', () => {
    const dtypes = ['a-new-one', ...WEIGHT_DTYPES];
    expect(pairsOf(held(GPT2, ...dtypes)).at(-1)).toBe('gpt2 (a-new-one) - gpt2 (float32)');
  });

  it('are set against the one that is wholly in float32, on the CPU', () => {
    const precision = { cheap: 'int8', rule: 'lead-reach/1', share: 0.1 };
    expect(pairsOf(held(GPT2, 'float32'), [{ model: GPT2, settings: { precision }, records: [] }])).toEqual([
      'gpt2 (mixed int8 and float32) - gpt2 (one precision)',
    ]);
    const webgpu = { ...GPT2, device: 'webgpu', provider: 'WebGpuExecutionProvider' };
    expect(pairsOf(held(webgpu, 'float32'), held(GPT2, 'float32'))).toEqual(['gpt2 (webgpu) - gpt2 (cpu)']);
  });
});

describe('runs of two models', () => {
  it('are set against each other where both are held alike, before those of one model', () => {
    const pairs = pairsOf(held(GPT2, ...SHARED), held(DIFFUSION, ...SHARED));
    expect(pairs.slice(0, 5)).toEqual(
      ['float32', 'int8x2', 'bfloat16', 'int8', 'int4'].map((dtype) => `diffu (${dtype}) - gpt2 (${dtype})`),
    );
    expect(pairs.slice(5)).toHaveLength(4 + 4);
    expect(pairs[5]).toBe('gpt2 (int8x2) - gpt2 (float32)');
    expect(pairs.at(-1)).toBe('diffu (int4) - diffu (float32)');
  });

  it('go without the dtypes that one of them lacks', () => {
    expect(pairsOf(held(GPT2, 'float32'), held(DIFFUSION, 'float32', 'int8'))).toEqual([
      'diffu (float32) - gpt2',
      'diffu (int8) - diffu (float32)',
    ]);
  });

  it('are each by the most exact one where they are held in no dtype alike', () => {
    expect(pairsOf(held(GPT2, 'float32'), held(DIFFUSION, 'int8', 'bfloat16'))).toEqual([
      'diffu (bfloat16) - gpt2',
      'diffu (int8) - diffu (bfloat16)',
    ]);
  });

  it('prefer one device, and make do with one dtype', () => {
    const gpu = { device: 'webgpu', provider: 'WebGpuExecutionProvider' };
    const causal = [...held(GPT2, 'float32'), ...held({ ...GPT2, ...gpu }, 'float32')];
    expect(pairsOf(causal, held(DIFFUSION, 'float32'))).toEqual(['diffu - gpt2 (cpu)', 'gpt2 (webgpu) - gpt2 (cpu)']);
    expect(pairsOf(held({ ...GPT2, ...gpu }, 'float32', 'float16'), held(DIFFUSION, 'float32', 'int8'))).toEqual([
      'diffu (float32) - gpt2 (float32)',
      'gpt2 (float16) - gpt2 (float32)',
      'diffu (int8) - diffu (float32)',
    ]);
  });

  it('of one family are all set against the first', () => {
    expect(pairsOf(held(GPT2, 'float32', 'int8'), held(LLAMA, 'int8', 'float32'))).toEqual([
      'llama (float32) - gpt2 (float32)',
      'llama (int8) - gpt2 (int8)',
      'gpt2 (int8) - gpt2 (float32)',
      'llama (int8) - llama (float32)',
    ]);
  });
});
