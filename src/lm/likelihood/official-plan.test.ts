import { describe, expect, it } from 'vitest';
import { answerOf, officialOf, scriptedForward } from '../../../test/property/scripted-forward.ts';

const DENOISER = { maskId: 0, shift: true, openFraction: 1 };
/** Depends on which tokens are masked, so that steps and seeds differ. */
const uneven = scriptedForward(({ ids }, { target }) => target + ids.filter((id) => id === 0).length);
const SEEDS = 1500;

describe('the error of the official score', () => {
  // With 1,500 seeds the mean of stderr² is known to a few percent; it may fall short of the variance by that only.
  const SLACK = 0.9;

  it.each([
    [1, 2],
    [1, 4],
    [4, 2],
    [4, 3],
    [4, 4],
    [4, 8],
  ])('is never understated on average: %i tokens, T = %i', async (length, T) => {
    const values: number[] = [];
    let claimed = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const { score } = await officialOf(answerOf(length), DENOISER, { steps: [T], passes: 3, seed }, uneven);
      const { value = 0, stderr = 0 } = score.quantities[`official@${T}`] ?? {};
      values.push(value);
      claimed += stderr ** 2 / SEEDS;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / SEEDS;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SEEDS - 1);
    expect(variance).toBeGreaterThan(0);
    expect(claimed).toBeGreaterThan(SLACK * variance);
  });

  it('is zero for T = 1, where everything is masked', async () => {
    const { score } = await officialOf(answerOf(4), DENOISER, { steps: [1], passes: 3, seed: 5 }, uneven);
    // Targets 2, 3, 4, 5 and four masks: mean 3.5 + 4.
    expect(score.quantities['official@1']).toEqual({ value: 7.5, stderr: 0 });
  });
});

it('a step that masks what another step masked shares its pass', async () => {
  let passes = 0;
  const counting: typeof uneven = async (sequences) => {
    passes += sequences.length;
    return uneven(sequences);
  };
  await officialOf(answerOf(1), DENOISER, { steps: [8, 32], passes: 3, seed: 0 }, counting);
  expect(passes).toBe(1); // one token is masked or not, and what masks nothing runs no pass
});
