import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFolder } from '../../test/shared-folder.ts';
import type { StoredTensor } from './checkpoint.ts';
import { readSafetensorsHeader } from './formats/safetensors.ts';
import { readTensor } from './formats/tensor-values.ts';
import { writeSafetensors } from './formats/write-safetensors.ts';
import { openCheckpoint } from './open.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-'));
});
afterAll(() => rm(folder, { recursive: true }));

const shared = sharedFolder('golden');
describe.skipIf(shared === null)('golden checkpoints (skipped where no ../shared/golden is beside the project)', () => {
  const at = (name: string) => join(shared ?? '', name);
  // 384 · 48 embedding, 128 · 48 positions, three layers of 28,272, final norm: and two rows more for the adapted one.
  const GPT2_PARAMETERS = 109_488;
  const LLAMA_PARAMETERS = 113_232;

  it.each([
    ['gpt2-tiny-ar', GPT2_PARAMETERS, 'F32', {}],
    ['gpt2-tiny-ar-hubkeys', GPT2_PARAMETERS, 'F32', {}],
    ['diffugpt-tiny', GPT2_PARAMETERS + 96, 'F32', { maskId: 384 }],
    ['llama-tiny-ar', LLAMA_PARAMETERS, 'F32', {}],
    ['llama-tiny-ar-bf16', LLAMA_PARAMETERS, 'BF16', {}],
    ['diffullama-tiny', LLAMA_PARAMETERS, 'F32', { maskId: 211 }],
    ['diffullama-tiny-hf', LLAMA_PARAMETERS, 'F32', { family: 'diffusion', maskId: 211 }],
  ] as const)('%s opens', async (name, parameters, dtype, overrides) => {
    const checkpoint = await openCheckpoint(at(name), overrides);
    expect(checkpoint.parameters).toBe(parameters);
    expect(checkpoint.architecture.vocabularyRows).toBe(name === 'diffugpt-tiny' ? 386 : 384);
    expect(checkpoint.architecture).toMatchObject({ layers: 3, width: 48, heads: 4, contextLength: 128 });
    expect(checkpoint.architecture.tiedHead).toBe(checkpoint.architecture.kind === 'gpt2');
    expect(checkpoint.options.family).toBe(name.startsWith('diffu') ? 'diffusion' : 'autoregressive');
    for (const tensor of checkpoint.tensors.values()) expect(tensor.dtype).toBe(dtype);
  });

  it('of equal weights have equal digests under both key layouts', async () => {
    const digest = async (name: string) =>
      (await openCheckpoint(at(name), { maskId: null, family: 'autoregressive' })).digest();
    expect(await digest('gpt2-tiny-ar-hubkeys')).toBe(await digest('gpt2-tiny-ar'));
    expect(await digest('diffullama-tiny-hf')).toBe(await digest('diffullama-tiny'));
    expect(await digest('diffugpt-tiny')).not.toBe(await digest('gpt2-tiny-ar'));
    expect(await digest('llama-tiny-ar-bf16')).not.toBe(await digest('llama-tiny-ar'));
  });

  it('in BF16 hold the F32 weights rounded to nearest, ties to even', async () => {
    const exact = await openCheckpoint(at('llama-tiny-ar'));
    const rounded = await openCheckpoint(at('llama-tiny-ar-bf16'));
    const again = join(folder, 'again.safetensors');
    const sources = [...exact.tensors.values()].map((tensor) => ({
      name: tensor.name,
      dtype: 'BF16' as const,
      shape: tensor.shape,
      async *values() {
        yield await readTensor(tensor);
      },
    }));
    await writeSafetensors(again, sources);
    const ours = new Map((await readSafetensorsHeader(again)).tensors.map((tensor) => [tensor.name, tensor]));
    for (const [name, tensor] of rounded.tensors) {
      const mine = await readTensor({ ...(ours.get(name) as StoredTensor), publishedName: name, dtype: 'BF16' });
      expect(Buffer.from(mine.buffer).equals(Buffer.from((await readTensor(tensor)).buffer))).toBe(true);
    }
  });

  it('without model_type in the config are told by their tensor names', async () => {
    await cp(at('diffugpt-tiny'), folder, { recursive: true });
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    delete config.model_type;
    await rm(join(folder, 'config.json'), { force: true }); // the copy may be read-only
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    expect((await openCheckpoint(folder, { maskId: 384 })).architecture.kind).toBe('gpt2');
  });

  it('of a LLaMA with grouped heads and a tied output matrix opens as well', async () => {
    const checkpoint = await openCheckpoint(join(shared ?? '', '..', 'models', 'stories260K-hf'));
    expect(checkpoint.architecture).toMatchObject({ kind: 'llama', heads: 8, keyValueHeads: 4, tiedHead: true });
    // 512 · 64 embedding, five layers of 2 · 64² + 2 · 32 · 64 + 3 · 172 · 64 + 2 · 64, final norm 64.
    expect(checkpoint.parameters).toBe(32_768 + 5 * 45_440 + 64);
  });
});
