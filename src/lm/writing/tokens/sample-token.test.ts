import { describe, expect, it } from 'vitest';
import { stream } from '../../../core/numbers/random.ts';
import { drawToken, keptLogprobs } from './draw-token.ts';
import { sampleToken } from './sample-token.ts';

const PROBABILITIES = [0.5, 0.3, 0.15, 0.05];
const LOGITS = Float32Array.from(PROBABILITIES, Math.log);
describe('sampleToken', () => {
  it('takes the token at which the cumulative probability passes the number', () => {
    const at = (uniform: number) => sampleToken(LOGITS, { temperature: 1, topP: 1 }, uniform);
    expect([0, 0.49, 0.51, 0.79, 0.81, 0.94, 0.96, 1 - 2 ** -53].map(at)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('spreads the numbers over the nucleus alone', () => {
    const at = (uniform: number) => sampleToken(LOGITS, { temperature: 1, topP: 0.6 }, uniform);
    expect([0.62, 0.63, 1 - 2 ** -53].map(at)).toEqual([0, 1, 1]);
  });

  // Trap T11: temperature first. .5 then .9 keeps two tokens; the other order would keep three.
  it('applies the temperature before top-p', () => {
    const at = (uniform: number) => sampleToken(LOGITS, { temperature: 0.5, topP: 0.9 }, uniform);
    expect(Array.from({ length: 50 }, (_, i) => at(i / 50)).every((id) => id < 2)).toBe(true);
  });

  it('draws in proportion to the tempered probabilities', () => {
    const random = stream(2, 'draws');
    const draws = 20_000;
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < draws; i++) {
      const id = sampleToken(LOGITS, { temperature: 0.5, topP: 1 }, random.uniform(i));
      counts[id] = (counts[id] as number) + 1;
    }
    // .25 .09 .0225 .0025 over their sum .365; four standard errors of 20,000 draws are below 0.015.
    [0.6849, 0.2466, 0.0616, 0.0068].forEach((p, id) => {
      expect(Math.abs((counts[id] as number) / draws - p)).toBeLessThan(0.015);
    });
  });
});

it('gives the one token that is kept a logarithm of 0 exactly, however it was kept', () => {
  const random = stream(3, 'rows');
  for (let row = 0; row < 50; row++) {
    const raw = Float64Array.from({ length: 9 }, (_, i) => random.uniform(9 * row + i) * 4);
    const total = Math.log(raw.reduce((sum, value) => sum + Math.exp(value), 0));
    const logprobs = Float32Array.from(raw, (value) => value - total);
    expect(Math.max(...keptLogprobs(logprobs, { topK: 1, topP: 1 }))).toBe(0);
    expect(drawToken(logprobs, 1e-3, 0.5).logprob).toBe(0);
  }
});
