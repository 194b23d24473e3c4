/**
 * The published samplers, replayed: every network input and every prediction of every step, on every engine
 * (test/golden/data/README.md, `generate_topk_greedy`, `generate_random_keep`, `units`).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RevealOrder } from '../../src/core/samplers/choice.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { denoise } from '../../src/lm/writing/denoise.ts';
import type { DenoiseJob } from '../../src/lm/writing/denoise-job.ts';
import type { Proposer } from '../../src/lm/writing/proposal.ts';
import { proposerOf } from '../../src/lm/writing/proposer.ts';
import { lowest } from '../../src/lm/writing/reveal-order.ts';
import { resolveSampler } from '../../src/lm/writing/sampler.ts';
import { nucleus } from '../../src/lm/writing/tokens/nucleus.ts';
import { type GoldenGeneration, openGolden, readGolden } from './golden-checkpoint.ts';

const NAMES = ['diffugpt-tiny', 'diffullama-tiny', 'diffullama-tiny-hf'];
const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine({ threads: 2 }) },
  { engine: 'tfjs', make: () => tfjsEngine() },
  { engine: 'reference', make: async () => referenceEngine() },
];

interface State {
  readonly t: number;
  readonly xt: readonly number[];
  readonly x0: readonly number[];
}

describe.each(ENGINES.flatMap((engine) => NAMES.map((name) => ({ ...engine, name }))))(
  '$name on $engine',
  ({ name, make }) => {
    const golden = readGolden(name);
    const denoiser = { maskId: golden.mask_token_id as number, shift: true, openFraction: 1 };
    let proposer: Proposer;

    beforeAll(async () => {
      proposer = proposerOf(await openGolden(name), await make());
    });
    afterAll(() => proposer.dispose());

    it.each([
      { order: 'confidence' as const, replays: golden.generate_topk_greedy ?? [] },
      { order: 'random-keep' as const, replays: golden.generate_random_keep ?? [] },
    ])('$order: every state and the result of all replays at once', async ({ order, replays }) => {
      expect(replays.length).toBeGreaterThan(3);
      const states = replays.map((): State[] => []);
      const jobs = replays.map((replay, i) => replayJob(replay, order, states[i] as State[]));
      const results = await denoise(jobs, denoiser, proposer.propose);
      replays.forEach((replay, i) => {
        const ids = [...(results[i]?.ids ?? [])];
        const settled = (states[i] as State[]).length;
        expect(states[i]).toEqual(replay.steps.slice(0, settled));
        // Where nothing is masked any more the published code goes on without effect.
        for (const { xt, x0 } of replay.steps.slice(settled)) expect([xt, x0]).toEqual([ids, ids]);
        expect(ids.slice(1)).toEqual(replay.returned);
        expect(ids[0]).toBe(replay.input_ids[0]);
        expect(results[i]?.nfe).toBe(replay.T);
      });
    });
  },
);

function replayJob(replay: GoldenGeneration, order: RevealOrder, states: State[]): DenoiseJob {
  const { T, logits_temp, input_ids, src_mask, draws_for_t_T_minus_1_down_to_1: draws } = replay;
  const maskable = [...input_ids.keys()].filter((position) => src_mask?.[position] !== '1');
  // A revealed token may be the mask id itself, so what is masked is remembered, not read off the input.
  const open = new Set(maskable);
  return {
    canvas: { key: replay.name, draw: 0, ids: Int32Array.from(input_ids), maskable },
    sampler: resolveSampler({ order, form: 'paper', steps: T, temperature: logits_temp, tokens: 'argmax' }),
    draws: { reveal: (t, position) => draws?.[T - 1 - t]?.[position] as number, token: () => Number.NaN },
    onStep: ({ remaining, input, proposal, revealed }) => {
      const x0 = Array.from(input, (id, position) => (open.has(position) ? proposal(position).token : id));
      states.push({ t: remaining + 1, xt: [...input], x0 });
      for (const position of revealed) open.delete(position);
    },
  };
}

describe.each(NAMES.slice(0, 2))('units of %s', (name) => {
  const units = readGolden(name).units;

  it('lowest k: strictly below the k-th lowest', () => {
    expect(units?.lowest_k.length).toBeGreaterThan(0);
    for (const { scores, k, still_masked } of units?.lowest_k ?? []) {
      expect(lowest(scores, k).map(Number).join('')).toBe(still_masked);
    }
  });

  it('top-p: the kept tokens and their log-probabilities', () => {
    expect(units?.top_p.length).toBeGreaterThan(0);
    for (const { p, logits_temp, logits, kept, kept_logprobs } of units?.top_p ?? []) {
      logits.forEach((row, r) => {
        const scaled = Float32Array.from(row, (logit) => logit / logits_temp);
        const ids = [...nucleus(scaled, p)];
        expect(row.map((_, id) => (ids.includes(id) ? '1' : '0')).join('')).toBe(kept[r]);
        const mass = ids.reduce((sum, id) => sum + Math.exp(scaled[id] as number), 0);
        ids.forEach((id, i) => {
          expect((scaled[id] as number) - Math.log(mass)).toBeCloseTo(kept_logprobs[r]?.[i] as number, 5);
        });
      });
    }
  });
});
