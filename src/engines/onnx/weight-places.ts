/** Where the weights that a graph reads lie: found out by building the graph once, then put there for it to be built again. */
import { realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import {
  type BlockedWeight,
  type DecodedWeight,
  type DenseWeight,
  isDecoded,
  type WeightSource,
  type Weights,
} from '../../tensor/ops.ts';
import type { CompileOptions } from '../engine.ts';
import { partsOf } from '../packed/forms.ts';
import { publishedParts } from '../packed/in-place.ts';
import { keyOf, type PackedWeights, packedWeights } from '../packed/packed-file.ts';
import type { PackedPart, PackedUse } from '../packed/packed-use.ts';
import type { DecodedFiles } from './decoded-files.ts';
import type { WeightPlaces } from './value.ts';

/** Places nothing, and notes what is read. */
export class NotedWeights implements WeightPlaces {
  readonly folder = '';
  readonly names = new Set<string>();
  readonly uses = new Map<string, PackedUse>();
  readonly #published: Weights;

  constructor(published: Weights) {
    this.#published = published;
  }

  shapeOf(name: string): readonly number[] {
    return sourceOf(this.#published, name).shape;
  }

  dense(name: string): DenseWeight {
    this.names.add(name);
    const { shape, dtype } = sourceOf(this.#published, name);
    return { shape, dtype, file: '', offset: 0, byteLength: 0 };
  }

  blocksOf(name: string): BlockedWeight | undefined {
    return blocksIn(this.#published, name);
  }

  packed(use: PackedUse, part: string): PackedPart {
    this.uses.set(keyOf(use), use);
    return { ...named(partsOf(use), part), file: '', offset: 0, byteLength: 0 };
  }
}

export interface PlacedWeights extends WeightPlaces {
  release(): Promise<void>;
}

/**
 * Puts every weight that was noted in a file, one after the other, so that only one is in JavaScript memory.
 *
 * @throws HarnessError as `packedWeights`, also 'interrupted' where the signal is aborted; TypeError where weights in fewer bits have no
 *   digest to be kept under
 */
export async function placeWeights(
  { names, uses }: NotedWeights,
  published: Weights,
  decoded: DecodedFiles,
  dtype: string,
  how: CompileOptions,
): Promise<PlacedWeights> {
  const held: DecodedWeight[] = [];
  const release = async (): Promise<void> => {
    for (const source of held.splice(0)) await decoded.release(source);
  };
  try {
    const packed = await pack([...uses.values()], published, dtype, how);
    const weights = new Map<string, DenseWeight>();
    for (const name of names) {
      if (how.signal?.aborted) throw new HarnessError('interrupted', 'stopped while weights were being decoded');
      const source = sourceOf(published, name);
      if (isDecoded(source)) held.push(source);
      const dense = isDecoded(source) ? await decoded.acquire(source) : source;
      weights.set(name, { ...dense, file: realpathSync(dense.file) });
    }
    const files = [...weights.values(), ...[...packed.values()].flat()].map(({ file }) => file);
    return {
      folder: commonFolder(files),
      release,
      shapeOf: (name) => sourceOf(published, name).shape,
      dense: (name) => weights.get(name) as DenseWeight,
      blocksOf: (name) => blocksIn(published, name),
      packed: (use, part) => named(packed.get(keyOf(use)) as readonly PackedPart[], part),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function pack(
  uses: readonly PackedUse[],
  published: Weights,
  dtype: string,
  { digest, signal }: CompileOptions,
): Promise<PackedWeights> {
  const places = new Map<string, readonly PackedPart[]>();
  for (const use of uses) {
    const parts = publishedParts(use, sourceOf(published, use.weight));
    if (parts !== null)
      places.set(
        keyOf(use),
        parts.map((part) => ({ ...part, file: realpathSync(part.file) })),
      );
  }
  const others = uses.filter((use) => !places.has(keyOf(use)));
  if (others.length === 0) return places;
  if (digest === undefined) throw new TypeError(`weights in ${dtype} are kept under their digest: expected one`);
  const model = { dtype, digest: await digest() };
  return new Map([...places, ...(await packedWeights(others, published, model, { digestNow: digest, signal }))]);
}

function sourceOf(published: Weights, name: string): WeightSource {
  const source = published.get(name);
  if (source === undefined) throw new RangeError(`the checkpoint has no weight '${name}'`);
  return source;
}

function blocksIn(published: Weights, name: string): BlockedWeight | undefined {
  const source = sourceOf(published, name);
  return isDecoded(source) ? source.blocks : undefined;
}

function named<Part extends { readonly name: string }>(parts: readonly Part[], name: string): Part {
  const found = parts.find((part) => part.name === name);
  if (found === undefined) throw new TypeError(`no part is called ${name}`);
  return found;
}

/** The deepest folder that holds all files. */
function commonFolder(files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => dirname(file).split(sep));
  if (first === undefined) return process.cwd();
  let length = first.length;
  for (const parts of rest) {
    while (parts.slice(0, length).join(sep) !== first.slice(0, length).join(sep)) length -= 1;
  }
  return first.slice(0, length).join(sep) || sep;
}
