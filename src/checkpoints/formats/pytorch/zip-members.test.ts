import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { zipMembers } from './zip-members.ts';

let file = '';
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'zip-')), 'model.bin');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const NAME = Buffer.from('data/0');
const CONTENT = Buffer.from('twelve bytes');

function fields(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    values.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

/** One member, stored as it is. @param directoryAt where the end says that the directory is */
function zip(directoryAt?: number): Buffer {
  const size = CONTENT.length;
  const common = fields(
    [2, 20],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, crc32(CONTENT)],
    [4, size],
    [4, size],
    [2, NAME.length],
    [2, 0],
  );
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, NAME, CONTENT]);
  const places = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, 0]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02'), fields([2, 20]), common, places, NAME]);
  const end = fields([2, 0], [2, 0], [2, 1], [2, 1], [4, entry.length], [4, directoryAt ?? local.length], [2, 0]);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}

it('says where members lie', async () => {
  await writeFile(file, zip());
  expect(await zipMembers(file)).toEqual(new Map([['data/0', { offset: 36, byteLength: 12 }]]));
});

it('reads nothing outside the file, wherever its directory says that something is', async () => {
  await writeFile(file, zip(1000));
  const message = `${file}: a damaged zip: 46 bytes at 1000 of a file of ${zip().length}`;
  await expect(zipMembers(file)).rejects.toMatchObject({ code: 'bad-checkpoint', message });
});
