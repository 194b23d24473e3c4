/** The bitsandbytes checkpoints of golden-formats, and the forms of quantised weights that must be refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publishedValues } from '../../../src/checkpoints/formats/decode-tensor.ts';
import { readPublishedWeights } from '../../../src/checkpoints/formats/index.ts';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import { parseConfig } from '../../../src/checkpoints/read-net.ts';
import {
  at,
  ENGINES,
  expectRefusal,
  type GoldenForward,
  type Refusal,
  readGolden,
  SKIPPED,
  sha256OfFloat32,
  shared,
  worstDifference,
} from './golden-formats.ts';

interface Golden {
  readonly forward: readonly GoldenForward[];
  readonly decoded: Readonly<
    Record<string, { readonly first8: number[]; readonly last8: number[]; readonly sum_f64: number }>
  >;
}

interface GoldenMatrix {
  readonly shape: readonly number[];
  readonly matrices: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Values are given to about eight digits. */
const DIGITS = 1e-7;

describe.skipIf(shared === null)(`golden bitsandbytes files (${SKIPPED})`, () => {
  describe.each(['llama-bnb-int8', 'llama-bnb-nf4', 'llama-bnb-fp4'])('%s', (name) => {
    it('decodes to the given values', async () => {
      const { decoded } = readGolden<Golden>('lowbit', name, 'golden.json');
      const weights = await readPublishedWeights(at('lowbit', name));
      const tensors = new Map(weights?.tensors.map((tensor) => [tensor.name, tensor]));
      expect(Object.keys(decoded).length).toBe(21);
      for (const [matrix, want] of Object.entries(decoded)) {
        const tensor = tensors.get(matrix);
        const values = tensor === undefined ? new Float32Array() : await publishedValues(tensor);
        expectClose([...values.slice(0, 8), ...values.slice(-8)], [...want.first8, ...want.last8]);
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - want.sum_f64)).toBeLessThan(1e-4);
      }
    });

    it.each(ENGINES)('gives the log-probabilities on $name', async ({ make, tolerance }) => {
      const { forward } = readGolden<Golden>('lowbit', name, 'golden.json');
      const checkpoint = await openCheckpoint(at('lowbit', name));
      expect(await worstDifference(await make(), checkpoint, forward)).toBeLessThan(tolerance);
    });
  });

  it('blocks across rows, nested scales and other block lengths decode as bitsandbytes decodes them', async () => {
    const { matrices } = readGolden<GoldenMatrix>('lowbit', 'bnb-matrix', 'golden.json');
    const weights = await readPublishedWeights(at('lowbit', 'bnb-matrix', 'matrix.safetensors'));
    const tensors = new Map(weights?.tensors.map((tensor) => [tensor.name, tensor]));
    for (const [name, golden] of Object.entries(matrices)) {
      const tensor = tensors.get(`${name}.weight`);
      if (tensor === undefined) throw new Error(`${name} is missing`);
      const values = await publishedValues(tensor);
      if ('sha256_of_float32' in golden) expect(sha256OfFloat32(values), name).toBe(golden.sha256_of_float32);
      const width = tensor.shape[1] as number;
      const rows = (golden.decoded_before_rounding_rows ?? golden.decoded_rows ?? {}) as Record<string, number[]>;
      expect(Object.keys(rows).length, name).toBeGreaterThan(0);
      for (const [row, want] of Object.entries(rows)) {
        expectClose([...values.subarray(Number(row) * width, (Number(row) + 1) * width)], want);
      }
    }
  });

  const { refuse } =
    shared === null ? { refuse: [] } : readGolden<{ refuse: Refusal[] }>('lowbit', 'refuse', 'golden.json');
  it.each(refuse)('refused: $why', async ({ file = '', message_should_name }) => {
    const path = at('lowbit', 'refuse', file);
    const attempt = file.endsWith('.json') ? parse(path) : readPublishedWeights(path);
    await expectRefusal(attempt, message_should_name);
  });

  async function parse(file: string): Promise<unknown> {
    return parseConfig(JSON.parse(readFileSync(file, 'utf8')), file, []);
  }
});

function expectClose(found: readonly number[], want: readonly number[]): void {
  expect(found.length).toBe(want.length);
  const worst = Math.max(
    ...want.map((value, i) => Math.abs(value - (found[i] as number)) / Math.max(1, Math.abs(value))),
  );
  expect(worst).toBeLessThan(DIGITS);
}
