/**
 * Decoded weights in files of the cache folder, one a weight, for as long as a program reads them. onnxruntime 1.30 copies what it
 * is given in memory, and takes no weights from memory and from files at once; a file is read a weight at a time.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from '../../core/collect.ts';
import { narrow } from '../../core/numbers/float-formats.ts';
import { draftName, makeFolder, removeStaleDrafts } from '../../files/draft.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { DecodedWeight, DenseWeight } from '../../tensor/ops.ts';
import { SharedWeights } from '../shared-weights.ts';
import { withoutRoom } from '../without-room.ts';

const refused = (path: string) => withoutRoom(path, 'decoded weights', 'float32');

export type DecodedFiles = SharedWeights<DecodedWeight, DenseWeight>;

/** Files that a process left which is gone are removed with the first weight. */
export function decodedFiles(folder = join(cacheFolder(process.env), 'decoded')): DecodedFiles {
  const isReady = once(() => makeFolder(folder).then(() => removeStaleDrafts(folder)));
  return new SharedWeights(
    async (source) => {
      await isReady().catch(refused(folder));
      return write(join(folder, draftName('weight')), source);
    },
    ({ file }) => rm(file, { force: true }),
  );
}

async function write(file: string, source: DecodedWeight): Promise<DenseWeight> {
  const { dtype, shape } = source;
  const bytes = narrow(await source.values(), dtype);
  await writeFile(file, bytes, { flag: 'wx' }).catch(async (error: unknown) => {
    await rm(file, { force: true });
    refused(file)(error);
  });
  return { file, offset: 0, byteLength: bytes.byteLength, dtype, shape };
}
