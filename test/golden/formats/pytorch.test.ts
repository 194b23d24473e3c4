/** Every .bin file of golden-formats: zip and legacy, views, shards, and what must be refused. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishedValues } from '../../../src/checkpoints/formats/decode-tensor.ts';
import { readPublishedWeights } from '../../../src/checkpoints/formats/index.ts';
import { readTorchFile } from '../../../src/checkpoints/formats/pytorch/read-torch-file.ts';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import { HarnessError } from '../../../src/core/errors.ts';
import {
  at,
  ENGINES,
  expectRefusal,
  type GoldenForward,
  type GoldenTensor,
  type Refusal,
  readGolden,
  SKIPPED,
  sha256OfFloat32,
  shared,
  worstDifference,
} from './golden-formats.ts';

interface Golden {
  readonly forward: readonly GoldenForward[];
  readonly tensors: readonly (Partial<GoldenTensor> & {
    readonly file: string;
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly first4: readonly (number | boolean)[];
  })[];
}

const NAMES = [
  'gpt2-odd-legacy-bf16',
  'gpt2-odd-zip-f32',
  'llama-legacy-f16',
  'llama-sharded-bf16',
  'llama-torch2-bf16',
  'llama-zip-f16-protocol4',
  'llama-zip-f32',
];
const DTYPES: Readonly<Record<string, string>> = {
  ...{ float32: 'F32', float16: 'F16', bfloat16: 'BF16', float64: 'F64' },
  ...{ int64: 'I64', int32: 'I32', uint8: 'U8', bool: 'BOOL' },
};

describe.skipIf(shared === null)(`golden .bin files (${SKIPPED})`, () => {
  describe.each(NAMES)('%s', (name) => {
    it('holds the given tensors', async () => {
      const { tensors } = readGolden<Golden>('bin', name, 'golden.json');
      const found = await readPublishedWeights(at('bin', name));
      expect(found?.tensors.map((each) => each.name).sort()).toEqual(tensors.map((each) => each.name).sort());
      for (const want of tensors) {
        const tensor = found?.tensors.find((each) => each.name === want.name);
        if (tensor === undefined) throw new Error(want.name);
        expect(tensor, want.name).toMatchObject({ dtype: DTYPES[want.dtype], shape: want.shape });
        expect(tensor.file.endsWith(want.file)).toBe(true);
        if (want.sha256_of_float32 === undefined) continue;
        expect(sha256OfFloat32(await publishedValues(tensor)), want.name).toBe(want.sha256_of_float32);
      }
    });

    it.each(ENGINES)('gives the log-probabilities on $name', async ({ make, tolerance }) => {
      const { forward } = readGolden<Golden>('bin', name, 'golden.json');
      const checkpoint = await openCheckpoint(at('bin', name));
      expect(await worstDifference(await make(), checkpoint, forward)).toBeLessThan(tolerance);
    });
  });

  it('a file is opened by its name too, with the config beside it', async () => {
    const folder = await openCheckpoint(at('bin', 'llama-zip-f32'));
    const file = await openCheckpoint(at('bin', 'llama-zip-f32', 'pytorch_model.bin'));
    expect(file.folder).toBe(folder.folder);
    expect(file.tensors).toEqual(folder.tensors);
  });

  it('equal weights have the digest that they have as safetensors', async () => {
    const digest = async (...path: string[]) => (await openCheckpoint(at(...path))).digest();
    expect(await digest('bin', 'llama-zip-f32')).toBe(await digest('..', 'golden', 'llama-tiny-ar'));
    expect(await digest('bin', 'gpt2-odd-zip-f32')).toBe(await digest('..', 'golden', 'gpt2-tiny-ar'));
  });

  it('doubles are read, and tensors outside the network are named', async () => {
    const tensors = await readTorchFile(at('bin', 'gpt2-odd-zip-f32', 'pytorch_model.bin'));
    const double = tensors.find(({ name }) => name === 'extra.double');
    expect(double && (await publishedValues(double))).toEqual(Float32Array.of(0.1, 1e300));
    const { notes } = await openCheckpoint(at('bin', 'gpt2-odd-zip-f32'));
    expect(notes).toEqual([expect.stringMatching(/^ignored "extra\.expanded", .*: outside the network of a gpt2$/)]);
  });

  it('a zip with any bytes of its pickle or directory changed is read or refused, and never anything else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zip-'));
    const file = join(folder, 'pytorch_model.bin');
    const good = await readFile(at('bin', 'llama-torch2-bf16', 'pytorch_model.bin'));
    const place = fc.oneof(fc.nat(4000), fc.integer({ min: good.byteLength - 4000, max: good.byteLength - 1 }));
    const mutations = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const bytes = Uint8Array.from(good);
        for (const [position, value] of changes) bytes[position] = value;
        await writeFile(file, bytes);
        const outcome = await readTorchFile(file).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(HarnessError);
      }),
      { numRuns: 200 },
    );
    await rm(folder, { recursive: true });
  });

  const { refuse } =
    shared === null ? { refuse: [] } : readGolden<{ refuse: Refusal[] }>('bin', 'refuse', 'golden.json');
  it.each(refuse)('refused: $why', async ({ file, message_should_name }) => {
    await expectRefusal(readTorchFile(at('bin', 'refuse', file as string)), message_should_name);
  });
});
