import { describe, expect, it } from 'vitest';
import { seededDraws } from './draws.ts';
import { checkCanvas, resolveSampler } from './sampler.ts';

describe('a sampler', () => {
  it('is canonical, by confidence and greedy where nothing else is said', () => {
    expect(resolveSampler({ steps: 8 })).toEqual({
      order: 'confidence',
      form: 'canonical',
      steps: 8,
      temperature: 1,
      tokens: 'argmax',
      topP: 1,
      topK: null,
      block: null,
      threshold: null,
      seed: 0,
    });
  });

  it('draws where a temperature is given, unless told to take the most likely token', () => {
    expect(resolveSampler({ steps: 8, temperature: 0.9 })).toMatchObject({ tokens: 'drawn', temperature: 0.9 });
    expect(resolveSampler({ steps: 8, temperature: 0.98, tokens: 'argmax' })).toMatchObject({
      tokens: 'argmax',
      temperature: 0.98,
    });
  });

  it.each([
    [{ steps: 0 }, 'steps'],
    [{ steps: 1.5 }, 'steps'],
    [{ steps: 2, temperature: -1 }, 'temperature'],
    [{ steps: 2, temperature: Number.NaN }, 'temperature'],
    [{ steps: 2, temperature: 0, tokens: 'drawn' as const }, 'temperature'],
    [{ steps: 2, temperature: 1, topP: 0 }, 'top-p'],
    [{ steps: 2, temperature: 1, topP: 1.1 }, 'top-p'],
    [{ steps: 2, topP: 0.9 }, 'top-p'],
    [{ steps: 2, topK: 3 }, 'top-k needs drawn'],
    [{ steps: 2, temperature: 1, topK: 0 }, 'top-k'],
    [{ steps: 2, block: 0 }, 'block'],
    [{ steps: 2, order: 'block' as const }, 'block=32'],
    [{ steps: 2, order: 'ddpm' as const, block: 4 }, 'no blocks but those of its network'],
    [{ steps: 2, threshold: 0.5 }, 'threshold and dynamic do'],
    [{ steps: 2, order: 'dynamic' as const, threshold: 1 }, 'between 0 and 1'],
  ])('refuses %o', (options, word) => {
    expect(() => resolveSampler(options)).toThrow(word);
  });
});

describe('a canvas', () => {
  const canvas = { key: 'gsm8k/3', draw: 0, ids: new Int32Array(5), maskable: [1, 4] };

  it('is refused by name when it is too long or a position does not fit', () => {
    expect(() => checkCanvas(canvas, 5)).not.toThrow();
    expect(() => checkCanvas(canvas, 4)).toThrow('gsm8k/3: 5 tokens; the model reads 4');
    for (const maskable of [[5], [-1], [0.5], [2, 1], [1, 1]]) {
      expect(() => checkCanvas({ ...canvas, maskable }, 5)).toThrow('gsm8k/3: maskable position');
    }
  });
});

it('draws differ by purpose, seed, key, repetition, step and position, and repeat by name', () => {
  const draws = (seed: number, key: string, draw: number) => seededDraws(seed, key, draw);
  const all = [
    draws(0, 'a', 0).reveal(3, 1),
    draws(0, 'a', 0).token(3, 1),
    draws(1, 'a', 0).reveal(3, 1),
    draws(0, 'b', 0).reveal(3, 1),
    draws(0, 'a', 1).reveal(3, 1),
    draws(0, 'a', 0).reveal(2, 1),
    draws(0, 'a', 0).reveal(3, 2),
  ];
  expect(new Set(all).size).toBe(all.length);
  const same = draws(0, 'a', 0);
  same.reveal(9, 9);
  expect(same.reveal(3, 1)).toBe(all[0]);
});
