/**
 * A file of `torch.save`: a zip with the pickle of a dictionary and a member for each storage, or (before torch 1.6) several
 * pickles in a row and the storages behind them. Says where each tensor lies; reads no value.
 *
 * @source pytorch/pytorch, torch/serialization.py (`_load`, `_legacy_load`)
 */

import type { FileHandle } from 'node:fs/promises';
import { badCheckpoint, quoted } from '../../../core/errors.ts';
import type { Bytes } from '../../../core/units.ts';
import { beginningOf, isLfsPointer, lfsPointer, readExactly, withFile } from '../../../files/file-bytes.ts';
import type { HubFormat, Place, PublishedTensor } from '../format.ts';
import { unpickle } from './pickle.ts';
import { type Pickled, PickleError } from './pickle-machine.ts';
import { ITEM_BYTES, placeView } from './place-view.ts';
import { StoredView, tensorRules } from './tensor-rules.ts';
import { zipMembers } from './zip-members.ts';

/** Far above the pickle of any published model. */
const LARGEST_PICKLE: Bytes = 1 << 28;
/** Enough for the pickles of most. */
const FIRST_PIECE: Bytes = 1 << 22;
const MAGIC = 0x1950a86a20f9469cfc6cn;

/**
 * The tensors of a saved dictionary, in its order.
 *
 * @throws HarnessError 'bad-checkpoint' where the file is damaged; 'not-supported' where its pickle names anything but tensors
 */
export async function readTorchFile(file: string): Promise<readonly PublishedTensor[]> {
  const start = await withFile(file, (handle, size) => beginningOf(handle, file, size));
  if (isLfsPointer(start)) throw lfsPointer(file, badCheckpoint);
  const isZip = start[0] === 0x50 && start[1] === 0x4b;
  const { value, places } = isZip ? await readZip(file) : await readLegacy(file);
  return tensorsOf(value, file, places);
}

interface TorchFile {
  readonly value: Pickled;
  /** Where a storage lies, by its key. */
  readonly places: ReadonlyMap<string, Place>;
}

async function readZip(file: string): Promise<TorchFile> {
  const members = await zipMembers(file);
  const pickle = [...members.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const place = members.get(pickle ?? '');
  if (pickle === undefined || place === undefined)
    throw badCheckpoint(file, 'a zip without data.pkl, found no file of torch');
  const root = pickle.slice(0, -'data.pkl'.length);
  await requireLittleEndian(file, members.get(`${root}byteorder`));
  const value = readPickle(file, await bytesAt(file, place));
  const places = [...members].map(([name, member]) => [name.slice(`${root}data/`.length), member] as const);
  return { value, places: new Map(places) };
}

async function requireLittleEndian(file: string, place: Place | undefined): Promise<void> {
  if (place === undefined) return;
  const order = new TextDecoder().decode(await bytesAt(file, place));
  if (order !== 'little') throw badCheckpoint(file, `byte order ${quoted(order)}; expected little`);
}

async function readLegacy(file: string): Promise<TorchFile> {
  const { value, keys, end } = await legacyPickles(file);
  return { value, places: await legacyPlaces(file, end, keys, itemSizes(value)) };
}

interface LegacyPickles {
  readonly value: Pickled;
  /** Of the storages, in their order. */
  readonly keys: readonly string[];
  /** First byte behind the pickles. */
  readonly end: Bytes;
}

/** Nothing says where the pickles end: they are read from more and more of the file. */
async function legacyPickles(file: string): Promise<LegacyPickles> {
  for (let length: Bytes = FIRST_PIECE; ; length *= 8) {
    const { head, isWhole } = await withFile(file, async (handle, size) => {
      const bytes = new Uint8Array(Math.min(size, length));
      await readExactly(handle, file, bytes, 0);
      return { head: bytes, isWhole: size <= length || length >= LARGEST_PICKLE };
    });
    try {
      return parseLegacy(file, head);
    } catch (error) {
      if (!(error instanceof PickleError)) throw error;
      if (isWhole) throw badCheckpoint(file, `a damaged pickle: ${error.message}`, { cause: error });
    }
  }
}

function parseLegacy(file: string, head: Uint8Array): LegacyPickles {
  const rules = tensorRules(file);
  let at = 0;
  const next = (): Pickled => {
    const { value, end } = unpickle(head, at, rules);
    at = end;
    return value;
  };
  if (head[0] !== 0x80 || next() !== MAGIC) throw badCheckpoint(file, 'neither a zip nor a pickle of torch.save');
  next(); // protocol
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) {
    throw badCheckpoint(file, 'written on a big-endian machine; expected little');
  }
  const [value, keys] = [next(), next()];
  if (!Array.isArray(keys)) throw badCheckpoint(file, 'the list of storages is missing');
  return { value, keys: keys.map(String), end: at };
}

/** Storages follow in the order of the keys, each behind its number of values. */
async function legacyPlaces(
  file: string,
  start: Bytes,
  keys: readonly string[],
  sizes: ReadonlyMap<string, Bytes>,
): Promise<ReadonlyMap<string, Place>> {
  return withFile(file, async (handle, size) => {
    const places = new Map<string, Place>();
    let at = start;
    for (const key of keys) {
      const count = await readCount(handle, file, at);
      const byteLength = count * (sizes.get(key) ?? 0);
      if (!(byteLength >= 0 && byteLength <= size - at - 8))
        throw badCheckpoint(file, `truncated: storage ${quoted(key)} ends behind the file`);
      places.set(key, { offset: at + 8, byteLength });
      at += 8 + byteLength;
    }
    return places;
  });
}

async function readCount(handle: FileHandle, file: string, at: Bytes): Promise<number> {
  const bytes = new Uint8Array(8);
  await readExactly(handle, file, bytes, at);
  return Number(new DataView(bytes.buffer).getBigInt64(0, true));
}

async function bytesAt(file: string, { offset, byteLength }: Place): Promise<Uint8Array> {
  if (byteLength > LARGEST_PICKLE)
    throw badCheckpoint(file, `a pickle of ${byteLength} bytes; expected at most ${LARGEST_PICKLE}`);
  const bytes = new Uint8Array(byteLength);
  await withFile(file, (handle) => readExactly(handle, file, bytes, offset));
  return bytes;
}

function readPickle(file: string, bytes: Uint8Array): Pickled {
  try {
    return unpickle(bytes, 0, tensorRules(file)).value;
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw badCheckpoint(file, `a damaged pickle: ${error.message}`, { cause: error });
  }
}

/** Name and look of every tensor in a dictionary; what else it holds is passed over. */
function viewsOf(value: Pickled): readonly (readonly [string, StoredView])[] {
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([name, each]) => (each instanceof StoredView ? [[String(name), each] as const] : []));
}

function itemSizes(value: Pickled): ReadonlyMap<string, Bytes> {
  return new Map(viewsOf(value).map(([, { storage }]) => [storage.key, ITEM_BYTES[storage.dtype] as Bytes]));
}

function tensorsOf(value: Pickled, file: string, places: ReadonlyMap<string, Place>): readonly PublishedTensor[] {
  const views = viewsOf(value);
  if (views.length === 0) throw badCheckpoint(file, 'expected a dictionary of tensors, found none in it');
  return views.map(([name, view]) => placeView(name, file, view, places.get(view.storage.key)));
}

/** Weights as `torch.save` writes them. */
export const pytorch: HubFormat = {
  name: 'pytorch',
  suffix: '.bin',
  single: 'pytorch_model.bin',
  called: 'file of torch.save',
  readFile: async (file) => ({ source: file, tensors: await readTorchFile(file), aliases: new Map() }),
};
