/** `bench models convert` on golden files of every format: the same numbers and tokenizer, and the same digest where all weights were float32. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import { onnxEngine } from '../../../src/engines/onnx/engine.ts';
import { convertModel } from '../../../src/evaluate/convert/convert-model.ts';
import { modelTokenizer } from '../../../src/evaluate/open-parts.ts';
import { at, type GoldenForward, readGolden, SKIPPED, shared, worstDifference } from './golden-formats.ts';

const MODELS = [
  ['gguf', 'llama-q4_k_m', '/llama-q4_k_m.gguf'],
  ['gguf', 'llama3-q8_0-ropefreqs', '/llama3-q8_0-ropefreqs.gguf'],
  ['gguf', 'llama-q8_0-ropelinear', '/llama-q8_0-ropelinear.gguf'],
  ['gguf', 'qwen2-q8_0', '/qwen2-q8_0.gguf'],
  ['gguf', 'gpt2-q8_0-output', '/gpt2-q8_0-output.gguf'],
  ['bin', 'gpt2-odd-zip-f32', ''],
  ['lowbit', 'llama-bnb-nf4', ''],
] as const;

describe.skipIf(shared === null)(`converting golden files (${SKIPPED})`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'convert-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(MODELS)('%s/%s in float32 is the same model', async (kind, name, file) => {
    const { forward } = readGolden<{ forward: GoldenForward[] }>(kind, name, 'golden.json');
    const checkpoint = await openCheckpoint(`${at(kind, name)}${file}`);
    const out = join(folder, name);
    const { digest, origin } = await convertModel(checkpoint, out, 'float32');
    const isFloat32 = [...checkpoint.tensors.values()].every(({ dtype }) => dtype === 'F32');
    if (isFloat32) expect(digest).toBe(origin);
    const again = await openCheckpoint(out);
    expect(again.architecture).toEqual(checkpoint.architecture);
    expect(again.endIds).toEqual(checkpoint.endIds);
    expect(await worstDifference(await onnxEngine({ threads: 2 }), again, forward)).toBeLessThan(1e-4);
    const [before, after] = [await modelTokenizer(checkpoint, null), await modelTokenizer(again, null)];
    const text = 'The quick  brown fox: 12½ jumps\n</s> 漢';
    const whole = { specialTokens: true };
    expect(after?.encode(text, whole)).toEqual(before?.encode(text, whole));
    expect(after?.size).toBe(before?.size);
  });
});
