/**
 * Traps of generation, with the vectors of the project's protocol notes (section 13): T6, T8, T9, T11, T12. T7 and T10 are in
 * src/lm/writing/reveal-schedule.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoisingStep } from '../../src/lm/writing/denoise-job.ts';
import { type Canvas, resolveSampler, type SamplerOptions } from '../../src/lm/writing/sampler.ts';
import { drawToken } from '../../src/lm/writing/tokens/draw-token.ts';
import { nucleus } from '../../src/lm/writing/tokens/nucleus.ts';
import { scriptedProposals } from '../property/scripted-proposals.ts';

const MASK = 99;
const SHIFTED = { maskId: MASK, shift: true, openFraction: 1 };
const STRAIGHT = { ...SHIFTED, shift: false };

const canvasOf = (length: number, maskable = [...Array(length).keys()]): Canvas => ({
  key: 'canvas',
  draw: 0,
  ids: Int32Array.from({ length }, (_, i) => 10 + i),
  maskable,
});

it('T6: of [prefix 2, middle 3, suffix 1] the published result has 5 elements, the middle at [1, 4)', async () => {
  const job = { canvas: canvasOf(6, [2, 3, 4]), sampler: resolveSampler({ steps: 2, form: 'paper' }) };
  // Row r proposes token r: the middle, read one row to the left, is 1, 2, 3.
  const echo = scriptedProposals((_, row) => ({ token: row, confidence: -row }));
  const [result] = await denoise([job], SHIFTED, echo);
  expect([...(result?.ids ?? [])]).toEqual([10, 11, 1, 2, 3, 15]);
  const published = result?.ids.slice(1) ?? [];
  expect(published).toHaveLength(5);
  expect([...published.slice(1, 4)]).toEqual([1, 2, 3]);
  expect([...published.slice(2, 5)]).not.toEqual([1, 2, 3]);
});

/** Positions revealed by each step under scripted scores: `calls[c][row]` is the score in forward c. */
async function revealed(
  options: SamplerOptions,
  calls: readonly (readonly number[])[],
): Promise<(readonly number[])[]> {
  const steps: (readonly number[])[] = [];
  const propose = scriptedProposals((_, row) => ({ token: 1, confidence: calls[steps.length]?.[row] as number }));
  const onStep = (step: DenoisingStep) => steps.push(step.revealed);
  await denoise([{ canvas: canvasOf(4), sampler: resolveSampler(options), onStep }], STRAIGHT, propose);
  return steps;
}

describe('T8: revealed positions occupy slots', () => {
  const calls = [
    [-0.1, -0.9, -0.5, -2],
    [-3, -0.8, -0.4, -1],
    [-3, -0.7, -0.2, -0.9],
    [-3, -0.7, -0.2, -0.9],
  ];

  it('in the published sampler, which reveals {0}, {1, 2}, {3}', async () => {
    expect(await revealed({ steps: 4, form: 'paper' }, calls)).toEqual([[0], [1, 2], [3]]);
  });

  it('but not where only masked positions are ranked: {0}, {2}, {1}, {3}', async () => {
    expect(await revealed({ steps: 4 }, calls)).toEqual([[0], [2], [1], [3]]);
  });
});

describe('T9: equal scores', () => {
  const calls = Array.from({ length: 4 }, () => [-1, -1, -1, -1]);

  it('reveal everything at once in the published sampler, which still takes its T forwards', async () => {
    expect(await revealed({ steps: 4, form: 'paper' }, calls)).toEqual([[0, 1, 2, 3]]);
    const job = { canvas: canvasOf(4), sampler: resolveSampler({ steps: 4, form: 'paper' }) };
    const [result] = await denoise(
      [job],
      STRAIGHT,
      scriptedProposals(() => ({ token: 1, confidence: -1 })),
    );
    expect(result?.nfe).toBe(4);
  });

  it('are revealed by position, as many as scheduled, in the canonical one', async () => {
    expect(await revealed({ steps: 4 }, calls)).toEqual([[0], [1], [2], [3]]);
    expect(await revealed({ steps: 2 }, calls)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

describe('T11: top-p keeps the token that crosses p, and comes after the temperature', () => {
  const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
  const sharp = logits.map((logit) => logit / 0.5); // probabilities .6849, .2466, .0616, .0068

  it.each([
    [0.9, 3],
    [0.8, 3],
    [0.5, 2],
  ])('p = %f keeps %i', (p, kept) => {
    expect([...nucleus(logits, p)]).toEqual([0, 1, 2, 3].slice(0, kept));
  });

  it('temperature 0.5 and then p = .9 keeps 2; the other order would keep 3', () => {
    expect([...nucleus(sharp, 0.9)]).toEqual([0, 1]);
    expect(nucleus(logits, 0.9)).toHaveLength(3);
    const drawn = Array.from({ length: 100 }, (_, i) => drawToken(sharp, 0.9, i / 100));
    expect(new Set(drawn.map(({ token }) => token))).toEqual(new Set([0, 1]));
    expect(drawn[0]?.logprob).toBeCloseTo(Math.log(0.6849 / (0.6849 + 0.2466)), 4);
  });
});

it('T12: random keep leaves .75, .5, .25 masked after the steps of T = 4, not .75, .5625, .421875', async () => {
  const [length, draws] = [64, 200];
  const masked = [0, 0, 0, 0];
  const jobs = Array.from({ length: draws }, (_, draw) => {
    let left = length;
    return {
      canvas: { ...canvasOf(length), draw },
      sampler: resolveSampler({ order: 'random-keep', form: 'paper', steps: 4 }),
      onStep: (step: DenoisingStep) => {
        left -= step.revealed.length;
        masked[step.remaining] = (masked[step.remaining] as number) + left / length / draws;
      },
    };
  });
  await denoise(
    jobs,
    STRAIGHT,
    scriptedProposals(() => ({ token: 1, confidence: -1 })),
  );
  for (const remaining of [1, 2, 3]) {
    const expected = remaining / 4;
    const fourStandardErrors = 4 * Math.sqrt((expected * (1 - expected)) / (length * draws));
    expect(Math.abs((masked[remaining] as number) - expected)).toBeLessThan(fourStandardErrors);
  }
  expect(masked[0]).toBe(0);
});
