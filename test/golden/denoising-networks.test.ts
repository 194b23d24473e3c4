/**
 * SEDD, MDLM and BD3-LM: every output, log-probability and loss that their published code gave, on both engines, and the traps of
 * golden2's README that concern their networks and bounds: 27 to 31, 33, 34 (a wrong `modulate` shifts every output), 25 for BD3-LM.
 * Those of samplers are in own-samplers.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnDiffusion } from '../../src/architectures/architecture.ts';
import { noiseFeatures } from '../../src/architectures/dit.ts';
import { ownDiffusion } from '../../src/architectures/index.ts';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import type { AttentionPattern } from '../../src/lm/forward/sequence.ts';
import { denoiserOf } from '../../src/lm/likelihood/checkpoint-denoiser.ts';
import { maskingChance, maskingWeight, ownCrossEntropy } from '../../src/lm/likelihood/own-bound.ts';
import { answerDirectly, type DirectModel, type DirectRequest } from '../../src/lm/requests/direct-requests.ts';
import { logitsProgram } from '../../src/programs/readout.ts';
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
  worst,
} from './golden2.ts';

type Rows = readonly (readonly number[])[];
interface GoldenForward {
  readonly sigma?: readonly number[];
  readonly original_ids: Rows;
  readonly input_ids: Rows;
  readonly positions: readonly number[];
  readonly log_score?: readonly Rows[];
  readonly log_score_of_original?: Rows;
  readonly score_entropy?: Rows;
  readonly raw_logits?: readonly Rows[];
  readonly read_logprobs?: Rows;
}
interface Golden {
  readonly mask_token_id: number;
  readonly block_size?: number;
  readonly forward: readonly GoldenForward[];
  readonly loss?: readonly {
    readonly [key in 't' | 'sigma' | 'dsigma' | 'loss']: readonly number[];
  }[] &
    readonly { readonly original_ids: Rows; readonly input_ids: Rows }[];
  readonly nelbo?: readonly {
    readonly t: readonly (number | readonly number[])[];
    readonly move_chance?: readonly number[];
    readonly weight?: readonly number[];
    readonly original_ids: Rows;
    readonly input_ids?: Rows;
    readonly drawn?: readonly string[];
    readonly mask?: readonly string[];
    readonly uniforms_per_block?: Rows;
    readonly loss_per_position: Rows;
    readonly loss: number;
  }[];
}

const NAMES = ['sedd-tiny', 'mdlm-tiny', 'bd3lm-tiny'] as const;
/** Losses are sums of terms up to a few hundred. */
const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.max(1, Math.abs(wanted));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe.skipIf(GOLDEN2 === null)(`golden2, networks made to denoise${SKIPPED}`, () => {
  describe.each(ENGINES2.flatMap((on) => NAMES.map((name) => ({ name, ...on }))))(
    '$name on $engine',
    ({ name, make, tolerance }) => {
      let golden: Golden;
      let net: OpenedNet;
      let opened: OpenNet;
      let own: OwnDiffusion;
      let model: DirectModel;
      beforeAll(async () => {
        golden = readGolden2<Golden>(name);
        net = await openNet2(name, make);
        own = ownDiffusion(net.checkpoint.architecture) as OwnDiffusion;
        opened = await openNet(net.checkpoint, await make());
        const denoiser = denoiserOf(net.checkpoint, { shift: false, openFraction: 1 }, 'a test');
        model = { forward: opened.forward, denoiser, own, passes: 15, seed: 0 };
      });
      afterAll(() => Promise.all([net.logits.dispose(), opened.dispose()]));

      const maskedPositions = (input: readonly number[]): number[] =>
        input.flatMap((id, position) => (id === golden.mask_token_id ? [position] : []));
      /** What `bench score` answers for a row of golden numbers. */
      const ask = async (
        original: readonly number[],
        mask: readonly number[],
        noise?: { sigma: number; t: number | null },
      ) => {
        const request = { kind: 'masked', ids: Int32Array.from(original), mask, attention: 1, key: '' } as const;
        const asked: DirectRequest = noise === undefined ? request : { ...request, noise };
        const [answer] = await answerDirectly([asked], model);
        return answer as {
          readonly tokens: Readonly<Record<string, number>>;
          readonly log_scores: Readonly<Record<string, number>>;
          readonly score_entropy: Readonly<Record<string, number>>;
          readonly loss: number;
        };
      };
      const rowsOf = ({ input_ids: inputs, original_ids: originals }: { input_ids?: Rows; original_ids: Rows }) =>
        originals.map((original, row) => ({ row, original, mask: maskedPositions(inputs?.[row] ?? []) }));

      it('has its mask from its files, and predicts tokens where they stand', () => {
        const { mask_token_id: maskId } = golden;
        expect(net.checkpoint.options).toMatchObject({ family: 'diffusion', maskId, shift: false });
      });

      it('puts out what the published network does (27, 28, 30, 34)', async () => {
        for (const expected of golden.forward) {
          for (const [row, ids] of expected.input_ids.entries()) {
            const sigma = expected.sigma?.[row];
            const found = await outputsOf(net, golden, expected, row);
            expected.positions.forEach((position, p) => {
              const outputs = [...(found[p] as Float32Array)];
              const scores = outputs.map((value) => value + (own.logScoreOffset?.(sigma ?? 0) ?? 0));
              if (sigma !== undefined) scores[ids[position] as number] = 0; // a token is as likely as itself
              const wanted = (expected.log_score ?? expected.raw_logits)?.[row]?.[p] as readonly number[];
              expect(worst(scores, wanted)).toBeLessThan(tolerance);
            });
          }
        }
      });

      it('gives the log-probabilities and scores of masked tokens (25, 33)', async () => {
        for (const expected of golden.forward) {
          for (const { row, original, mask } of rowsOf(expected)) {
            const sigma = expected.sigma?.[row];
            const found = await ask(original, mask, sigma === undefined ? undefined : { sigma, t: null });
            const [readings, wanted] =
              sigma === undefined
                ? [found.tokens, expected.read_logprobs?.[row]]
                : [found.log_scores, expected.log_score_of_original?.[row]];
            for (const position of mask) {
              expect(Math.abs((readings[position] as number) - (wanted?.[position] as number))).toBeLessThan(tolerance);
              if (sigma === undefined) continue;
              const entropy = expected.score_entropy?.[row]?.[position] as number;
              expect(relative(found.score_entropy[position] as number, entropy)).toBeLessThan(tolerance);
            }
          }
        }
      });

      it('normalises over all tokens but the mask (33)', async () => {
        const [expected] = golden.forward;
        const ids = (expected?.input_ids[0] ?? []).slice(0, golden.block_size);
        const sigma = expected?.sigma?.[0] ?? 0.5;
        const rows = net.checkpoint.architecture.vocabularyRows;
        const reads = Array.from({ length: rows }, (_, target) => ({ row: 0, target }));
        const [answers] = await opened.forward([{ ...sequenceOf(ids, { kind: 'full' }, reads), sigma }]);
        const logprobs = [...(answers?.logprobs ?? [])];
        expect(logprobs[golden.mask_token_id]).toBeLessThan(-1e20);
        expect(sum(logprobs.map(Math.exp))).toBeCloseTo(1, 5);
        const output = (await outputsOf(net, golden, expected as GoldenForward, 0))[0] as Float32Array;
        const others = output.filter((_, token) => token !== golden.mask_token_id);
        const total = Math.log(sum([...others].map(Math.exp)));
        others.forEach((value, token) => {
          expect(Math.abs((logprobs[token] as number) - (value - total))).toBeLessThan(tolerance);
        });
      });

      it.runIf(name === 'sedd-tiny')(
        'has the published loss of SEDD: a sum a row, without a prior term (30)',
        async () => {
          for (const expected of golden.loss ?? []) {
            for (const { row, original, mask } of rowsOf(expected)) {
              const t = expected.t[row] as number;
              const sigma = own.schedule.total(t);
              expect(relative(sigma, expected.sigma[row] as number)).toBeLessThan(1e-5);
              // dσ/dt of t = 0.999 is published in float32, where 1 − 0.999·t has three digits left.
              expect(own.schedule.rate(t) / (expected.dsigma[row] as number)).toBeCloseTo(1, 4);
              const { loss } = await ask(original, mask, { sigma, t });
              expect(loss / (expected.loss[row] as number)).toBeCloseTo(1, 4);
            }
          }
        },
      );

      it.runIf(name === 'mdlm-tiny')(
        'has the published bound of MDLM: 1/t, averaged over all positions (31)',
        async () => {
          for (const expected of golden.nelbo ?? []) {
            const terms: number[] = [];
            for (const { row, original, mask } of rowsOf(expected)) {
              const t = expected.t[row] as number;
              expect(maskingChance(own.schedule, t)).toBeCloseTo(expected.move_chance?.[row] as number, 6);
              expect(relative(maskingWeight(own.schedule, t), expected.weight?.[row] as number)).toBeLessThan(1e-6);
              const { tokens } = await ask(original, mask);
              original.forEach((_, position) => {
                const logprob = tokens[position];
                const weighed =
                  logprob === undefined ? 0 : maskingWeight(own.schedule, t) * ownCrossEntropy({ logprob }, own, 0);
                expect(relative(weighed, expected.loss_per_position[row]?.[position] as number)).toBeLessThan(
                  tolerance,
                );
                terms.push(weighed);
              });
            }
            expect(relative(sum(terms) / terms.length, expected.loss)).toBeLessThan(tolerance);
          }
        },
      );

      it.runIf(name === 'bd3lm-tiny')(
        'has the published bound of BD3-LM: one t a block, never position 0 (31)',
        async () => {
          const size = golden.block_size as number;
          for (const expected of golden.nelbo ?? []) {
            const terms: number[] = [];
            for (const [row, original] of expected.original_ids.entries()) {
              const times = expected.t[row] as readonly number[];
              const mask = [...(expected.mask?.[row] ?? '')].flatMap((bit, position) =>
                bit === '1' ? [position] : [],
              );
              expect(mask).not.toContain(0);
              expect(new Set(times).size).toBeLessThanOrEqual(original.length / size);
              times.forEach((t) => {
                expect(maskingChance(own.schedule, t)).toBeCloseTo(t, 12);
              });
              const { tokens } = await ask(original, mask);
              original.forEach((_, position) => {
                if (position === 0) return;
                const logprob = tokens[position];
                const weight = maskingWeight(own.schedule, times[position] as number);
                const weighed = logprob === undefined ? 0 : weight * ownCrossEntropy({ logprob }, own, 0);
                expect(relative(weighed, expected.loss_per_position[row]?.[position] as number)).toBeLessThan(
                  tolerance,
                );
                terms.push(weighed);
              });
            }
            expect(relative(sum(terms) / terms.length, expected.loss)).toBeLessThan(tolerance);
          }
        },
      );
    },
  );

  it('27: noise is told as cosines, then sines, of σ itself', () => {
    const features = noiseFeatures(Float32Array.of(0.5));
    expect(features).toHaveLength(256);
    expect(features[0]).toBeCloseTo(Math.cos(0.5), 6);
    expect(features[128]).toBeCloseTo(Math.sin(0.5), 6);
    expect(features[127]).toBeCloseTo(Math.cos(0.5 * 10_000 ** (-127 / 128)), 6);
  });

  it('29: without time conditioning σ is 0, and what is said of it changes nothing', async () => {
    const reference = ENGINES2[1];
    const net = await openNet2('mdlm-tiny', reference.make);
    const [expected] = readGolden2<Golden>('mdlm-tiny').forward;
    const input = sequenceOf(expected?.input_ids[0] ?? [], { kind: 'full' });
    const plain = (await logitsOf(net, input, [0]))[0] as Float32Array;
    expect((await logitsOf(net, { ...input, sigma: 0.7 }, [0]))[0]).toEqual(plain);
    // The same weights, told their noise: σ = 0 is what the others read, and another σ is far off.
    const architecture = { ...net.checkpoint.architecture, readsNoise: true };
    const engine = await reference.make();
    const logits = await engine.compile(logitsProgram(architecture), net.checkpoint.tensors);
    const told = { ...net, logits, checkpoint: { ...net.checkpoint, architecture } };
    expect((await logitsOf(told, { ...input, sigma: 0 }, [0]))[0]).toEqual(plain);
    expect(worst((await logitsOf(told, { ...input, sigma: 0.7 }, [0]))[0] ?? [], plain)).toBeGreaterThan(0.1);
    await expect(logitsOf(told, input, [0])).rejects.toThrow(TypeError);
  });

  it.each([
    ['mdlm-tiny', { maskId: 5 }, 'mask id 5 (flag), but the mask of this network is 256'],
    ['sedd-tiny', { shift: true }, 'shift on (flag), but config.json says off'],
    ['bd3lm-tiny', { blockLength: 8 }, 'block length 8 (flag), but config.json says 4'],
    ['mdlm-tiny', { family: 'autoregressive' }, 'this network cannot be read left to right'],
  ] as const)('%s is refused what its files do not say: %o', async (name, choices, what) => {
    const opened = openCheckpoint(golden2Folder(name), choices);
    await expect(opened).rejects.toMatchObject({ code: 'bad-arguments', message: expect.stringContaining(what) });
  });
});

/** Outputs at the golden positions; block by block where there are blocks, the past being clean. */
function outputsOf(net: OpenedNet, { block_size: size }: Golden, expected: GoldenForward, row: number) {
  const ids = expected.input_ids[row] as readonly number[];
  const sigma = expected.sigma?.[row];
  const told = sigma === undefined ? {} : { sigma };
  if (size === undefined) return logitsOf(net, { ...sequenceOf(ids, { kind: 'full' }), ...told }, expected.positions);
  const attention: AttentionPattern = { kind: 'blocks', length: size };
  const original = expected.original_ids[row] as readonly number[];
  return Promise.all(
    expected.positions.map(async (position) => {
      const from = Math.floor(position / size) * size;
      const input = [...original.slice(0, from), ...ids.slice(from, from + size)];
      return (await logitsOf(net, sequenceOf(input, attention), [position]))[0] as Float32Array;
    }),
  );
}
