import { expect, it } from 'vitest';
import { shortNames } from './model-names.ts';

it('leaves of a path what tells it from the others, and the reading behind it', () => {
  const long = `/runs/${'a-very-long-part-'.repeat(4)}end`;
  const names = shortNames([
    { name: '/runs/a/step-4000', model: '/runs/a/step-4000' },
    { name: '/runs/b/step-4000 (attention 0/1)', model: '/runs/b/step-4000' },
    { name: 'gpt2-m', model: 'gpt2-m' },
    { name: long, model: long },
  ]);
  expect(names.get('/runs/a/step-4000')).toBe('a/step-4000');
  expect(names.get('/runs/b/step-4000 (attention 0/1)')).toBe('b/step-4000 (attention 0/1)');
  expect(names.get('/runs/b/step-4000')).toBe('b/step-4000');
  expect(names.get('gpt2-m')).toBe('gpt2-m');
  expect(names.get(long)).toBe(`${long.slice(6, 25)}…${long.slice(-19)}`);
});

it('cuts no name where two would then be alike', () => {
  const [a, b] = ['a', 'b'].map((letter) => `${'x'.repeat(30)}${letter}${'x'.repeat(30)}`) as [string, string];
  const names = shortNames([a, b].map((name) => ({ name, model: name })));
  expect([names.get(a), names.get(b)]).toEqual([a, b]);
});
