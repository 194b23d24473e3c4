import { expect, it } from 'vitest';
import { noiseBudget } from '../noise-budget.ts';
import { layoutOf } from './cluster-layout.ts';
import { clusteredNoiseBudget, noiseOfItems } from './clustered-noise-budget.ts';

const values = [1, 1, 0, 0, 1, 0];
const inputs = { values, monteCarlo: values.map(() => 0.1), seedMeans: [0.5, 0.6] };
const noise = (clusters: readonly string[]) =>
  noiseOfItems(
    values.map((value, i) => ({ id: `${i}`, value, cluster: clusters[i] })),
    inputs.monteCarlo,
    inputs.seedMeans,
  );

it('asks for clusters where there are some, and several', () => {
  expect(noise([])).toEqual(noiseBudget(inputs));
  expect(noise(Array(6).fill('one'))).toEqual(noiseBudget(inputs));
  const pairs = ['a', 'a', 'b', 'b', 'c', 'd'];
  const layout = layoutOf(pairs.map((cluster) => ({ cluster })));
  expect(noise(pairs)).toEqual(clusteredNoiseBudget(layout, inputs));
  expect(noise(pairs).item).toBeGreaterThan(noise([]).item);
});
