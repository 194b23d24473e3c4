import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HarnessError } from '../../../core/errors.ts';
import { publishedValues } from '../decode-tensor.ts';
import { readTorchFile } from './read-torch-file.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torch-'));
  file = join(folder, 'pytorch_model.bin');
});
afterAll(() => rm(folder, { recursive: true }));

const text = (value: string): Buffer => Buffer.concat([Buffer.from('X'), uint32(value.length), Buffer.from(value)]);
const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`);
const byte = (value: number): Buffer => Buffer.from([0x4b, value]);
const sizes = (values: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from('('), ...values.map(byte), Buffer.from('t')]);
const PROTOCOL = Buffer.from([0x80, 2]);
const MAGIC = Buffer.from([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
const STOP = Buffer.from('.');
const NONE = Buffer.from('N');

/** A float32 tensor of 6 values, as the pickle of a legacy file builds it. */
function tensor(start: number, shape: readonly number[], strides: readonly number[], callee = '_rebuild_tensor_v2') {
  const storage = [text('storage'), global('torch', 'FloatStorage'), text('a'), text('cpu'), byte(6), NONE];
  const id = Buffer.concat([Buffer.from('('), ...storage, Buffer.from('tQ')]);
  const given = [id, byte(start), sizes(shape), sizes(strides), Buffer.from([0x89]), NONE];
  return Buffer.concat([global('torch._utils', callee), Buffer.from('('), ...given, Buffer.from('tR')]);
}

function legacy(value: Buffer, values = 6): Buffer {
  const pickle = (...parts: Buffer[]) => Buffer.concat([PROTOCOL, ...parts, STOP]);
  const count = Buffer.from(BigInt64Array.of(6n).buffer);
  const data = Buffer.from(Float32Array.from({ length: values }, (_, i) => i).buffer);
  const system = Buffer.from('}');
  return Buffer.concat([
    ...[pickle(MAGIC), pickle(byte(1)), pickle(system), pickle(value)],
    ...[pickle(Buffer.from(']'), text('a'), Buffer.from('a')), count, data],
  ]);
}

const dictionary = (name: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from('}'), text(name), value, Buffer.from('s')]);

describe('a legacy file', () => {
  it('gives a tensor that looks at its storage from an offset, transposed, or at one value again and again', async () => {
    const looks: [number, number[], number[], number[]][] = [
      [1, [2, 2], [2, 1], [1, 2, 3, 4]],
      [0, [3, 2], [1, 3], [0, 3, 1, 4, 2, 5]],
      [5, [2, 2], [0, 0], [5, 5, 5, 5]],
      [0, [0, 3], [3, 1], []],
      [2, [], [], [2]],
    ];
    for (const [start, shape, strides, expected] of looks) {
      await writeFile(file, legacy(dictionary('w', tensor(start, shape, strides))));
      const [found] = await readTorchFile(file);
      expect(found).toMatchObject({ name: 'w', dtype: 'F32', shape });
      expect(found && [...(await publishedValues(found))]).toEqual(expected);
    }
  });

  it.each([
    [
      'reaches behind its storage',
      tensor(3, [2, 2], [2, 1]),
      /tensor "w": shape \[2, 2\] .* reaches to value 7 of a storage of 6/,
    ],
    ['has more sizes than strides', tensor(0, [2, 2], [1]), /a damaged pickle: a tensor is malformed/],
    [
      'is built by another function',
      tensor(0, [2], [1], '_rebuild_sparse_tensor'),
      /names torch\._utils\._rebuild_sparse_tensor/,
    ],
    ['is no tensor', byte(1), /expected a dictionary of tensors, found none/],
  ])('whose value %s is refused', async (_, value, message) => {
    await writeFile(file, legacy(dictionary('w', value)));
    await expect(readTorchFile(file)).rejects.toThrow(message);
  });

  it('whose values are cut is refused', async () => {
    await writeFile(file, legacy(dictionary('w', tensor(0, [6], [1])), 5));
    await expect(readTorchFile(file)).rejects.toThrow(/truncated: storage "a" ends behind the file/);
  });

  it('that Git LFS did not fetch is said to be none', async () => {
    await writeFile(file, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    await expect(readTorchFile(file)).rejects.toThrow(/a Git LFS pointer/);
  });

  it('runs nothing, whatever a pickle calls', async () => {
    const called = Buffer.concat([global('os', 'system'), Buffer.from('('), text('touch /tmp/ran'), Buffer.from('tR')]);
    await writeFile(file, legacy(called));
    await expect(readTorchFile(file)).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(/its pickle names os\.system; expected tensors/),
      hint: expect.stringContaining('safetensors'),
    });
  });

  it('with any bytes changed is read or refused, and never anything else', async () => {
    const good = legacy(dictionary('w', tensor(1, [2, 2], [2, 1])));
    const mutations = fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.nat(60), async (changes, cut) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(file, bytes.subarray(0, cut < 40 ? bytes.byteLength : bytes.byteLength - cut));
        const outcome = await readTorchFile(file).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(HarnessError);
      }),
      { numRuns: 1000 },
    );
  });
});
