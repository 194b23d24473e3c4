/** Every safetensors file of golden-formats: shards, every type, tied heads, and what must be refused. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedValues } from '../../../src/checkpoints/formats/decode-tensor.ts';
import { readPublishedWeights } from '../../../src/checkpoints/formats/index.ts';
import { readSafetensorsHeader } from '../../../src/checkpoints/formats/safetensors.ts';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
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
  readonly tensors: Readonly<Record<string, GoldenTensor>>;
}

describe.skipIf(shared === null)(`golden safetensors files (${SKIPPED})`, () => {
  describe.each(['llama-f8', 'llama-sharded-mixed', 'llama-tied-sharded'])('%s', (name) => {
    it('decodes to the given values', async () => {
      const golden = readGolden<Golden>('safetensors', name, 'golden.json');
      const weights = await readPublishedWeights(at('safetensors', name));
      expect(weights?.tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(golden.tensors).sort());
      for (const tensor of weights?.tensors ?? []) {
        const want = golden.tensors[tensor.name];
        expect(tensor.dtype).toBe(want?.dtype);
        expect(sha256OfFloat32(await publishedValues(tensor)), tensor.name).toBe(want?.sha256_of_float32);
      }
    });

    it.each(ENGINES)('gives the log-probabilities on $name', async ({ make, tolerance }) => {
      const { forward } = readGolden<Golden>('safetensors', name, 'golden.json');
      const checkpoint = await openCheckpoint(at('safetensors', name));
      expect(await worstDifference(await make(), checkpoint, forward)).toBeLessThan(tolerance);
    });
  });

  it('8-bit floats with scales are refused by the name of a scale', async () => {
    await expectRefusal(openCheckpoint(at('safetensors', 'llama-f8-scaled')), ['.weight_scale']);
  });

  it('every float type reads as the given values, at odd offsets too', async () => {
    const { values } = readGolden<{ values: Record<string, (number | string)[]> }>(
      'safetensors',
      'types',
      'golden.json',
    );
    const { tensors } = await readSafetensorsHeader(at('safetensors', 'types', 'types.safetensors'));
    const floats = tensors.filter(({ dtype }) => /^(B?F|F8_)/.test(dtype));
    expect(floats.map(({ dtype }) => dtype).sort()).toEqual(
      ['BF16', 'F16', 'F32', 'F32', 'F32', 'F64', 'F8_E4M3', 'F8_E5M2'].sort(),
    );
    for (const tensor of floats) {
      const want = (values[tensor.name] ?? []).map((value) => Math.fround(numberOf(value)));
      expect(
        [...(await publishedValues(tensor))].map((value) => value + 0),
        tensor.name,
      ).toEqual(want);
    }
    expect(new Set(tensors.map(({ name }) => name))).toEqual(new Set(Object.keys(values)));
  });

  const { refuse } =
    shared === null ? { refuse: [] } : readGolden<{ refuse: Refusal[] }>('safetensors', 'refuse', 'golden.json');
  it.each(refuse)('refused: $why', async ({ file, folder, message_should_name }) => {
    const attempt =
      folder === undefined ? headerOf(file as string) : readPublishedWeights(at('safetensors', 'refuse', folder));
    await expectRefusal(attempt, message_should_name);
  });

  /** The header, and the values of every tensor: a type may be known and yet be none of weights. */
  async function headerOf(file: string): Promise<void> {
    const { tensors } = await readSafetensorsHeader(join(at('safetensors', 'refuse'), file));
    for (const tensor of tensors) await publishedValues(tensor);
  }
});

function numberOf(value: number | string): number {
  const named: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
  return typeof value === 'number' ? value : (named[value] as number);
}
