import { expect, it } from 'vitest';
import { DAMAGES, Draws, forge } from './mutations.ts';

const TEXT = `${JSON.stringify({ format: 'x/1', items: [1, 22, 333], of: { name: 'a' } })}\n{"second":"line"}\n`;
const SEEDS = [...Array(50).keys()];

it.each(Object.keys(DAMAGES))('%s changes a file, and the same seed changes it in the same way', (name) => {
  const damaged = SEEDS.map((seed) => DAMAGES[name]?.(Buffer.from(TEXT), new Draws(seed, name)).toString('latin1'));
  expect(SEEDS.map((seed) => DAMAGES[name]?.(Buffer.from(TEXT), new Draws(seed, name)).toString('latin1'))).toEqual(
    damaged,
  );
  expect(damaged.filter((text) => text !== TEXT).length).toBeGreaterThan(SEEDS.length / 2);
});

it('forges one value of JSON: text that parses, and is another one', () => {
  const json = TEXT.split('\n')[0] as string;
  const forged = SEEDS.map((seed) => forge(json, new Draws(seed, 'forge')));
  expect(SEEDS.map((seed) => forge(json, new Draws(seed, 'forge')))).toEqual(forged);
  for (const text of forged) {
    expect(text).not.toBe(json);
    expect(() => JSON.parse(text)).not.toThrow();
  }
  expect(new Set(forged).size).toBeGreaterThan(SEEDS.length / 2);
});
