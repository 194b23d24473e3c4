import { describe, expect, it } from 'vitest';
import { scriptedForward } from '../../../test/property/scripted-forward.ts';
import { answerDirectly, type DirectModel, type DirectRequest } from './direct-requests.ts';

const MASK = 0;
/** The cross-entropy of a token is a quarter of its id, and one nat more for each masked token. */
const forward = scriptedForward(({ ids }, { target }) => target / 4 + ids.filter((id) => id === MASK).length);
const denoiser = { maskId: MASK, shift: true, openFraction: 1 };
const model: DirectModel = { forward, denoiser, passes: 7, seed: 0 };
const ids = Int32Array.of(1, 2, 3, 4);
const lowered = { ids, scored: [2, 3], crossing: false };

describe('a direct request', () => {
  it('for a log-likelihood gives the sum and each token', async () => {
    const [answer] = await answerDirectly([{ kind: 'loglikelihood', lowered }], { ...model, denoiser: null });
    expect(answer).toEqual({ sum: -1.75, tokens: [-0.75, -1], greedy: false });
  });

  it('for masked tokens masks exactly those, and gives null where no row predicts', async () => {
    const request: DirectRequest = { kind: 'masked', ids, mask: [3, 1, 0], attention: 1, key: 'a' };
    expect(await answerDirectly([request], model)).toEqual([{ tokens: { 0: null, 1: -3.5, 3: -4 } }]);
    const nothing: DirectRequest = { ...request, mask: [0] };
    expect(await answerDirectly([nothing], model)).toEqual([{ tokens: { 0: null } }]);
  });

  it('for the bound gives e(k), NELBO and every T asked for', async () => {
    const [answer] = await answerDirectly([{ kind: 'denoising', lowered, steps: [1, 2], key: 'a' }], model);
    // e(1) = (3/4 + 1)/2 + 1, e(2) = 7/8 + 2. NELBO_2 = e(1)/2 + 3e(2)/2, official_2 = e(1)/4 + 5e(2)/8.
    expect(answer).toEqual({
      e: [1.875, 2.875],
      nelbo: 4.75,
      stderr: 0,
      nelbo_T: { 1: 5.75, 2: expect.closeTo(0.5 * 1.875 + 1.5 * 2.875) },
      official_T: { 1: 2.875, 2: expect.closeTo(0.25 * 1.875 + 0.625 * 2.875) },
      nelbo_T_stderr: { 1: 0, 2: 0 },
      official_T_stderr: { 1: 0, 2: 0 },
      // Tokens cost 0.75 and 1 nats and one more for each that is masked, so every order costs the same; of two steps half
      // reveals both tokens at once.
      marginal: expect.closeTo(4.75),
      likelihood_T: { 1: expect.closeTo(5.75), 2: expect.closeTo(-Math.log((Math.exp(-4.75) + Math.exp(-5.75)) / 2)) },
      exact: true,
      nfe: 3,
    });
  });

  it('for the bound has no likelihood itself where not all masks were run', async () => {
    const request = {
      kind: 'denoising',
      lowered: { ids, scored: [1, 2, 3], crossing: false },
      steps: [4],
      key: 'a',
    } as const;
    const [sampled] = await answerDirectly([request], { ...model, passes: 3 });
    expect(sampled).toMatchObject({ exact: false, marginal: null, likelihood_T: { 4: null } });
    const [all] = await answerDirectly([request], { ...model, passes: 7 });
    expect(all).toMatchObject({ exact: true, marginal: expect.any(Number), likelihood_T: { 4: expect.any(Number) } });
  });

  it('answers by itself, whatever is asked with it', async () => {
    const requests: DirectRequest[] = [
      { kind: 'denoising', lowered, steps: [8], key: 'a' },
      { kind: 'masked', ids, mask: [2], attention: 0.5, key: 'b' },
      { kind: 'loglikelihood', lowered },
    ];
    const together = await answerDirectly(requests, model);
    for (const [i, request] of requests.entries()) {
      expect(await answerDirectly([request], model)).toEqual([together[i]]);
    }
  });

  it('for a diffusion answer from an autoregressive model is refused', async () => {
    const causal = { ...model, denoiser: null };
    await expect(answerDirectly([{ kind: 'denoising', lowered, steps: [1], key: '' }], causal)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

it('a masked position that no row predicts is masked all the same where there are blocks', async () => {
  const seen: number[][] = [];
  const forward = scriptedForward(({ ids }) => {
    seen.push([...ids]);
    return 1;
  });
  const denoiser = { maskId: 0, shift: true, openFraction: 1, blockLength: 4 };
  const request = { kind: 'masked', ids: Int32Array.of(5, 6, 7, 8), mask: [0, 2], attention: 1, key: '' } as const;
  const [answer] = await answerDirectly([request], { forward, denoiser, passes: 7, seed: 0 });
  expect(seen).toEqual([[0, 6, 0, 8]]);
  expect(answer).toEqual({ tokens: { 0: null, 2: -1 } });
});
