/**
 * Weights in fewer bits, in a file of the cache folder: written once for each model and dtype, then mapped by the engine.
 *
 * A line of JSON that says what lies where, blanks up to a multiple of 4096 bytes, the arrays, and the SHA-256 of all that.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { badCheckpoint, HarnessError, weightsChanged } from '../../core/errors.ts';
import { digestOf } from '../../core/text/digest.ts';
import { makeFolder, replaceFile } from '../../files/draft.ts';
import { isFile, readExactly, withFile } from '../../files/file-bytes.ts';
import { keptDigest } from '../../files/kept.ts';
import { cacheFolder } from '../../files/package-root.ts';
import type { Weights } from '../../tensor/ops.ts';
import { withoutRoom } from '../without-room.ts';
import { packed, partsOf } from './forms.ts';
import type { PackedPart, PackedUse, PartSpec, Pause } from './packed-use.ts';

/** Raised whenever the same weights would give other bytes. */
const FORMAT = 'bench-packed/1';
const SUM_BYTES = 32;
const ALIGNMENT = 64;
const PAGE = 4096;
const PIECE = 4 << 20;

export const packedFolder = (): string => join(cacheFolder(process.env), 'packed');

/** Whose weights a file holds, and in what. */
export interface PackedModel {
  readonly dtype: string;
  /** Of the values of all its weights. */
  readonly digest: string;
}

export interface Packing {
  /** Digest of the weights as they lie in their files when it is asked. */
  readonly digestNow: () => Promise<string>;
  readonly signal?: AbortSignal | undefined;
}

export type PackedWeights = ReadonlyMap<string, readonly PackedPart[]>;

export const keyOf = ({ weight, form, outputsFirst }: PackedUse): string =>
  `${weight} ${form}${outputsFirst ? ' outputs first' : ''}`;

/**
 * The parts of every use, by `keyOf`, in a file that is written where it is not there.
 *
 * @throws HarnessError 'bad-checkpoint' where the file is damaged, or the weights changed while they were read; 'system' where it cannot be
 *   written, 'interrupted' when the signal is aborted: what was written is removed
 */
export async function packedWeights(
  uses: readonly PackedUse[],
  weights: Weights,
  model: PackedModel,
  packing: Packing,
  folder = packedFolder(),
): Promise<PackedWeights> {
  const sorted = [...uses].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const file = join(folder, `${digestOf({ format: FORMAT, ...model, uses: sorted }).slice(0, 32)}.packed`);
  const layout = layOut(sorted, model, file);
  if (await isFile(file)) await requireIntact(file, layout);
  else {
    await makeFolder(dirname(file))
      .then(() => replaceFile(file, contents(layout, sorted, weights, { file, model, ...packing })))
      .catch(withoutRoom(file, `weights in ${model.dtype}`, model.dtype));
  }
  return layout.places;
}

interface Layout {
  readonly head: Uint8Array;
  readonly places: PackedWeights;
  /** Of the whole file. */
  readonly bytes: number;
}

function layOut(uses: readonly PackedUse[], model: PackedModel, file: string): Layout {
  const text = JSON.stringify({ format: FORMAT, ...model, uses });
  const headBytes = roundUp(Buffer.byteLength(text) + 1, PAGE);
  const places = new Map<string, PackedPart[]>();
  let offset = headBytes;
  for (const use of uses) {
    const parts = partsOf(use).map((part) => {
      const byteLength = bytesOf(part);
      const placed = { ...part, file, offset, byteLength };
      offset = roundUp(offset + byteLength, ALIGNMENT);
      return placed;
    });
    places.set(keyOf(use), parts);
  }
  return { head: Buffer.from(`${text.padEnd(headBytes - 1)}\n`), places, bytes: offset + SUM_BYTES };
}

const roundUp = (bytes: number, multiple: number): number => Math.ceil(bytes / multiple) * multiple;

const ELEMENT_BYTES = { I8: 1, U8: 1, BF16: 2, F16: 2, F32: 4 } as const;

const bytesOf = ({ dtype, shape }: PartSpec): number =>
  shape.reduce((product, side) => product * side, ELEMENT_BYTES[dtype]);

interface Written extends Packing {
  readonly file: string;
  readonly model: PackedModel;
}

/** The whole file, a weight at a time. Nothing is kept under a digest that was taken of other weights. */
async function* contents(
  { head, places }: Layout,
  uses: readonly PackedUse[],
  weights: Weights,
  { file, model, digestNow, signal }: Written,
): AsyncGenerator<Uint8Array> {
  const sum = createHash('sha256').update(head);
  const pause = pausing(signal);
  yield head;
  for (const use of uses) {
    const source = weights.get(use.weight);
    if (source === undefined) throw new RangeError(`the checkpoint has no weight '${use.weight}'`);
    await pause();
    const arrays = await packed(source, use, pause);
    const parts = places.get(keyOf(use)) as readonly PackedPart[];
    for (const [i, { byteLength, offset }] of parts.entries()) {
      const { buffer, byteOffset } = arrays[i] as ArrayBufferView;
      const padding = new Uint8Array(roundUp(offset + byteLength, ALIGNMENT) - offset - byteLength);
      for (const bytes of [new Uint8Array(buffer, byteOffset, byteLength), padding]) {
        sum.update(bytes);
        yield bytes;
      }
    }
  }
  if ((await digestNow()) !== model.digest) throw weightsChanged(file);
  yield sum.digest();
}

/** Lets signals be heard, which wait while this thread computes. */
const pausing =
  (signal: AbortSignal | undefined): Pause =>
  async () => {
    await setImmediate();
    if (signal?.aborted)
      throw new HarnessError('interrupted', 'stopped while weights were being written in fewer bits');
  };

/** @throws HarnessError 'bad-checkpoint' */
async function requireIntact(file: string, { head, bytes }: Layout): Promise<void> {
  const { size } = await stat(file);
  if (size !== bytes) throw damaged(file, `${bytes} bytes of weights that were kept in fewer bits, found ${size}`);
  const found = await keptDigest([file], FORMAT, () => checkSum(file));
  const begins = await withFile(file, async (handle) => {
    const start = new Uint8Array(head.byteLength);
    await readExactly(handle, file, start, 0);
    return Buffer.from(start).equals(head);
  });
  if (found !== INTACT || !begins) throw damaged(file, 'the weights that were kept in fewer bits, found other bytes');
}

const INTACT = 'intact';

/** Of a file of the size that it should have. */
async function checkSum(file: string): Promise<string> {
  return withFile(file, async (handle, size) => {
    const end = size - SUM_BYTES;
    const sum = createHash('sha256');
    const piece = new Uint8Array(PIECE);
    for (let at = 0; at < end; at += PIECE) {
      const part = piece.subarray(0, Math.min(PIECE, end - at));
      await readExactly(handle, file, part, at);
      sum.update(part);
    }
    const stored = new Uint8Array(SUM_BYTES);
    await readExactly(handle, file, stored, end);
    return sum.digest().equals(stored) ? INTACT : 'damaged';
  });
}

const damaged = (file: string, what: string) =>
  badCheckpoint(file, `expected ${what}`, {
    hint: 'remove that file, or all that were kept with `bench models prune`; the next run writes it again from the checkpoint',
  });
