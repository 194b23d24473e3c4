/**
 * The samplers of SEDD, MDLM and BD3-LM: every step that their published code took with given random numbers, on both engines; and the
 * traps of golden2's README that concern them: 32 (`ddpm` and `ddpm_cache` step by different chances), 35 (negative weights).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnDiffusion } from '../../src/architectures/architecture.ts';
import { ownDiffusion } from '../../src/architectures/index.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import type { OwnSampler } from '../../src/core/samplers/choice.ts';
import type { AttentionPattern } from '../../src/lm/forward/sequence.ts';
import { denoiserOf } from '../../src/lm/likelihood/checkpoint-denoiser.ts';
import { maskingChance } from '../../src/lm/likelihood/own-bound.ts';
import { ownSteps, revealChance } from '../../src/lm/writing/own-sampler.ts';
import { denoiseCanvases } from '../../src/lm/writing/proposer.ts';
import {
  ENGINES2,
  GOLDEN2,
  golden2Folder,
  logitsOf,
  type OpenedNet,
  openNet2,
  readGolden2,
  SKIPPED,
  sequenceOf,
} from './golden2.ts';

interface GoldenStep {
  readonly kind?: 'ddpm' | 'ddpm_cache' | 'euler' | 'analytic' | 'denoise';
  readonly t: number;
  readonly dt?: number;
  readonly step_size?: number | null;
  readonly input_ids: readonly number[];
  readonly uniforms?: readonly (readonly number[])[];
  readonly uniforms_for_the_last_block?: readonly (readonly number[])[];
  readonly output_ids: readonly number[];
  readonly argmax_form_output_ids?: readonly number[];
  readonly probs_at?: number;
  readonly probs?: readonly number[];
}
interface Golden {
  readonly mask_token_id: number;
  readonly block_size?: number;
  readonly sampler_steps: readonly GoldenStep[];
}

const NAMES = ['sedd-tiny', 'mdlm-tiny', 'bd3lm-tiny'] as const;

describe.skipIf(GOLDEN2 === null)(`golden2, samplers of networks made to denoise${SKIPPED}`, () => {
  describe.each(ENGINES2.flatMap((on) => NAMES.map((name) => ({ name, ...on }))))(
    '$name on $engine',
    ({ name, make }) => {
      let golden: Golden;
      let net: OpenedNet;
      let own: OwnDiffusion;
      beforeAll(async () => {
        golden = readGolden2<Golden>(name);
        net = await openNet2(name, make);
        own = ownDiffusion(net.checkpoint.architecture) as OwnDiffusion;
      });
      afterAll(() => net.logits.dispose());

      it('weighs tokens and the mask as the published step does, and takes the same (32)', async () => {
        for (const step of golden.sampler_steps) {
          const weights = await weightsOf(net, own, golden, step);
          const uniforms = step.uniforms ?? step.uniforms_for_the_last_block ?? [];
          const from = step.input_ids.length - uniforms.length;
          const written = step.input_ids.map((id, position) => {
            const row = weights.get(position);
            return row === undefined ? id : winner(row, uniforms[position - from] as readonly number[]);
          });
          expect(written).toEqual(step.output_ids);
          if (step.probs === undefined || step.probs_at === undefined) continue;
          const likeliest = step.input_ids.map((id, position) => {
            const row = weights.get(position);
            return row === undefined ? id : row.indexOf(Math.max(...row));
          });
          expect(likeliest).toEqual(step.argmax_form_output_ids);
          const row = weights.get(step.probs_at) as readonly number[];
          const scale = Math.max(...step.probs);
          step.probs.forEach((wanted, token) => {
            expect(Math.abs((row[token] as number) - wanted)).toBeLessThan(1e-5 * scale);
          });
        }
      });

      it('writes a canvas with each of its samplers, the same with the same seed, without its mask', async () => {
        const { checkpoint } = net;
        const denoiser = denoiserOf(checkpoint, { shift: false, openFraction: 1 }, 'a test');
        const canvas = {
          key: 'x',
          draw: 0,
          ids: Int32Array.from({ length: 12 }, (_, i) => 3 * i),
          maskable: [2, 3, 4, 7, 8, 11],
        };
        for (const order of own.samplers) {
          const write = async (seed: number) => {
            const parts = { checkpoint, engine: await make(), trace: true };
            return (await denoiseCanvases([canvas], { order, steps: 6, seed }, denoiser, parts))[0];
          };
          const [first, again, other] = [await write(1), await write(1), await write(2)];
          expect(first?.ids).toEqual(again?.ids);
          expect(first?.ids).not.toEqual(other?.ids);
          expect([...(first?.ids ?? [])]).not.toContain(golden.mask_token_id);
          [0, 1, 5, 6, 9, 10].forEach((position) => {
            expect(first?.ids[position]).toBe(3 * position);
          });
          const revealed = (first?.trace ?? []).flatMap((each) => each.revealed);
          expect(revealed.toSorted((a, b) => a - b)).toEqual(canvas.maskable);
          expect(first?.nfe).toBe(first?.trace?.length);
        }
      });
    },
  );

  it('32: `ddpm` masks with (1 − 10⁻³)·t, `ddpm_cache` with t', async () => {
    const own = ownDiffusion((await openCheckpoint(golden2Folder('mdlm-tiny'))).architecture) as OwnDiffusion;
    const step = { t: 1, s: 0.5, isLast: false };
    expect(revealChance('ddpm-cache', step, own)).toBe(0.5);
    expect(revealChance('ddpm', step, own)).toBeCloseTo(0.5, 12);
    expect(maskingChance(own.schedule, 1)).toBeCloseTo(0.999, 12);
    const steps = ownSteps(4, own);
    expect(steps).toHaveLength(5);
    expect(steps.at(-1)).toEqual({ t: 1e-5, s: 0, isLast: true });
    expect(ownSteps(4, { blockLength: 4 }).map(({ s }) => s)).toEqual([0.75, 0.5, 0.25, 0]);
  });

  it('35: where the outputs sum to far more than 1, every masked position becomes a token', async () => {
    const own = ownDiffusion((await openCheckpoint(golden2Folder('sedd-tiny'))).architecture) as OwnDiffusion;
    const step = { t: 0.8, s: 0.5, isLast: false };
    const fair = Math.log(191); // outputs of a network that normalises sum to V − 1
    expect(revealChance('analytic', step, own, fair)).toBeCloseTo((0.8 - 0.5) / 0.8, 9);
    expect(revealChance('analytic', step, own, fair + 3)).toBeGreaterThan(1);
  });
});

/** Weights of all tokens and the mask at each masked position, as the published step has them. */
async function weightsOf(net: OpenedNet, own: OwnDiffusion, golden: Golden, step: GoldenStep) {
  const { mask_token_id: maskId, block_size: size } = golden;
  const masked = step.input_ids.flatMap((id, position) => (id === maskId ? [position] : []));
  const attention: AttentionPattern = size === undefined ? { kind: 'full' } : { kind: 'blocks', length: size };
  const sigma = own.schedule.total(step.t);
  const rows = await logitsOf(net, { ...sequenceOf(step.input_ids, attention), sigma }, masked);
  const kind = step.kind ?? 'ddpm_cache';
  return new Map(
    masked.map((position, i) => {
      const logits = [...(rows[i] as Float32Array)];
      logits[maskId] = Number.NEGATIVE_INFINITY;
      const logTotal = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
      const s = step.t - (step.dt ?? step.step_size ?? step.t);
      const chance =
        kind === 'denoise'
          ? Math.exp(logTotal + (own.logScoreOffset?.(sigma) ?? 0)) * Math.expm1(sigma)
          : revealChance(kind.replace('_', '-') as OwnSampler, { t: step.t, s, isLast: false }, own, logTotal);
      const weights = logits.map((value) => chance * Math.exp(value - logTotal));
      if (kind === 'denoise') weights.length = maskId;
      else weights[maskId] = 1 - chance;
      return [position, weights];
    }),
  );
}

/** The published draw: an exponential race. */
function winner(weights: readonly number[], uniforms: readonly number[]): number {
  const times = weights.map((weight, token) => weight / (1e-10 - Math.log((uniforms[token] as number) + 1e-10)));
  return times.indexOf(Math.max(...times));
}
