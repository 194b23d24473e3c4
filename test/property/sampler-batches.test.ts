/**
 * What a canvas becomes never depends on its batch: ids, number of forwards and every confidence, bit for bit, whatever is
 * written with it, in whatever order and however many at once. All samplers at once, on a real network.
 */
import { describe, expect, it } from 'vitest';
import { permutation, stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import type { BatchLimits } from '../../src/lm/forward/batches.ts';
import type { InfillRequest } from '../../src/lm/writing/infill.ts';
import { openInfiller } from '../../src/lm/writing/proposer.ts';
import type { SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';

const COUNT = 24;
const SAMPLERS: readonly SamplerOptions[] = [
  { steps: 6 },
  { steps: 3, form: 'paper', temperature: 0.95, tokens: 'argmax' },
  { steps: 5, order: 'random-keep', form: 'paper', temperature: 0.9, topP: 0.9 },
  { steps: 40, order: 'random-keep', temperature: 1 },
  { steps: 4, temperature: 0.7, topP: 0.5, seed: 9 },
  { steps: 6, form: 'paper', temperature: 1 },
];

const DENOISERS = [
  { shift: true, openFraction: 1 },
  { shift: false, openFraction: 1 },
  { shift: true, openFraction: 0.5 },
  { shift: true, openFraction: 0 },
];

describe.each(['diffugpt-tiny', 'diffullama-tiny'])('%s', (name) => {
  const requests = Array.from({ length: COUNT }, (_, i): InfillRequest => {
    const random = stream(21, 'canvas', i);
    const length = 2 + Math.floor(random.uniform(0) * 70);
    const ids = Int32Array.from({ length }, (_token, at) => Math.floor(random.uniform(100 + at) * 380));
    const maskable = [...ids.keys()].filter((at) => random.uniform(1000 + at) < 0.4);
    return { canvas: { key: `${i}`, draw: 0, ids, maskable }, sampler: SAMPLERS[i % 6] as SamplerOptions, trace: true };
  });

  it.each(DENOISERS)('with $shift shift and $openFraction of the future open', async (reading) => {
    const checkpoint = await openGolden(name);
    const engine = await onnxEngine();
    const denoiser = { maskId: checkpoint.options.maskId as number, ...reading };
    const write = async (asked: readonly InfillRequest[], limits: Partial<BatchLimits>) => {
      const infiller = openInfiller(checkpoint, engine, { limits });
      const results = await infiller.infill(asked, denoiser);
      await infiller.dispose();
      return results;
    };
    const alone = await write(requests, { sequences: 1 });
    expect(await write(requests, {})).toEqual(alone);
    expect(await write(requests, { sequences: 5 })).toEqual(alone);
    const order = [...permutation(stream(22, 'order'), COUNT)];
    const shuffled = await write(
      order.map((i) => requests[i] as InfillRequest),
      { tokens: 200, rows: 40 },
    );
    expect(order.map((_, at) => shuffled[order.indexOf(at)])).toEqual(alone);
    expect(alone.every(({ ids }, i) => ids.length === requests[i]?.canvas.ids.length)).toBe(true);
  });
});

it('the shift and the open share of attention both change what is written', async () => {
  const checkpoint = await openGolden('diffugpt-tiny');
  const infiller = openInfiller(checkpoint, await onnxEngine());
  const canvas = {
    key: 'x',
    draw: 0,
    ids: Int32Array.from({ length: 30 }, (_, i) => i),
    maskable: [0, 5, 6, 7, 20, 21],
  };
  const texts = new Set<string>();
  for (const reading of DENOISERS) {
    const [result] = await infiller.infill([{ canvas, sampler: { steps: 6 } }], { maskId: 384, ...reading });
    texts.add(result?.ids.join() ?? '');
    expect(result?.ids[0] === 0).toBe(reading.shift);
  }
  await infiller.dispose();
  expect(texts.size).toBe(DENOISERS.length);
});
