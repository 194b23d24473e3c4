import { expect, it } from 'vitest';
import { discordant, isBinary, tangoInterval } from './tango-interval.ts';

const pairsOf = (values: readonly number[], reference: readonly number[]) =>
  values.map((value, i) => ({ id: `item/${i}`, value, reference: reference[i] as number }));
// 1 pair up, 7 down, 13 alike: Fagerland, Lydersen and Laake 2014 print −0.517 to −0.026.
const pairs = pairsOf([1, ...Array(7).fill(0), ...Array(13).fill(1)], [0, ...Array(7).fill(1), ...Array(13).fill(1)]);

it('is the printed one', () => {
  const estimate = tangoInterval(pairs, 0.95, 3);
  expect(estimate.value).toBeCloseTo(-6 / 21, 10);
  expect([estimate.low.toFixed(3), estimate.high.toFixed(3)]).toEqual(['-0.517', '-0.026']);
  expect(estimate).toMatchObject({ n: 21, unscored: 3, confidence: 0.95, method: 'paired difference, Tango' });
});

it('changes sign when the sides change places', () => {
  const there = tangoInterval(pairs);
  const back = tangoInterval(pairs.map(({ id, value, reference }) => ({ id, value: reference, reference: value })));
  expect([back.value, back.low, back.high]).toEqual([-there.value, -there.high, -there.low]);
});

it('tells shares from other values, and counts what changed', () => {
  expect([isBinary(pairs), isBinary(pairsOf([1, 0.5], [1, 1]))]).toEqual([true, false]);
  expect(discordant(pairs)).toEqual({ gained: 1, lost: 7 });
});

it('refuses no pairs and a confidence in percent', () => {
  expect(() => tangoInterval([])).toThrow('needs at least one pair, got none');
  expect(() => tangoInterval(pairs, 95)).toThrow('needs 0 < confidence < 1, got 95');
});
