/**
 * Weights that bitsandbytes quantised: a matrix and what its numbers mean, in several tensors of a file. They come out as one tensor
 * a matrix, which decodes to the float32 values that bitsandbytes has before it rounds 4-bit ones to the 16-bit type it computes in.
 *
 * @source bitsandbytes 0.45, functional.py (`QuantState.as_dict`, `dequantize_4bit`, `int8_vectorwise_dequant`)
 */
import { z } from 'zod';
import { badCheckpoint, HarnessError, notSupported, quoted, shapeText } from '../../core/errors.ts';
import { publishedBytes, publishedValues } from './decode-tensor.ts';
import type { PublishedTensor, PublishedWeights } from './format.ts';

const STATE = /^(.+)\.quant_state\.bitsandbytes__(?:nf4|fp4)$/;
const FORMAT = /^(.+)_format$/;
const whole = z.int().nonnegative();
const stateSchema = z.looseObject({
  quant_type: z.enum(['nf4', 'fp4']),
  blocksize: z.int().positive(),
  dtype: z.string(),
  shape: z.array(whole),
  nested_blocksize: z.int().positive().optional(),
  nested_offset: z.number().optional(),
});
type State = z.infer<typeof stateSchema>;

type ByName = ReadonlyMap<string, PublishedTensor>;

/**
 * The tensors with each quantised matrix as one; as they are where none is.
 *
 * @throws HarnessError 'bad-checkpoint' naming a matrix whose parts are missing or do not fit; 'not-supported' for rows that are
 *   tiled for a processor
 */
export async function joinQuantised(weights: PublishedWeights): Promise<PublishedWeights> {
  const byName: ByName = new Map(weights.tensors.map((tensor) => [tensor.name, tensor]));
  const joined = new Map<string, PublishedTensor>();
  const parts = new Set<string>();
  for (const tensor of weights.tensors) {
    const found = await joinedBy(tensor, byName);
    if (found === null) continue;
    joined.set(found.name, found);
    for (const part of [tensor, ...(found.made?.from ?? [])]) parts.add(part.name);
  }
  if (joined.size === 0) return weights;
  const kept = weights.tensors.filter(({ name }) => !parts.has(name));
  return { ...weights, tensors: [...kept, ...joined.values()] };
}

/** The matrix that a tensor of settings belongs to; null for any other tensor. */
async function joinedBy(tensor: PublishedTensor, byName: ByName): Promise<PublishedTensor | null> {
  const [, ofFourBits] = STATE.exec(tensor.name) ?? [];
  if (ofFourBits !== undefined) return fourBits(ofFourBits, await readState(tensor), byName, tensor.file);
  const [, ofEightBits = ''] = FORMAT.exec(tensor.name) ?? [];
  return byName.get(ofEightBits)?.dtype === 'I8' ? eightBits(ofEightBits, tensor, byName) : null;
}

async function readState(tensor: PublishedTensor): Promise<State> {
  try {
    return stateSchema.parse(JSON.parse(new TextDecoder().decode(await publishedBytes(tensor))));
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw badCheckpoint(tensor.file, `tensor ${quoted(tensor.name)} is no state of bitsandbytes`, { cause });
  }
}

/** Levels of 4 bits, high half of a byte first, each a row of `quant_map` times the scale of its block. */
function fourBits(name: string, state: State, byName: ByName, file: string): PublishedTensor {
  const part = (suffix: string): PublishedTensor => partOf(name, `${name}${suffix}`, byName, file);
  const [levels, scales, map] = [part(''), part('.absmax'), part('.quant_map')];
  const isNested = state.nested_blocksize !== undefined;
  const nested = isNested ? [part('.nested_absmax'), part('.nested_quant_map')] : [];
  const count = state.shape.reduce((product, side) => product * side, 1);
  if (levels.byteLength * 2 < count || levels.byteLength * 2 > count + 1) {
    const found = `${levels.byteLength} bytes for shape ${shapeText(state.shape)}`;
    throw badCheckpoint(file, `tensor ${quoted(name)}: expected two values a byte, found ${found}`);
  }
  if (sizeOf(scales) !== Math.ceil(count / state.blocksize) || sizeOf(map) !== 16) {
    throw badCheckpoint(file, `tensor ${quoted(name)}: its scales or levels do not fit blocks of ${state.blocksize}`);
  }
  const made = {
    from: [levels, scales, map, ...nested],
    how: `bitsandbytes ${JSON.stringify(state)}`,
    values: async () => {
      const [table, bytes] = [await publishedValues(map), await publishedBytes(levels)];
      const factors = isNested ? await nestedScales(scales, nested, state) : await publishedValues(scales);
      return unpacked(bytes, table, factors, { count, blocksize: state.blocksize });
    },
  };
  return { ...levels, dtype: state.quant_type, shape: state.shape, made };
}

/** The high half of a byte is the first of its two values. */
function unpacked(
  bytes: Uint8Array,
  levels: Float32Array,
  factors: Float32Array,
  { count, blocksize }: { readonly count: number; readonly blocksize: number },
): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const byte = bytes[i >> 1] as number;
    const level = i % 2 === 0 ? byte >> 4 : byte & 15;
    values[i] = (levels[level] as number) * (factors[Math.floor(i / blocksize)] as number);
  }
  return values;
}

/** Scales that are bytes themselves: rows of a map, times a scale of their own block, plus an offset; each step in float32. */
async function nestedScales(
  scales: PublishedTensor,
  nested: readonly PublishedTensor[],
  { nested_blocksize: blocksize = 1, nested_offset: offset = 0 }: State,
): Promise<Float32Array> {
  const [factors, map] = await Promise.all(nested.map(publishedValues));
  const bytes = await publishedBytes(scales);
  return Float32Array.from(bytes, (byte, block) => {
    return Math.fround((map?.[byte] as number) * (factors?.[Math.floor(block / blocksize)] as number)) + offset;
  });
}

/** Rows of bytes with sign, each row 127ths of its largest. */
async function eightBits(name: string, format: PublishedTensor, byName: ByName): Promise<PublishedTensor> {
  const [layout] = await publishedBytes(format);
  if (layout !== 0) {
    const what = `tensor ${quoted(name)}: weight_format is ${layout}, an order for one processor; expected 0`;
    const hint = 'use the 16-bit weights of the model, or save it again with a newer bitsandbytes';
    throw notSupported(`${format.file}: ${what}`, hint);
  }
  const levels = partOf(name, name, byName, format.file);
  const scales = partOf(name, `${name.replace(/weight$/, '')}SCB`, byName, format.file);
  const [rows = 0, columns = 0] = levels.shape;
  if (sizeOf(scales) !== rows) throw badCheckpoint(format.file, `tensor ${quoted(name)}: ${rows} rows and other SCB`);
  const made = {
    from: [levels, scales],
    how: 'bitsandbytes int8',
    values: async () => {
      const largest = await publishedValues(scales);
      const bytes = new Int8Array((await publishedBytes(levels)).buffer);
      const values = new Float32Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) {
        values[i] = ((bytes[i] as number) * (largest[Math.floor(i / columns)] as number)) / 127;
      }
      return values;
    },
  };
  return { ...levels, dtype: 'int8', made };
}

const sizeOf = ({ shape }: PublishedTensor): number => shape.reduce((product, side) => product * side, 1);

/** @throws HarnessError 'bad-checkpoint' naming the matrix and its part that is missing */
function partOf(name: string, part: string, byName: ByName, file: string): PublishedTensor {
  const found = byName.get(part);
  if (found !== undefined) return found;
  throw badCheckpoint(file, `tensor ${quoted(name)} is quantised by bitsandbytes, and ${quoted(part)} is missing`);
}
