/** The training losses of the golden files, forward only: shift on and off, annealed attention, mask tokens in the text. */
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { countingPositions, type Forward } from '../../src/lm/forward/sequence.ts';
import { noisedInput } from '../../src/lm/likelihood/noised-input.ts';
import { officialScored } from '../../src/lm/likelihood/official.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { openGolden, readGolden } from './golden-checkpoint.ts';

/** Losses are means of a few dozen cross-entropies of up to 20 nats, weighted by up to 1/t = 5. */
const ENGINES = [
  { name: 'onnx', make: () => onnxEngine(), tolerance: 2e-4 },
  { name: 'tfjs', make: () => tfjsEngine(), tolerance: 2e-4 },
  { name: 'reference', make: async () => referenceEngine(), tolerance: 5e-5 },
];
const NAMES = ['gpt2-tiny-ar', 'llama-tiny-ar', 'diffugpt-tiny', 'diffullama-tiny'] as const;

describe.each(ENGINES.flatMap((engine) => NAMES.map((checkpoint) => ({ engine, checkpoint }))))(
  'losses of $checkpoint on $engine.name',
  ({ engine, checkpoint: name }) => {
    const { train, mask_token_id: maskId = -1 } = readGolden(name);
    let forward: Forward;

    beforeAll(async () => {
      const { architecture, tensors } = await openGolden(name);
      const executable = await (await engine.make()).compile(logprobProgram(architecture), tensors);
      forward = forwardWith(executable, architecture);
    });

    it.for('loss' in train ? [] : train)('$name', async (item) => {
      let [weighted, plain, count] = [0, 0, 0];
      for (const [row, given] of item.input_ids.entries()) {
        const ids = Int32Array.from(given);
        const masked = positionsOf(item.mask[row] as string);
        const asked = officialScored(ids, masked, maskId);
        const open = Uint8Array.from(item.allowed.join(''), Number);
        const denoiser = { maskId, shift: item.shift, openFraction: 1 };
        const input = noisedInput(ids, masked, asked, denoiser, { kind: 'matrix', open });
        const [readings] = await forward([input]);
        const nats = -(readings?.logprobs ?? new Float32Array()).reduce((sum, logprob) => sum + logprob, 0);
        plain += nats;
        weighted += nats / (item.t[row] as number);
        count += input.reads.length;
      }
      expect(count).toBe(item.scored_tokens);
      expect(Math.abs(plain / count - item.unweighted_loss)).toBeLessThan(engine.tolerance);
      expect(Math.abs(weighted / count - item.loss)).toBeLessThan(engine.tolerance);
    });

    it.for('loss' in train ? [train] : [])('mean cross-entropy of the next token', async (item) => {
      const readings = await forward(
        item.input_ids.map((given) => ({
          ids: Int32Array.from(given),
          positions: countingPositions(given.length),
          attention: { kind: 'causal' },
          reads: given.slice(1).map((target, row) => ({ row, target })),
        })),
      );
      const logprobs = readings.flatMap((reading) => [...reading.logprobs]);
      const mean = logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
      expect(Math.abs(-mean - item.loss)).toBeLessThan(engine.tolerance);
    });
  },
);

function positionsOf(text: string): number[] {
  return [...text].flatMap((bit, position) => (bit === '1' ? [position] : []));
}
