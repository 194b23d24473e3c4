/** Drawn tokens against the probabilities they are drawn from. */
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { Infiller } from '../../src/lm/writing/infill.ts';
import { openInfiller } from '../../src/lm/writing/proposer.ts';
import { resolveSampler } from '../../src/lm/writing/sampler.ts';
import { drawToken } from '../../src/lm/writing/tokens/draw-token.ts';
import { nucleus } from '../../src/lm/writing/tokens/nucleus.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';
import { scriptedDistribution } from './scripted-proposals.ts';

const MASK = 4;
/** p(letter) at a position, by the letter before it: a chain, so that what one step reveals moves the next. */
const CHAIN = [
  [0.1, 0.2, 0.3, 0.4],
  [0.7, 0.1, 0.1, 0.1],
  [0.25, 0.25, 0.25, 0.25],
  [0.02, 0.9, 0.05, 0.03],
];

/** Chi-square statistic of counts against expected ones; cells without chance must be empty. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => {
    const mean = expected[i] as number;
    if (mean === 0) expect(count).toBe(0);
    return mean === 0 ? sum : sum + (count - mean) ** 2 / mean;
  }, 0);
}

it('never draws a token without probability, also where rounding leaves the sum short', () => {
  const logprobs = Float32Array.of(Math.log(0.5), Math.log(0.5), -1e30);
  const nearlyAll = 1 - 1e-9;
  expect([...nucleus(logprobs, nearlyAll)]).toEqual([0, 1, 2]);
  for (const topP of [1, nearlyAll]) expect(drawToken(logprobs, topP, 1).token).not.toBe(2);
});

describe('denoising a chain one letter a step', () => {
  const chain = scriptedDistribution(({ ids }, row) => CHAIN[ids[row - 1] as number] ?? CHAIN[2] ?? []);
  const denoiser = { maskId: MASK, shift: false, openFraction: 1 };
  const draws = 4000;

  it.each([1, 0.5])('at temperature %f writes pairs as often as their probabilities say', async (temperature) => {
    // The later position waits: a confidence order would look at what was drawn.
    const reveal = (_: number, position: number) => -position;
    const jobs = Array.from({ length: draws }, (_, draw) => {
      const random = stream(2, 'token', draw);
      return {
        canvas: { key: 'pair', draw, ids: Int32Array.of(0, 0, 0), maskable: [1, 2] },
        sampler: resolveSampler({ order: 'random-keep', steps: 2, temperature }),
        draws: { reveal, token: (remaining: number, position: number) => random.uniform(8 * remaining + position) },
      };
    });
    const counts = Array<number>(16).fill(0);
    for (const { ids } of await denoise(jobs, denoiser, chain)) {
      const cell = 4 * (ids[1] as number) + (ids[2] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
    const sharpened = CHAIN.map((row) => {
      const powers = row.map((p) => p ** (1 / temperature));
      const total = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / total);
    });
    const expected = counts.map((_, cell) => {
      const [first, second] = [Math.floor(cell / 4), cell % 4];
      return draws * (sharpened[0]?.[first] as number) * (sharpened[first]?.[second] as number);
    });
    expect(chiSquare(counts, expected)).toBeLessThan(CHI_SQUARE_15);
  });
});

/** 15 degrees of freedom, exceeded with probability 1e-4 (scipy.stats.chi2.isf(1e-4, 15)). */
const CHI_SQUARE_15 = 44.3;

describe('drawing one token', () => {
  it('a grid of uniforms hits each token in proportion, whatever the rounding of the log-probabilities', () => {
    const logits = Float32Array.from({ length: 1000 }, (_, i) => 3 * stream(5, 'logit').uniform(i));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const grid = 100_000;
    for (const slip of [-1e-3, 0, 1e-3]) {
      const logprobs = logits.map((logit) => logit - Math.log(total) + slip);
      const counts = new Float64Array(1000);
      for (let i = 0; i < grid; i++) {
        const { token } = drawToken(logprobs, 1, (i + 0.5) / grid);
        counts[token] = (counts[token] as number) + 1;
      }
      counts.forEach((count, token) => {
        const expected = (grid * Math.exp(logits[token] as number)) / total;
        // Cells of the grid at both ends, and the slip spread over all tokens (too large a sum cuts off the last few).
        if (slip <= 0 || token < 990) expect(Math.abs(count - expected)).toBeLessThan(2.5 + expected * 2e-3);
      });
    }
  });

  it('never gives a token without probability, at either end of the interval', () => {
    const logprobs = Float32Array.of(Number.NEGATIVE_INFINITY, Math.log(0.5), Math.log(0.5), Number.NEGATIVE_INFINITY);
    for (const topP of [1, 0.9]) {
      expect(drawToken(logprobs, topP, 0).token).toBe(1);
      expect(drawToken(logprobs, topP, 1 - 2 ** -53).token).toBe(2);
    }
  });

  it('top-p keeps the smallest set of most likely tokens whose share reaches p', () => {
    for (let seed = 0; seed < 50; seed++) {
      const logits = Float32Array.from({ length: 60 }, (_, i) => 6 * stream(seed, 'logit').uniform(i));
      const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      for (const p of [0.01, 0.3, 0.9, 0.999]) {
        const kept: number[] = [];
        let share = 0;
        while (share <= p) {
          const id = order[kept.length] as number;
          kept.push(id);
          share += Math.exp(logits[id] as number) / total;
        }
        expect([...nucleus(logits, p)]).toEqual(kept.sort((a, b) => a - b));
      }
    }
    expect([...nucleus(Float32Array.of(1, 1, 1, 1), 0.5)]).toEqual([0, 1, 2]);
  });
});

describe('drawing through a network', () => {
  let infiller: Infiller;
  beforeAll(async () => {
    infiller = openInfiller(await openGolden('diffugpt-tiny'), await onnxEngine());
    return () => infiller.dispose();
  });

  it('at a low temperature writes what argmax writes', async () => {
    const denoiser = { maskId: 384, shift: true, openFraction: 1 };
    const canvas = { key: 'x', draw: 0, ids: Int32Array.from({ length: 24 }, (_, i) => i), maskable: [6, 7, 8, 9, 15] };
    const [argmax, drawn] = await infiller.infill(
      [
        { canvas, sampler: { steps: 5 } },
        { canvas, sampler: { steps: 5, temperature: 1e-4 } },
      ],
      denoiser,
    );
    // Order may differ: at this temperature every confidence is 0. One position a canvas removes the order.
    expect(drawn?.nfe).toBe(argmax?.nfe);
    const single = { ...canvas, maskable: [9] };
    const [one, other] = await infiller.infill(
      [
        { canvas: single, sampler: { steps: 1 } },
        { canvas: single, sampler: { steps: 1, temperature: 1e-4 } },
      ],
      denoiser,
    );
    expect(other?.ids).toEqual(one?.ids);
  });

  it('gives each token its probability', async () => {
    const denoiser = { maskId: 384, shift: true, openFraction: 1 };
    const ids = Int32Array.from({ length: 16 }, (_, i) => 3 * i);
    const draws = 1500;
    const requests = Array.from({ length: draws }, (_, draw) => ({
      canvas: { key: 'freq', draw, ids, maskable: [15] },
      sampler: { steps: 1, temperature: 0.5, topP: 0.8 },
      trace: true,
    }));
    const results = await infiller.infill(requests, denoiser);
    const counts = new Map<number, { count: number; confidence: number }>();
    for (const { trace } of results) {
      const [token, confidence] = [trace?.[0]?.tokens[0] as number, trace?.[0]?.confidences[0] as number];
      counts.set(token, { count: (counts.get(token)?.count ?? 0) + 1, confidence });
    }
    let share = 0;
    for (const { count, confidence } of counts.values()) {
      const p = Math.exp(confidence);
      share += p;
      expect(Math.abs(count / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    }
    expect(share).toBeGreaterThan(0.95);
    expect(share).toBeLessThan(1.0001);
  });
});
