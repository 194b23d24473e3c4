/**
 * What the pickles of `torch.save` may call: the functions and classes that rebuild tensors, and nothing else. A tensor comes
 * out as its storage and how it looks at it.
 *
 * @source pytorch/pytorch, torch/_utils.py (`_rebuild_tensor_v2`, `_rebuild_parameter`) and torch/serialization.py (`persistent_id`)
 */
import { badCheckpoint, notSupported, quoted } from '../../../core/errors.ts';
import { Global, type Pickled, PickleError, type PickleRules } from './pickle-machine.ts';

/** A run of values that tensors look at. */
export class Storage {
  /** By which the file names it. */
  readonly key: string;
  readonly dtype: string;
  /** Values. */
  readonly length: number;
  constructor(key: string, dtype: string, length: number) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
  }
}

export class StoredView {
  readonly storage: Storage;
  readonly start: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: Storage, start: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.start = start;
    this.shape = shape;
    this.strides = strides;
  }
}

const DTYPES: Readonly<Record<string, string>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};
const CALLS: Readonly<Record<string, (given: readonly Pickled[]) => Pickled>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor]) => tensor ?? null,
};

/** @param file for messages: any other global is refused by its name */
export const tensorRules = (file: string): PickleRules => ({
  global(name) {
    if (name in DTYPES || name in CALLS) return new Global(name);
    const message = `${file}: its pickle names ${quoted(name).slice(1, -1)}; expected tensors in dictionaries, and nothing of it was run`;
    throw notSupported(message, 'save the model again with save_pretrained, as safetensors, where it is trusted');
  },
  call({ name }, given) {
    const called = CALLS[name];
    if (called === undefined) throw badCheckpoint(file, `its pickle calls ${name}, which is no function`);
    return called(given);
  },
  persistent,
});

function orderedDict([pairs = []]: readonly Pickled[]): Pickled {
  if (!Array.isArray(pairs)) throw new PickleError('an OrderedDict is malformed');
  return new Map(pairs as [Pickled, Pickled][]);
}

function rebuildTensor([storage, start, shape, strides]: readonly Pickled[]): Pickled {
  const areSizes = (value: Pickled | undefined): value is number[] => Array.isArray(value) && value.every(isSize);
  if (!(storage instanceof Storage) || !isSize(start) || !areSizes(shape) || !areSizes(strides)) {
    throw new PickleError('a tensor is malformed');
  }
  if (shape.length !== strides.length) throw new PickleError('a tensor is malformed');
  return new StoredView(storage, start, shape, strides);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** `('storage', class, key, device, length)`; in legacy files a sixth member, where the storage is a part of another. */
function persistent(id: Pickled): Pickled {
  const [what, kind, key, , length, part = null] = Array.isArray(id) ? id : [];
  if (what !== 'storage' || !(kind instanceof Global) || !(kind.name in DTYPES) || !isSize(length) || part !== null) {
    throw new PickleError('a storage is malformed, or of a release of torch before 0.4');
  }
  return new Storage(String(key), DTYPES[kind.name] as string, length);
}
