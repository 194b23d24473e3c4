/** Rules of samplers on scripted networks, with the traps of golden2's README that no published path shows (20b, 22, 24, 26, 39). */
import { describe, expect, it } from 'vitest';
import { scriptedDistribution, scriptedProposals } from '../../../test/property/scripted-proposals.ts';
import { denoise } from './denoise.ts';
import { denoiseByBlocks } from './denoise-blocks.ts';
import type { DenoisingStep } from './denoise-job.ts';
import type { Propose } from './proposal.ts';
import { resolveSampler, type SamplerOptions } from './sampler.ts';
import { surenessOf } from './tokens/draw-token.ts';

const MASK = 9;
const STRAIGHT = { maskId: MASK, shift: false, openFraction: 1 };

/** What each step reveals of a canvas whose first positions are given, and what is written. */
async function write(propose: Propose, options: SamplerOptions, length: number, prompt = 0, blockLength?: number) {
  const steps: (readonly number[])[] = [];
  const ids = Int32Array.from({ length }, (_, i) => 100 + i);
  const maskable = Array.from({ length: length - prompt }, (_, i) => prompt + i);
  const onStep = ({ revealed }: DenoisingStep) => steps.push(revealed);
  const job = { canvas: { key: 'x', draw: 0, ids, maskable }, sampler: resolveSampler(options), onStep };
  const denoiser = blockLength === undefined ? STRAIGHT : { ...STRAIGHT, blockLength };
  const [result] = await denoiseByBlocks([job], denoiser, (blocks) => denoise(blocks, denoiser, propose));
  return { steps, ids: [...(result?.ids ?? [])], nfe: result?.nfe };
}

/** The probability of the likeliest token at each position. */
const sureAt = (probabilities: readonly number[]): Propose =>
  scriptedProposals((_, row) => ({ token: 1, confidence: Math.log(probabilities[row] as number) }));

describe('threshold', () => {
  const network = sureAt([0.95, 0.2, 0.89, 0.99, 0.1]);

  it('reveals all that is surer than τ, one where nothing is, and takes as many steps as that takes', async () => {
    const { steps, nfe } = await write(network, { order: 'threshold', steps: 1 }, 5);
    expect(steps).toEqual([[0, 3], [2], [1], [4]]);
    expect(nfe).toBe(4);
    const low = await write(network, { order: 'threshold', threshold: 0.15, steps: 64 }, 5);
    expect(low.steps).toEqual([[0, 1, 2, 3], [4]]);
  });

  it('does so within a block before the next one is begun', async () => {
    const { steps } = await write(network, { order: 'threshold', block: 2, steps: 1 }, 5);
    expect(steps).toEqual([[0], [1], [3], [2], [4]]);
  });
});

it('dynamic: those above τ where they are more than the schedule asks for, else the surest', async () => {
  const network = sureAt([0.95, 0.2, 0.89, 0.99, 0.1]);
  const dynamic = (form: 'paper' | 'canonical') => write(network, { order: 'dynamic', steps: 5, form }, 5);
  expect((await dynamic('paper')).steps).toEqual([[0, 2, 3], [1], [4]]);
  // The canonical schedule wants 1, 2 and 3 revealed after as many steps, so that it waits for the fourth.
  expect((await dynamic('canonical')).steps).toEqual([[0, 2, 3], [1], [4]]);
  const tight = await write(network, { order: 'dynamic', threshold: 0.98, steps: 2 }, 5);
  expect(tight.steps).toEqual([
    [0, 2, 3],
    [1, 4],
  ]);
});

it('26: with top-k 1 every token has probability 1, so that a threshold reveals all at once', async () => {
  const flat = scriptedDistribution(() => [0.3, 0.3, 0.2, 0.2]);
  const drawn = { order: 'threshold', steps: 1, temperature: 1 } as const;
  expect((await write(flat, { ...drawn, topK: 1 }, 4)).steps).toEqual([[0, 1, 2, 3]]);
  expect((await write(flat, drawn, 4)).steps).toHaveLength(4);
});

it('39: the margin is one of probabilities: .30 − .10 before .02 − .0001, whatever their logarithms', () => {
  const wide = Float32Array.from([0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], Math.log);
  const steep = Float32Array.from([0.02, 0.0001, ...Array<number>(9799).fill(0.0001)], Math.log);
  expect(surenessOf('margin', wide)).toBeCloseTo(0.2);
  expect(surenessOf('margin', steep)).toBeCloseTo(0.0199);
  const apart = (logprobs: Float32Array) => (logprobs[0] as number) - (logprobs[1] as number);
  expect(apart(steep)).toBeGreaterThan(apart(wide));
  expect(surenessOf('entropy', Float32Array.from([0.5, 0.5, 0], Math.log))).toBeCloseTo(-Math.LN2);
});

it('20b: in the paper form the mask may be predicted; it counts as revealed and stays', async () => {
  const masks: Propose = scriptedProposals(({ excluded }, row) => ({
    token: excluded === MASK ? 1 : MASK,
    confidence: -row,
  }));
  for (const order of ['block', 'dllm'] as const) {
    const paper = await write(masks, { order, block: 2, steps: 4, form: 'paper' }, 4);
    expect(paper.ids).toEqual([MASK, MASK, MASK, MASK]);
    expect(paper.nfe).toBe(4);
    expect((await write(masks, { order, block: 2, steps: 4 }, 4)).ids).toEqual([1, 1, 1, 1]);
  }
});

it('22: blocks count from the end of the prompt, but those of a network from the start of the sequence', async () => {
  const later: Propose = scriptedProposals((_, row) => ({ token: 1, confidence: row - 20 }));
  const own = await write(later, { order: 'block', block: 4, steps: 8, form: 'paper' }, 11, 3);
  expect(own.steps.flat()).toEqual([6, 5, 4, 3, 10, 9, 8, 7]);
  const ofNet = await write(later, { order: 'static', steps: 4, form: 'paper' }, 12, 3, 4);
  expect(ofNet.steps.flat()).toEqual([3, 7, 6, 5, 4, 11, 10, 9, 8]);
});

it('24: where the plan exceeds the masks that are left of a block, given tokens stay', async () => {
  const { ids, steps } = await write(sureAt(Array(8).fill(0.5)), { order: 'static', steps: 3, form: 'paper' }, 8, 3, 4);
  expect(ids).toEqual([100, 101, 102, 1, 1, 1, 1, 1]);
  expect(steps).toEqual([[3], [4, 5], [6], [7]]);
});

it('spreads the steps over the blocks: as many as were asked for, of which each block has one', async () => {
  const flat = sureAt(Array(10).fill(0.5));
  const counts = async (steps: number, form: 'paper' | 'canonical') =>
    (await write(flat, { order: 'block', block: 4, steps, form }, 10)).steps.map(({ length }) => length);
  expect(await counts(7, 'canonical')).toEqual([2, 1, 1, 2, 2, 1, 1]);
  expect(await counts(1, 'canonical')).toEqual([4, 4, 2]);
  expect(await counts(5, 'paper')).toEqual([2, 2, 2, 2, 1, 1]);
});
