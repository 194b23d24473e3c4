/** Blocks of GGUF files as they are: the values of each weight to the bit, and networks that multiply with them. */
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoints/open.ts';
import { onnxEngine } from '../../../src/engines/onnx/engine.ts';
import { forwardWith } from '../../../src/lm/forward/forward.ts';
import { countingPositions } from '../../../src/lm/forward/sequence.ts';
import { logprobProgram } from '../../../src/programs/readout.ts';
import { type BlockedWeight, isDecoded } from '../../../src/tensor/ops.ts';
import { at, type GoldenForward, readGolden, SKIPPED, shared } from './golden-formats.ts';

const BLOCK = 32;
/** Activations are rounded to 8 bits, block by block: llama.cpp, which does so as well, is off by up to 0.12. */
const TOLERANCE = 0.15;
const FILES = ['llama-q4_0', 'llama-q8_0-align', 'llama3-q8_0-ropefreqs', 'qwen2-q8_0', 'gpt2-q8_0-output'];

async function valuesOf({ bits, along, read }: BlockedWeight, shape: readonly number[]): Promise<Float32Array> {
  const { levels, scales } = await read();
  const [first, second] = shape as readonly [number, number];
  const inputs = along === 1 ? second : first;
  const levelOf = (i: number): number => {
    if (bits === 8) return (levels[i] as number) - 128;
    return (((levels[i >> 1] as number) >> (4 * (i & 1))) & 15) - 8;
  };
  return Float32Array.from({ length: first * second }, (_, i) => {
    const [row, column] = [Math.floor(i / second), i % second];
    const place = along === 1 ? i : column * inputs + row;
    return levelOf(place) * (scales[Math.floor(place / BLOCK)] as number);
  });
}

describe.skipIf(shared === null).each(FILES)(`%s (${SKIPPED})`, (name) => {
  const open = () => openCheckpoint(at('gguf', name));

  it('holds every value of its blocks, in the order of the network', async () => {
    const { tensors } = await open();
    const decoded = [...tensors.values()].flatMap((tensor) => (isDecoded(tensor) ? [tensor] : []));
    const blocked = decoded.filter(({ blocks }) => blocks !== undefined);
    expect(blocked.length).toBeGreaterThan(5);
    for (const tensor of blocked) {
      expect(await valuesOf(tensor.blocks as BlockedWeight, tensor.shape)).toEqual(await tensor.values());
    }
  });

  it('multiplies with them under --dtype file', async () => {
    const { architecture, tensors, digest } = await open();
    const { forward: expected } = readGolden<{ forward: readonly GoldenForward[] }>('gguf', name, 'golden.json');
    const engine = await onnxEngine({ dtype: 'file' });
    const executable = await engine.compile(logprobProgram(architecture), tensors, { digest });
    const forward = forwardWith(executable, architecture);
    for (const { attention, input_ids, target_logprobs_f64 } of expected) {
      const sequence = {
        ids: Int32Array.from(input_ids),
        positions: countingPositions(input_ids.length),
        attention: { kind: attention },
        reads: target_logprobs_f64.map((_, row) => ({ row, target: input_ids[row + 1] as number })),
      };
      const [answers] = await forward([sequence]);
      const errors = target_logprobs_f64.map((logprob, row) =>
        Math.abs(logprob - (answers?.logprobs[row] ?? Number.NaN)),
      );
      expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
      expect(Math.max(...errors)).toBeGreaterThan(1e-4);
    }
    await executable.dispose();
  });
});
