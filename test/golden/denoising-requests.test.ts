/** What `bench score` answers for SEDD, MDLM and BD3-LM, and what it refuses, in one sentence each. */
import { describe, expect, it } from 'vitest';
import { type ScoreRequest, score } from '../../src/api.ts';
import { GOLDEN2, golden2Folder, readGolden2, SKIPPED, worst } from './golden2.ts';

type Rows = readonly (readonly number[])[];
interface Golden {
  readonly mask_token_id: number;
  readonly forward: readonly {
    readonly sigma?: readonly number[];
    readonly original_ids: Rows;
    readonly input_ids: Rows;
    readonly log_score_of_original?: Rows;
    readonly read_logprobs?: Rows;
  }[];
}
type Answer = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, number>>;

const ask = async (name: string, ...requests: readonly ScoreRequest[]): Promise<readonly Answer[]> =>
  (await score(requests, { model: golden2Folder(name) })) as unknown as readonly Answer[];
const masked = (fields: object): ScoreRequest => ({
  id: 1,
  kind: 'masked',
  ids: [1, 2, 3, 4],
  mask: [1, 2],
  ...fields,
});

describe.skipIf(GOLDEN2 === null)(`bench score, networks made to denoise${SKIPPED}`, () => {
  it.each(['sedd-tiny', 'mdlm-tiny', 'bd3lm-tiny'])('%s: masked tokens as published', async (name) => {
    const { forward, mask_token_id: maskId } = readGolden2<Golden>(name);
    for (const { sigma, original_ids: originals, input_ids: inputs, ...expected } of forward) {
      for (const [row, ids] of originals.entries()) {
        const mask = (inputs[row] ?? []).flatMap((id, position) => (id === maskId ? [position] : []));
        const noise = sigma === undefined ? {} : { sigma: sigma[row] as number };
        const [answer] = await ask(name, { id: row, kind: 'masked', ids, mask, ...noise });
        const [found, wanted] =
          sigma === undefined
            ? [answer?.tokens as Values, expected.read_logprobs?.[row]]
            : [answer?.log_scores as Values, expected.log_score_of_original?.[row]];
        const at = (values: Values | readonly number[] | undefined) =>
          mask.map((position) => (values as Values)[position] as number);
        expect(worst(at(found), at(wanted))).toBeLessThan(1e-4);
      }
    }
  });

  it('SEDD answers with log-probabilities, log-scores and score entropies, and with its loss where t is said', async () => {
    const [atTime, atNoise] = await ask('sedd-tiny', masked({ t: 0.4 }), masked({ sigma: 0.5101592 }));
    expect(Object.keys(atTime ?? {})).toEqual(['id', 'tokens', 'log_scores', 'score_entropy', 'loss']);
    expect(Object.keys(atNoise ?? {})).toEqual(['id', 'tokens', 'log_scores', 'score_entropy']);
    const [log, plain] = [atTime?.log_scores as Values, atTime?.tokens as Values];
    // s = p / (exp(σ) − 1) up to how well the outputs are normalised, which is one number a position.
    expect(worst(Object.values(atNoise?.tokens as Values), Object.values(plain))).toBeLessThan(1e-4);
    expect(worst(Object.values(atNoise?.log_scores as Values), Object.values(log))).toBeLessThan(1e-4);
    const entropies = Object.values(atTime?.score_entropy as Values);
    const rate = 0.999 / (1 - 0.999 * 0.4);
    expect(atTime?.loss).toBeCloseTo(rate * entropies.reduce((sum, value) => sum + value, 0), 6);
  });

  it('rows of different noise share a pass and do not see each other', async () => {
    const rows = [{ sigma: 0.1 }, { t: 0.9, ids: [9, 8, 7, 6, 5, 4], mask: [0, 5] }, { sigma: 4 }].map(masked);
    const together = await ask('sedd-tiny', ...rows);
    for (const [i, row] of rows.entries()) expect(await ask('sedd-tiny', row)).toEqual([together[i]]);
    expect(together[0]?.tokens).not.toEqual(together[2]?.tokens);
  });

  it.each([
    ['sedd-tiny', {}, 'masked: expected "sigma" or "t", as this network is told its noise, found neither'],
    ['sedd-tiny', { sigma: 1, t: 0.5 }, 'sigma and t: expected one of them, found both'],
    ['sedd-tiny', { sigma: 0 }, 'sigma: expected a number above 0, found 0'],
    ['mdlm-tiny', { sigma: 1 }, 'sigma: expected none, as this network is told no noise, found 1'],
    ['bd3lm-tiny', { t: 0.5 }, 't: expected none, as this network is told no noise, found 0.5'],
    [
      'bd3lm-tiny',
      { attention: 0 },
      'attention: expected none or rows of 0 and 1, as this network has blocks, found 0',
    ],
  ])('%s refuses %o', async (name, fields, error) => {
    const [answer] = await ask(name, masked(fields));
    expect(answer?.error).toBe(error);
  });

  it('25: masked blocks are each read after clean ones, not after masked ones', async () => {
    const ids = [7, 30, 41, 52, 63, 74, 85, 96];
    const [both, second, inOneRun] = await ask(
      'bd3lm-tiny',
      { id: 1, kind: 'masked', ids, mask: [1, 2, 5, 6] },
      { id: 2, kind: 'masked', ids, mask: [5, 6] },
      {
        id: 3,
        kind: 'masked',
        ids,
        mask: [1, 2, 5, 6],
        attention: ids.map((_, q) => ids.map((_id, k) => (Math.floor(k / 4) <= Math.floor(q / 4) ? 1 : 0))),
      },
    );
    const at = (answer: Answer = {}) => [5, 6].map((position) => (answer.tokens as Values)[position] as number);
    expect(worst(at(both), at(second))).toBeLessThan(1e-5);
    expect(worst(at(inOneRun), at(second))).toBeGreaterThan(1e-3);
  });

  it('BD3-LM: the bound is the sum over blocks, from all masks of each', async () => {
    const ids = [7, 30, 41, 52, 63, 74, 85, 96];
    const scored = [2, 3, 4, 5];
    const masks = [[2], [3], [2, 3], [4], [5], [4, 5]];
    const requests = masks.map((mask, id): ScoreRequest => ({ id, kind: 'masked', ids, mask }));
    const denoising = { id: 9, kind: 'denoising', ids, scored, steps: [1] } as const;
    const [answer, ...parts] = await ask('bd3lm-tiny', denoising, ...requests);
    const cost = parts.map(({ tokens }, i) => {
      const values = Object.values(tokens as Values);
      return -values.reduce((sum, value) => sum + value, 0) / (masks[i]?.length as number);
    }) as [number, number, number, number, number, number];
    const bound = (cost[0] + cost[1]) / 2 + cost[2] + (cost[3] + cost[4]) / 2 + cost[5];
    expect(answer?.nelbo).toBeCloseTo(bound, 5);
    expect(answer).toMatchObject({ exact: true, official_T: {}, e: [], nfe: 6 });
  });

  it('SEDD: the bound tells the network the noise of the share that is masked', async () => {
    const ids = [7, 30, 41, 52];
    const [answer, one, other, both] = await ask(
      'sedd-tiny',
      { id: 0, kind: 'denoising', ids, scored: [1, 3] },
      { id: 1, kind: 'masked', ids, mask: [1], sigma: Math.log(2) },
      { id: 2, kind: 'masked', ids, mask: [3], sigma: Math.log(2) },
      { id: 3, kind: 'masked', ids, mask: [1, 3], t: 1 },
    );
    const costs = (found: Answer | undefined) => Object.values(found?.tokens as Values).map((value) => -value);
    const [first = 0, second = 0] = costs(both);
    const single = ((costs(one)[0] as number) + (costs(other)[0] as number)) / 2;
    expect(worst(answer?.e as number[], [single, (first + second) / 2])).toBeLessThan(1e-4);
    expect(answer?.exact).toBe(true);
    // Its own bound from the same passes: score entropies times exp(σ) − 1, where cross-entropies were.
    const own = (found: Answer | undefined, sigma: number) =>
      Object.values(found?.score_entropy as Values).map((value) => value * Math.expm1(sigma));
    const [half, full] = [Math.log(2), -Math.log(1e-3)];
    const alone = ((own(one, half)[0] as number) + (own(other, half)[0] as number)) / 2;
    const [third = 0, fourth = 0] = own(both, full);
    expect(answer?.score_entropy_bound).toBeCloseTo(alone + (third + fourth) / 2, 3);
    expect(answer?.score_entropy_bound_stderr).toBe(0);
    expect(answer?.score_entropy_bound).toBeGreaterThan(answer?.nelbo as number);
  });

  it.each([
    ['sedd-tiny', ['euler', 'analytic']],
    ['mdlm-tiny', ['ddpm-cache', 'ddpm']],
    ['bd3lm-tiny', ['ddpm-cache']],
  ])('%s writes with its own samplers, %o, and with those of any denoiser', async (name, samplers) => {
    const ids = [7, 30, 41, 52, 63, 74, 85, 96];
    const mask = [1, 2, 5, 6];
    const infill = (sampler: string): ScoreRequest =>
      ({ id: sampler, kind: 'infill', ids, mask, steps: 4, sampler, key: 'x' }) as ScoreRequest;
    const answers = await ask(name, ...[...samplers, 'confidence', 'random-keep', ...samplers].map(infill));
    const written = answers.map((answer) => answer.ids as number[]);
    const { mask_token_id: maskId } = readGolden2<Golden>(name);
    for (const row of written) {
      expect(row).not.toContain(maskId);
      expect([0, 3, 4, 7].map((position) => row[position])).toEqual([7, 52, 63, 96]);
    }
    samplers.forEach((_, i) => {
      expect(written[samplers.length + 2 + i]).toEqual(written[i]);
    });
    const [refused] = await ask(name, infill(name === 'sedd-tiny' ? 'ddpm' : 'euler'));
    expect(refused?.error).toMatch(/^sampler: expected confidence or random-keep or .* of this network, found "/);
  });
});
