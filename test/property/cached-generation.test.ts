/**
 * A cache changes nothing but time: logits after a past are those of reading the whole sequence again. And what a sequence
 * writes never depends on what else is written with it, bit for bit.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { kindOf } from '../../src/architectures/index.ts';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import { permutation, type RandomStream, stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceOps, type Tensor } from '../../src/engines/reference.ts';
import { readWeight } from '../../src/engines/weight-file.ts';
import { packSequences } from '../../src/lm/forward/forward.ts';
import { countingPositions } from '../../src/lm/forward/sequence.ts';
import { CANONICAL_TEXT } from '../../src/lm/writing/continuation-text.ts';
import type { Decoding, GenerationRequest, NextToken, SequenceBatch } from '../../src/lm/writing/generate.ts';
import { emptyPast } from '../../src/lm/writing/key-value-cache.ts';
import { cachedBatch, openTextGenerator } from '../../src/lm/writing/text-generator.ts';
import { pastProgram } from '../../src/programs/next-token.ts';
import { logitsProgram } from '../../src/programs/readout.ts';
import type { HostTensor } from '../../src/tensor/ops.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { ID_TOKENIZER } from '../golden/id-tokenizer.ts';
import { rereadingBatch } from '../golden/rereading.ts';

/** float32 sums in another order, on logits of standard deviation 2. */
const ONNX_TOLERANCE = 1e-4;
/** float64 sums in another order. */
const REFERENCE_TOLERANCE = 1e-9;
const NAMES = ['gpt2-tiny-ar', 'llama-tiny-ar'] as const;

const integer = (random: RandomStream, counter: number, below: number) => Math.floor(random.uniform(counter) * below);

function randomIds(name: string, length: number, rows: number): Int32Array {
  const random = stream(21, 'cached generation', name);
  return Int32Array.from({ length }, (_, i) => integer(random, i, rows));
}

describe.each(NAMES)('%s', (name) => {
  let checkpoint: Checkpoint;
  beforeAll(async () => {
    checkpoint = await openGolden(name);
  });

  it('gives the logits of rereading on onnx, while sequences of different length join and leave', async () => {
    const { architecture: net, tensors } = checkpoint;
    const engine = await onnxEngine({ threads: 1 });
    const batches: readonly SequenceBatch[] = [
      cachedBatch(await engine.compile(pastProgram(net), tensors), net, true),
      (await rereadingBatch(checkpoint, engine)).batch,
    ];
    const agree = async (act: (batch: SequenceBatch) => Promise<readonly NextToken[]>): Promise<void> => {
      const [cached = [], reread = []] = [
        await act(batches[0] as SequenceBatch),
        await act(batches[1] as SequenceBatch),
      ];
      expect(cached).toHaveLength(reread.length);
      cached.forEach(({ logits }, row) => {
        expect(worst(logits as Float32Array, reread[row]?.logits as Float32Array)).toBeLessThan(ONNX_TOLERANCE);
      });
    };
    const random = stream(22, 'joins and leaves', name);
    const prompt = (i: number) => randomIds(`prompt ${i}`, 1 + integer(random, i, 90), net.vocabularyRows);
    await agree((batch) => batch.admit([prompt(0), prompt(1), prompt(2)]));
    for (let step = 0; step < 20; step++) {
      const open = batches[0]?.open as number;
      const tokens = [...randomIds(`step ${step}`, open, net.vocabularyRows)];
      await agree((batch) => batch.extend(tokens));
      if (step % 5 === 2) for (const batch of batches) batch.release(integer(random, 100 + step, open));
      if (step % 5 === 4) await agree((batch) => batch.admit([prompt(step), prompt(step + 1)]));
    }
  });

  it('gives the logits of rereading in float64, token by token', async () => {
    const { architecture: net, tensors } = checkpoint;
    const weights = new Map<string, Tensor>();
    for (const [weight, source] of tensors) {
      weights.set(weight, { shape: source.shape, data: Float64Array.from(await readWeight(source)) });
    }
    const ops = referenceOps(weights);
    const ids = randomIds('float64', 7, net.vocabularyRows);
    const whole = (length: number) => [
      {
        ids: ids.slice(0, length),
        positions: countingPositions(length),
        attention: { kind: 'causal' } as const,
        reads: [{ row: length - 1, target: 0 }],
      },
    ];
    const { keyValueHeads: G, headWidth: D } = kindOf(net).heads(net);
    // The first four tokens as a prompt, their keys and values then stand in the first four slots of a past of 64.
    const prompt = pastProgram(net).build(ops, inFloat64({ ...packSequences(net, whole(4)), ...emptyPast(net, 1) }));
    const past: Record<string, Tensor> = {};
    for (let layer = 0; layer < net.layers; layer++) {
      past[`pastKeys.${layer}`] = { shape: [1, G, D, 64], data: new Float64Array(G * D * 64) };
      past[`pastValues.${layer}`] = { shape: [1, G, 64, D], data: new Float64Array(G * D * 64) };
    }
    const place = (from: Record<string, Tensor>, count: number, slot: number): void => {
      for (let layer = 0; layer < net.layers; layer++) {
        const [keys, values] = [past[`pastKeys.${layer}`] as Tensor, past[`pastValues.${layer}`] as Tensor];
        for (let i = 0; i < count; i++) {
          for (let c = 0; c < G * D; c++) {
            const [g, d] = [Math.floor(c / D), c % D];
            keys.data[(g * D + d) * 64 + slot + i] = from[`keys.${layer}`]?.data[i * G * D + c] as number;
            values.data[(g * 64 + slot + i) * D + d] = from[`values.${layer}`]?.data[i * G * D + c] as number;
          }
        }
      }
    };
    place(prompt, 4, 0);
    for (let length = 5; length <= ids.length; length++) {
      const bias = emptyPast(net, 1, 64)
        .pastBias.data.slice()
        .fill(0, 0, length - 1);
      const [last] = whole(length);
      const one = { ...last, ids: ids.slice(length - 1, length), positions: Int32Array.of(length - 1) };
      const step = packSequences(net, [{ ...one, attention: { kind: 'causal' }, reads: [{ row: 0, target: 0 }] }]);
      const feeds = { ...inFloat64(step), ...past, ...inFloat64({ pastBias: { dims: [1, 1, 1, 64], data: bias } }) };
      const cached = pastProgram(net).build(ops, feeds);
      const reread = logitsProgram(net).build(ops, inFloat64(packSequences(net, whole(length))));
      const rows = net.vocabularyRows;
      expect(worst(cached.logits.data.subarray(0, rows), reread.logits.data.subarray(0, rows))).toBeLessThan(
        REFERENCE_TOLERANCE,
      );
      place(cached, 1, length - 1);
    }
  });

  const DECODINGS: readonly Decoding[] = [
    { kind: 'greedy' },
    { kind: 'sampled', seed: 3, temperature: 0.9, topP: 0.95 },
    { kind: 'sampled', seed: 3, temperature: 1, topP: 1 },
  ];
  it.each(DECODINGS)(
    'writes the same bits alone, sixteen at once, shuffled and in little memory ($kind)',
    async (decoding) => {
      const random = stream(23, 'requests', name);
      const requests = Array.from(
        { length: 24 },
        (_, i): GenerationRequest => ({
          key: `item ${i}`,
          prompt: randomIds(`request ${i}`, 1 + integer(random, i, 100), checkpoint.architecture.vocabularyRows),
          length: { tokens: 1 + integer(random, 100 + i, 30), source: 'fixed' },
          stops: i % 3 === 0 ? [' 7'] : [],
          endIds: i % 2 === 0 ? Array.from({ length: 20 }, (_id, e) => 19 * e) : [],
          text: CANONICAL_TEXT,
        }),
      );
      const run = async (order: readonly number[], limits: object, threads: number) => {
        const generator = openTextGenerator(checkpoint, ID_TOKENIZER, await onnxEngine({ threads }), { limits });
        const found = await generator.generate(
          order.map((i) => requests[i] as GenerationRequest),
          decoding,
        );
        await generator.dispose();
        return requests.map((_, i) => found[order.indexOf(i)]);
      };
      const inOrder = requests.map((_, i) => i);
      const alone = await run(inOrder, { sequences: 1 }, 1);
      expect(new Set(alone.map((item) => (item?.kind === 'generated' ? item.ended : ''))).size).toBeGreaterThan(2);
      expect(await run(inOrder, { sequences: 16 }, 2)).toEqual(alone);
      const shuffled = [...permutation(stream(24, 'order'), requests.length)];
      expect(await run(shuffled, { sequences: 5, promptTokens: 150 }, 2)).toEqual(alone);
      expect(await run(shuffled, { cacheBytes: 2 ** 19 }, 1)).toEqual(alone);
    },
  );
});

function inFloat64<Name extends string>(feeds: Readonly<Record<Name, HostTensor>>): Record<Name, Tensor> {
  const tensors = Object.entries<HostTensor>(feeds).map(([input, { dims, data }]) => [
    input,
    { shape: dims, data: Float64Array.from(data) },
  ]);
  return Object.fromEntries(tensors) as Record<Name, Tensor>;
}

function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(expected, (want, i) => Math.abs((found[i] as number) - want)));
}
