/**
 * Models that denoise block by block compute a finished block once and keep its keys and values. What they write is the same as if all
 * were computed at every step, bit for bit: ids, passes, and every token and confidence of every step.
 */
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { stream } from '../../src/core/numbers/random.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { denoiserOf } from '../../src/lm/likelihood/checkpoint-denoiser.ts';
import type { Infilled, InfillRequest } from '../../src/lm/writing/infill.ts';
import { openInfiller } from '../../src/lm/writing/proposer.ts';
import type { SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { GOLDEN2, golden2Folder } from '../golden/golden2.ts';

const ADAPTED: readonly SamplerOptions[] = [
  { steps: 3 },
  { steps: 4, order: 'random-keep', temperature: 1, topP: 0.9 },
  { steps: 4, order: 'entropy' },
  { steps: 3, order: 'dynamic', form: 'paper', threshold: 0.3 },
];

/** Blocks of 4, 8 and 32; the last have shifted predictions, so that every step reads the last row of the block before. */
const NETS = [
  { name: 'sdar-tiny', open: () => openCheckpoint(golden2Folder('sdar-tiny')), samplers: ADAPTED },
  {
    name: 'bd3lm-tiny',
    open: () => openCheckpoint(golden2Folder('bd3lm-tiny')),
    samplers: [
      { steps: 3, order: 'ddpm-cache' },
      { steps: 4, order: 'confidence' },
    ] as const,
  },
  { name: 'diffugpt-tiny', open: () => inBlocks('diffugpt-tiny', 8), samplers: ADAPTED },
  { name: 'diffullama-tiny', open: () => inBlocks('diffullama-tiny', 32), samplers: ADAPTED },
];

async function inBlocks(name: string, blockLength: number): Promise<Checkpoint> {
  const checkpoint = await openGolden(name);
  return { ...checkpoint, options: { ...checkpoint.options, blockLength } };
}

/**
 * On the engines but one, two networks, one that is made in blocks, one that reads the block before, and one sampler
 * of the likeliest tokens and one that draws: how positions are ranked is no matter of the engine.
 */
const ENGINES = [
  { engine: 'onnx', make: (): Promise<Engine> => onnxEngine({ threads: 2 }), count: 4, longest: 100, nets: NETS },
  {
    ...{ engine: 'onnx, spelled out', make: () => onnxEngine({ threads: 1, fused: false }), count: 2, longest: 40 },
    nets: [NETS[1], NETS[2]],
  },
  {
    engine: 'onnx in int8',
    make: () => onnxEngine({ dtype: 'int8' }),
    count: 2,
    longest: 40,
    nets: [NETS[0], NETS[2]],
  },
  { engine: 'tfjs', make: () => tfjsEngine(), count: 2, longest: 24, nets: [NETS[0], NETS[2]] },
  { engine: 'reference', make: async () => referenceEngine(), count: 2, longest: 20, nets: [NETS[0], NETS[2]] },
] as const;

function requestsFor(
  { architecture }: Checkpoint,
  samplers: readonly SamplerOptions[],
  count: number,
  longest: number,
): readonly InfillRequest[] {
  return Array.from({ length: count }, (_, i) => {
    const random = stream(5, 'kept', i);
    const room = Math.min(longest, architecture.contextLength - 1);
    const length = 2 + Math.floor(random.uniform(0) * (room - 1));
    const prompt = Math.floor(random.uniform(1) * (length - 1));
    const ids = Int32Array.from({ length }, (_id, at) => Math.floor(random.uniform(10 + at) * 50));
    const maskable = [...ids.keys()].filter((at) => at > prompt);
    return {
      canvas: { key: `${i}`, draw: 0, ids, maskable },
      sampler: samplers[i % samplers.length] as SamplerOptions,
      trace: true,
    };
  });
}

const withoutCost = ({ computed: _, ...written }: Infilled) => written;

describe
  .skipIf(GOLDEN2 === null)
  .each(
    ENGINES.flatMap(({ nets, ...engine }) => nets.map((net) => ({ ...(net as (typeof NETS)[number]), ...engine }))),
  )('$name on $engine', ({ open, samplers, make, count, longest }) => {
  it('writes the same with keys and values of finished blocks kept and computed again', async () => {
    const checkpoint = await open();
    const engine = await make();
    const requests = requestsFor(checkpoint, samplers, count, longest);
    const { shift } = checkpoint.options;
    const denoiser = denoiserOf(checkpoint, { shift, openFraction: 1 }, 'a test');
    const write = async (keepsFinished: boolean) => {
      const infiller = openInfiller(checkpoint, engine, { keepsFinished });
      const written = await infiller.infill(requests, denoiser);
      await infiller.dispose();
      return written;
    };
    const [kept, again] = [await write(true), await write(false)];
    expect(kept.map(withoutCost)).toEqual(again.map(withoutCost));
    const tokens = (written: readonly Infilled[]) => written.reduce((sum, { computed }) => sum + computed.tokens, 0);
    expect(tokens(kept)).toBeLessThan(tokens(again));
    expect(kept.map(({ computed }) => [computed.passes, computed.reads])).toEqual(
      again.map(({ computed }) => [computed.passes, computed.reads]),
    );
  });
});
