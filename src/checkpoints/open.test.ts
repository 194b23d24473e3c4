import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Layout } from '../architectures/architecture.ts';
import type { Gpt2Architecture } from '../architectures/gpt2.ts';
import { HarnessError } from '../core/errors.ts';
import type { StoredTensor } from './checkpoint.ts';
import { readSafetensorsHeader } from './formats/safetensors.ts';
import { readTensor, tensorBytes } from './formats/tensor-values.ts';
import { writeSafetensors } from './formats/write-safetensors.ts';
import { openCheckpoint } from './open.ts';
import { writeCheckpoint } from './write-checkpoint.ts';

const MINIATURE: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 2,
  width: 4,
  heads: 2,
  innerWidth: 16,
  contextLength: 8,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 10,
  tiedHead: true,
};

let parent = '';
let folder = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(parent, 'one-'));
});
afterAll(() => rm(parent, { recursive: true }));

const ramp = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, i) => i / 8);

function write(
  into: string,
  layout: Layout,
  architecture: Gpt2Architecture = MINIATURE,
  bench: object = {},
): Promise<void> {
  return writeCheckpoint(into, {
    architecture,
    layout,
    bench,
    dtype: () => 'F32',
    values: (_, shape) => [ramp(shape)],
  });
}

/** Rewrites `model.safetensors` as shards of at most ten tensors. */
async function shard(): Promise<{ file: string; index: { metadata: object; weight_map: Record<string, string> } }> {
  const single = join(folder, 'model.safetensors');
  const { tensors } = await readSafetensorsHeader(single);
  const weight_map: Record<string, string> = {};
  for (let i = 0; i < tensors.length; i += 10) {
    const name = `model-${i}.safetensors`;
    const part = tensors.slice(i, i + 10).map((one) => ({ ...one, publishedName: one.name, dtype: 'F32' as const }));
    for (const one of part) weight_map[one.name] = name;
    await writeSafetensors(
      join(folder, name),
      part.map((one) => ({ ...one, values: () => tensorBytes(one) })),
    );
  }
  await rm(single);
  return { file: join(folder, 'model.safetensors.index.json'), index: { metadata: {}, weight_map } };
}

describe('a checkpoint', () => {
  it('opens with every weight in place', async () => {
    await write(folder, 'plain');
    const checkpoint = await openCheckpoint(folder);
    expect(checkpoint).toMatchObject({ name: folder, folder, architecture: MINIATURE });
    expect(checkpoint.options).toEqual({ family: 'autoregressive', maskId: null, shift: true });
    // 10·4 + 8·4 embeddings, two layers of 244, final norm 8.
    expect(checkpoint.parameters).toBe(72 + 2 * 244 + 8);
    const embedding = checkpoint.tensors.get('wte.weight') as StoredTensor;
    expect(embedding).toMatchObject({ publishedName: 'transformer.wte.weight', dtype: 'F32', shape: [10, 4] });
    expect([...(await readTensor(embedding))]).toEqual([...ramp([10, 4])]);
  });

  it('has the digest of its weights and architecture, whatever its layout', async () => {
    await write(folder, 'plain');
    const digest = await (await openCheckpoint(folder)).digest();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const wrapped = await mkdtemp(join(parent, 'wrapped-'));
    await write(wrapped, 'wrapper', MINIATURE, { maskId: 3 });
    expect(await (await openCheckpoint(wrapped)).digest()).toBe(digest);
    await shard().then(({ file, index }) => writeFile(file, JSON.stringify(index)));
    expect(await (await openCheckpoint(folder)).digest()).toBe(digest);
    const otherHeads = await mkdtemp(join(parent, 'heads-'));
    await write(otherHeads, 'plain', { ...MINIATURE, heads: 4 });
    expect(await (await openCheckpoint(otherHeads)).digest()).not.toBe(digest);
  });

  it('has another digest once a value has changed, in the same process', async () => {
    await write(folder, 'plain');
    const file = join(folder, 'model.safetensors');
    const digest = await (await openCheckpoint(folder)).digest();
    const bytes = await readFile(file);
    bytes[bytes.byteLength - 1] = 1;
    await writeFile(join(folder, 'changed'), bytes);
    await rename(join(folder, 'changed'), file);
    expect(await (await openCheckpoint(folder)).digest()).not.toBe(digest);
  });

  it('says that its weights changed after their digest was asked, and passes over a copy of the same', async () => {
    await write(folder, 'plain');
    const file = join(folder, 'model.safetensors');
    const bytes = await readFile(file);
    const replace = async (): Promise<void> => {
      await writeFile(join(folder, 'changed'), bytes);
      await rename(join(folder, 'changed'), file);
    };
    const [asked, unasked] = [await openCheckpoint(folder), await openCheckpoint(folder)];
    const digest = await asked.digest();
    await replace();
    expect(await asked.digest()).toBe(digest);
    bytes[bytes.byteLength - 1] = 1;
    await replace();
    const changed = { code: 'bad-checkpoint', message: expect.stringMatching(`^${folder}: expected the weights`) };
    await expect(asked.digest()).rejects.toMatchObject(changed);
    await expect(asked.requireUnchanged()).rejects.toMatchObject(changed);
    await unasked.requireUnchanged();
  });

  it('that lacks a part is refused by naming it', async () => {
    const open = (path: string) => openCheckpoint(path);
    await expect(open(join(folder, 'none'))).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(/no folder/),
    });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(/no config.json/),
    });
    await writeFile(join(folder, 'config.json'), '{}');
    await expect(open(folder)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(/no weights; expected model/),
    });
    await writeFile(join(folder, 'adapter_model.safetensors'), '');
    await expect(open(folder)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(/holds an adapter, not a model/),
    });
    await writeFile(join(folder, 'weights.onnx'), '');
    await expect(open(join(folder, 'weights.onnx'))).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(/expected a folder or a weight file \(\.safetensors, \.bin/),
    });
  });

  it('that is damaged, or one shard of several, is refused with the next step', async () => {
    await write(folder, 'plain');
    const { file, index } = await shard();
    await writeFile(file, JSON.stringify(index));
    const [named = ''] = Object.values(index.weight_map);
    await expect(openCheckpoint(join(folder, named))).rejects.toMatchObject({
      code: 'bad-arguments',
      message: `${join(folder, named)}: one of the shards that ${basename(file)} lists; expected them all`,
      hint: `name their folder: ${folder}`,
    });
    await writeFile(join(folder, named), 'cut');
    await expect(openCheckpoint(folder)).rejects.toMatchObject({ hint: expect.stringContaining('fetch or copy it') });
  });

  it('whose config says otherwise than its weights is read by these, and says so', async () => {
    await write(folder, 'plain');
    const file = join(folder, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    const notesOf = async (changes: object) => {
      await writeFile(file, JSON.stringify({ ...config, ...changes }));
      return (await openCheckpoint(folder)).notes;
    };
    expect(await notesOf({})).toEqual([]);
    expect(await notesOf({ vocab_size: 9 })).toEqual([
      'config.json says vocab_size 9, and the embedding has 10 rows, which hold',
    ]);
    expect(await notesOf({ quantization_config: { load_in_8bit: true } })).toEqual([
      'config.json has a quantization_config, and the weights are plain numbers: they are read as they are',
    ]);
  });

  it('of the wrapper may have the row of the mask that its config lacks', async () => {
    await write(folder, 'wrapper');
    const file = join(folder, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...config, vocab_size: 9 }));
    expect((await openCheckpoint(folder, { maskId: 9 })).notes).toEqual([]);
  });

  it('whose files Git LFS did not fetch is refused as what it is', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
    await write(folder, 'plain');
    await writeFile(join(folder, 'model.safetensors'), pointer);
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      message: expect.stringMatching(/model\.safetensors: a Git LFS pointer/),
      hint: expect.stringContaining('git lfs pull'),
    });
    await writeFile(join(folder, 'config.json'), pointer);
    await expect(openCheckpoint(folder)).rejects.toThrow(/config\.json: a Git LFS pointer/);
  });

  it('is a revision of a model in the cache of Hugging Face, not the folder above them', async () => {
    const cached = join(folder, 'models--owner--name');
    await mkdir(join(cached, 'snapshots', 'abc'), { recursive: true });
    await mkdir(join(cached, 'snapshots', 'aaa'));
    await expect(openCheckpoint(cached)).rejects.toMatchObject({ hint: expect.stringContaining('snapshots/aaa') });
    await mkdir(join(cached, 'refs'));
    await writeFile(join(cached, 'refs', 'main'), 'abc');
    await expect(openCheckpoint(cached)).rejects.toMatchObject({
      code: 'missing-checkpoint',
      message: expect.stringMatching(/models--owner--name: a model in the cache of Hugging Face/),
      hint: `name the folder of the revision: ${join(cached, 'snapshots', 'abc')}`,
    });
  });

  it('with a config.json that is not JSON is refused', async () => {
    await write(folder, 'plain');
    await writeFile(join(folder, 'config.json'), '{"n_layer": 2,}');
    await expect(openCheckpoint(folder)).rejects.toThrow(`${join(folder, 'config.json')}: the file is not JSON`);
  });
});

it('with any bytes of the weight file changed opens or is refused, and never anything else', async () => {
  await write(folder, 'wrapper', MINIATURE, { maskId: 1 });
  const file = join(folder, 'model.safetensors');
  const good = await readFile(file);
  const headerEnd = 8 + Number(good.readBigUInt64LE(0));
  const mutations = fc.array(fc.tuple(fc.nat(headerEnd - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      await writeFile(file, bytes);
      const outcome = await openCheckpoint(folder).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(HarnessError);
    }),
    { numRuns: 300 },
  );
});

describe('shards', () => {
  const refuse = async (change: (index: { weight_map: Record<string, unknown> }) => void, message: RegExp | string) => {
    await write(folder, 'plain');
    const { file, index } = await shard();
    change(index);
    await writeFile(file, JSON.stringify(index));
    await expect(openCheckpoint(folder)).rejects.toThrow(message);
  };
  const FIRST = 'transformer.wte.weight';

  it('give the same tensors as one file', async () => {
    await write(folder, 'plain');
    const names = [...(await openCheckpoint(folder)).tensors.keys()];
    const { file, index } = await shard();
    await writeFile(file, JSON.stringify(index));
    const checkpoint = await openCheckpoint(folder);
    expect([...checkpoint.tensors.keys()]).toEqual(names);
    expect(checkpoint.tensors.get('ln_f.bias')).toMatchObject({ file: join(folder, 'model-20.safetensors') });
  });

  it.each([
    '../model-0.safetensors',
    '/etc/model-0.safetensors',
    'a/model-0.safetensors',
    '..\\model.safetensors',
    '..',
    '',
  ])('outside the folder are refused: %j', (shardName) =>
    refuse(
      ({ weight_map }) => {
        weight_map[FIRST] = shardName;
      },
      `shard ${JSON.stringify(shardName)} is not the name of a safetensors file in this folder`,
    ),
  );

  it('that are missing are named', () =>
    refuse(({ weight_map }) => {
      weight_map[FIRST] = 'model-9.safetensors';
    }, /index.json: shard "model-9.safetensors" is missing/));

  it('that lack a listed tensor are named', () =>
    refuse(({ weight_map }) => {
      weight_map.extra = 'model-0.safetensors';
    }, /tensor "extra" is not in its shard "model-0.safetensors"/));

  it('that hold an unlisted tensor are named', () =>
    refuse(({ weight_map }) => {
      delete weight_map[FIRST];
    }, /model-0.safetensors: tensor "transformer.wte.weight" is not in model.safetensors.index.json/));

  it('need an index of the expected form', () =>
    refuse(({ weight_map }) => {
      weight_map[FIRST] = 7;
    }, /index.json: key "weight_map.transformer.wte.weight"/));
});

describe('what ends a text', () => {
  const configured = async (key: object, generation?: object) => {
    await write(folder, 'plain');
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...key }));
    if (generation !== undefined) await writeFile(join(folder, 'generation_config.json'), JSON.stringify(generation));
    return (await openCheckpoint(folder)).endIds;
  };

  it.each([
    [{}, undefined, []],
    [{ eos_token_id: 3 }, undefined, [3]],
    [{ eos_token_id: [3, 1, 3] }, undefined, [3, 1]],
    [{ eos_token_id: 3 }, { eos_token_id: [5, 6] }, [5, 6]],
    [{ eos_token_id: 3 }, { do_sample: false }, [3]],
    [{ eos_token_id: null }, { eos_token_id: null }, []],
  ])('config.json %j and generation_config.json %j: %j', async (config, generation, expected) => {
    expect(await configured(config, generation)).toEqual(expected);
  });

  it('is a token id or several', async () => {
    await expect(configured({ eos_token_id: '</s>' })).rejects.toThrow(/config\.json.*eos_token_id/);
    await expect(configured({}, { eos_token_id: [-1] })).rejects.toThrow(/generation_config\.json.*eos_token_id/);
  });
});
