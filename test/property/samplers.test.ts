/** What holds of every canvas, sampler and network: fast-check draws the canvases, the networks are functions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import { REVEAL_ORDERS, type RevealOrder } from '../../src/core/samplers/choice.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoisingStep } from '../../src/lm/writing/denoise-job.ts';
import { type Canvas, resolveSampler, type SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { type Trajectory, traceStep } from '../../src/lm/writing/trajectory.ts';
import { statesOf } from '../scripted/states-of.ts';
import { scriptedDistribution, scriptedProposals } from './scripted-proposals.ts';

const MASK = 7;
const LETTERS = 7;

const canvases = fc
  .uniqueArray(fc.nat(19), { minLength: 1, maxLength: 20 })
  .map((positions) => positions.sort((a, b) => a - b))
  .map(
    (maskable): Canvas => ({
      key: 'canvas',
      draw: 0,
      ids: Int32Array.from({ length: 20 }, (_, i) => 100 + i),
      maskable,
    }),
  );
const orders = fc.constantFrom<RevealOrder>('confidence', 'random-keep');
const samplers = fc.record({
  order: orders,
  form: fc.constantFrom('paper' as const, 'canonical' as const),
  steps: fc.integer({ min: 1, max: 40 }),
  temperature: fc.constantFrom(0, 0.5, 1),
  seed: fc.nat(1000),
});
const anySampler = fc.record({
  order: fc.constantFrom(...REVEAL_ORDERS),
  form: fc.constantFrom('paper' as const, 'canonical' as const),
  steps: fc.integer({ min: 1, max: 40 }),
  temperature: fc.constantFrom(0, 1),
  block: fc.constantFrom(1, 3, 8, 32),
});
const denoisers = fc.record({
  maskId: fc.constant(MASK),
  shift: fc.boolean(),
  openFraction: fc.constantFrom(0, 0.4, 1),
});

/** Probabilities that depend on the whole input and the row; confidences often tie. */
const network = scriptedDistribution(({ ids }, row) => {
  const random = stream(3, 'network', ids.join(), row);
  return Array.from({ length: LETTERS }, (_, letter) => 1 + Math.floor(4 * random.uniform(letter)));
});

interface Run {
  readonly ids: readonly number[];
  readonly nfe: number;
  readonly trace: Trajectory;
  readonly inputs: readonly (readonly number[])[];
}

async function run(canvas: Canvas, options: SamplerOptions, denoiser: Parameters<typeof denoise>[1]): Promise<Run> {
  const trace: Trajectory[number][] = [];
  const inputs: (readonly number[])[] = [];
  const onStep = (step: DenoisingStep) => {
    inputs.push([...step.input]);
    trace.push(traceStep(step));
  };
  const [result] = await denoise([{ canvas, sampler: resolveSampler(options), onStep }], denoiser, network);
  return { ids: [...(result?.ids ?? [])], nfe: result?.nfe ?? 0, trace, inputs };
}

describe('any sampler', () => {
  it('writes every maskable position once, and never touches another', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, fc.oneof(samplers, anySampler), denoisers, async (canvas, sampler, denoiser) => {
        const { ids, trace } = await run(canvas, sampler, denoiser);
        const given = (position: number) => !canvas.maskable.includes(position) || (position === 0 && denoiser.shift);
        ids.forEach((id, position) => {
          if (given(position)) expect(id).toBe(canvas.ids[position]);
          else expect(id).toBeLessThan(LETTERS);
        });
        const written = trace.flatMap(({ revealed }) => revealed).sort((a, b) => a - b);
        const keepsFirst = denoiser.shift && sampler.form === 'canonical';
        expect(written).toEqual(canvas.maskable.filter((position) => !(position === 0 && keepsFirst)));
      }),
    );
  });

  it('leaves a trace from which every network input and the result can be had again', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, fc.oneof(samplers, anySampler), denoisers, async (canvas, sampler, denoiser) => {
        const { ids, trace, inputs } = await run(canvas, sampler, denoiser);
        const states = statesOf(canvas, MASK, JSON.parse(JSON.stringify(trace))).map((state) => [...state]);
        expect(states).toEqual([...inputs, ids]);
      }),
    );
  });

  it('reveals its blocks from left to right, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, anySampler, denoisers, async (canvas, sampler, denoiser) => {
        const { trace } = await run(canvas, sampler, denoiser);
        const isWritten = (position: number) => sampler.form === 'paper' || position > 0 || !denoiser.shift;
        const places = new Map(canvas.maskable.filter(isWritten).map((position, place) => [position, place]));
        const blocks = trace.map(({ revealed }) =>
          revealed.map((at) => Math.floor((places.get(at) ?? -1) / sampler.block)),
        );
        expect(blocks.every((within) => new Set(within).size <= 1)).toBe(true);
        const order = blocks.flat();
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        const remaining = trace.map((step) => step.remaining);
        expect(remaining).toEqual([...new Set(remaining)].sort((a, b) => b - a));
      }),
    );
  });

  it('writes the same in any company and order, and something else for another seed, draw or key', async () => {
    const options = { steps: 9, temperature: 1, order: 'random-keep', seed: 4 } as const;
    const denoiser = { maskId: MASK, shift: true, openFraction: 1 };
    const canvas = (key: string, draw: number): Canvas => ({
      key,
      draw,
      ids: new Int32Array(20),
      maskable: Array.from({ length: 19 }, (_, i) => i + 1),
    });
    const all = ['a', 'b', 'c'].flatMap((key) => [0, 1].map((draw) => canvas(key, draw)));
    const jobs = all.map((each, i) => ({ canvas: each, sampler: resolveSampler({ ...options, steps: 3 + i }) }));
    const alone = await Promise.all(jobs.map(async (job) => (await denoise([job], denoiser, network))[0]));
    expect(await denoise(jobs, denoiser, network)).toEqual(alone);
    expect((await denoise(jobs.toReversed(), denoiser, network)).toReversed()).toEqual(alone);
    const same = all.map((each) => ({ canvas: each, sampler: resolveSampler(options) }));
    const other = { canvas: canvas('a', 0), sampler: resolveSampler({ ...options, seed: 5 }) };
    const texts = (await denoise([...same, other], denoiser, network)).map(({ ids }) => ids.join());
    expect(new Set(texts).size).toBe(all.length + 1);
  });
});

it.each([true, false])('a drawn token is named by the position it is written to (shift %s)', async (shift) => {
  const canvas: Canvas = { key: 'x', draw: 0, ids: new Int32Array(8), maskable: [1, 4, 6] };
  const asked: [number, number][] = [];
  const draws = {
    reveal: () => 0,
    token: (remaining: number, position: number) => {
      asked.push([remaining, position]);
      return 0.5;
    },
  };
  const sampler = resolveSampler({ steps: 3, temperature: 1, order: 'random-keep' });
  await denoise([{ canvas, sampler, draws }], { maskId: MASK, shift, openFraction: 1 }, network);
  expect(asked).toEqual([
    [2, 1],
    [1, 4],
    [0, 6],
  ]);
});

describe('the canonical sampler', () => {
  it('has revealed |A| − ⌊|A| t/T⌋ positions after step t, in as few forwards as steps that reveal', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, samplers, denoisers, async (canvas, sampler, denoiser) => {
        const { nfe, trace } = await run(canvas, { ...sampler, form: 'canonical' }, denoiser);
        const maskable = canvas.maskable.filter((position) => position > 0 || !denoiser.shift).length;
        const T = sampler.steps;
        let revealed = 0;
        const changing: number[] = [];
        for (let t = T - 1; t >= 0; t--) {
          const step = trace.find(({ remaining }) => remaining === t);
          if (step) changing.push(t);
          revealed += step?.revealed.length ?? 0;
          expect(revealed).toBe(maskable - Number((BigInt(maskable) * BigInt(t)) / BigInt(T)));
        }
        expect(trace.map(({ remaining }) => remaining)).toEqual(changing);
        expect(trace.every((step) => step.revealed.length > 0)).toBe(true);
        expect(nfe).toBe(trace.length);
        expect(nfe).toBe(Math.min(T, maskable));
      }),
    );
  });

  it('reveals in random-keep the same order for every number of steps, and asks for nothing it does not reveal', async () => {
    const canvas: Canvas = { key: 'x', draw: 0, ids: new Int32Array(12), maskable: [1, 2, 3, 5, 7, 8, 10, 11] };
    const order = async (steps: number): Promise<number[]> => {
      const rows: number[] = [];
      const propose = scriptedProposals((_, row) => {
        rows.push(row + 1);
        return { token: 0, confidence: -1 };
      });
      const sampler = resolveSampler({ order: 'random-keep', steps });
      await denoise([{ canvas, sampler }], { maskId: MASK, shift: true, openFraction: 1 }, propose);
      return rows;
    };
    const fine = await order(8);
    expect(fine.toSorted((a, b) => a - b)).toEqual(canvas.maskable);
    const coarse = await order(4);
    for (const pairs of [2, 4, 6, 8]) expect(new Set(coarse.slice(0, pairs))).toEqual(new Set(fine.slice(0, pairs)));
  });

  it('without temperature ignores the seed when it goes by confidence', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, fc.integer({ min: 1, max: 30 }), async (canvas, steps) => {
        const denoiser = { maskId: MASK, shift: true, openFraction: 1 };
        const best = scriptedProposals(({ ids, drawn }, row) => {
          expect(drawn).toBeNull();
          const value = stream(1, 'best', ids.join(), row).uniform(0);
          return { token: Math.floor(value * LETTERS), confidence: -value };
        });
        const write = async (seed: number) => {
          const job = { canvas, sampler: resolveSampler({ steps, seed }) };
          return (await denoise([job], denoiser, best))[0];
        };
        expect(await write(1)).toEqual(await write(2));
      }),
    );
  });
});

describe('the published sampler', () => {
  it('takes T forwards, and reveals at least as much as scheduled', async () => {
    await fc.assert(
      fc.asyncProperty(canvases, samplers, denoisers, async (canvas, options, denoiser) => {
        const { nfe, trace } = await run(canvas, { ...options, form: 'paper', order: 'confidence' }, denoiser);
        expect(nfe).toBe(options.steps);
        let left = canvas.maskable.length;
        for (const { remaining, revealed } of trace) {
          left -= revealed.length;
          expect(left).toBeLessThanOrEqual((canvas.maskable.length * remaining) / options.steps + 1e-6);
        }
        expect(left).toBe(0);
      }),
    );
  });
});
