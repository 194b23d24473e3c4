import { describe, expect, it } from 'vitest';
import { COMPARE_SETTINGS } from '../../../test/scripted/compare-settings.ts';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { matchRuns } from '../measured/match-runs.ts';
import type { Measured } from '../measured/measured.ts';
import { compareRuns } from './compare-runs.ts';
import { comparisonMarkdown, comparisonRows } from './comparison-outputs.ts';
import { comparisonText } from './comparison-text.ts';

const acc = [1, 0, 1, 1];
const compared = (a: Measured, b: Measured) => compareRuns(matchRuns([a], [b]), COMPARE_SETTINGS);

describe('runs of one model', () => {
  const held = (more: Partial<Measured['manifest']['model']>): Measured => {
    const plain = scriptedMeasured({ model: 'm', values: { acc } });
    return { ...plain, manifest: { ...plain.manifest, model: { ...plain.manifest.model, ...more } } };
  };
  const onnx = { engine: 'onnx-cpu 1.30.0', dtype: 'float32' };
  const webgpu = { ...onnx, engine: 'onnx-webgpu 1.30.0', device: 'webgpu', provider: 'WebGpuExecutionProvider' };
  const said = (a: Measured, b: Measured) => {
    const lines = comparisonText(compared(a, b), 0, 300).split('\n');
    const [head = ''] = lines.filter((line) => line.startsWith('Reference '));
    return [head.replace(/; difference.*/, ''), ...lines.filter((line) => line.startsWith('! '))];
  };

  it('go by names that tell them apart, and what differs is said once', () => {
    expect(said(held(onnx), held({ ...onnx, dtype: 'int8' }))).toEqual([
      'Reference m (float32); candidate m (int8)',
      '! piqa: compared although weights float32 against int8',
    ]);
    expect(said(held(onnx), held(webgpu))).toEqual([
      'Reference m (cpu); candidate m (webgpu)',
      '! piqa: compared although computed on cpu against webgpu',
    ]);
    const trained = (digit: string) => held({ ...onnx, weightsDigest: digit.repeat(64) });
    expect(said(trained('a'), trained('f'))).toEqual(['Reference m (weights aaaaaa); candidate m (weights ffffff)']);
    expect(said(held(onnx), held({ ...onnx, family: 'autoregressive' }))[0]).toBe(
      'Reference m (diffusion); candidate m (autoregressive)',
    );
  });

  it('of other engines are labelled by both the weights and the engine', () => {
    expect(said(held(onnx), held({ ...onnx, engine: 'tfjs-wasm 4.22.0' }))).toEqual([
      'Reference m; candidate m',
      '! piqa: other engines, onnx-cpu 1.30.0 and tfjs-wasm 4.22.0',
    ]);
    expect(said(held({}), held(onnx)).slice(1)).toEqual([
      '! piqa: compared although weights float64 against float32',
      '! piqa: other engines, reference and onnx-cpu 1.30.0',
    ]);
  });

  it('are told apart in JSON, CSV and Markdown too; other names stay as they were typed', () => {
    const document = compared(held(onnx), held({ ...onnx, dtype: 'int8' }));
    expect(comparisonRows(document)[0]).toMatchObject({ referenceModel: 'm (float32)', candidateModel: 'm (int8)' });
    expect(comparisonMarkdown(document)).toContain('(m (int8)) |');
    expect(document.noise.map(({ model }) => model)).toEqual(['m (float32)', 'm (int8)']);
    expect(compared(scriptedMeasured({ model: 'a', values: { acc } }), held(onnx)).rows[0]).toMatchObject({
      reference: { model: 'a' },
      candidate: { model: 'm' },
    });
  });
});
